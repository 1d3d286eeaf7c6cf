-- Grain: one row per entity and closing that its invoices cover: sales to third parties in the ledger, and what was invoiced without
-- tax, at the rates of the invoices' days.
with

group_entity as (
    select entity_id, currency_code from {{ ref('entity') }}
    where is_group
),

invoices as (
    select
        coalesce(entities.entity_id, group_entity.entity_id) as entity_id,
        coalesce(entities.currency_code, group_entity.currency_code) as entity_currency_code,
        invoice_lines.currency_code,
        invoice_lines.invoiced_on,
        sum(invoice_lines.net_amount) as net_amount
    from {{ ref('customer_invoice_line') }} as invoice_lines
    cross join group_entity
    left join {{ ref('entity') }} as entities on invoice_lines.entity_id = entities.entity_id
    group by
        coalesce(entities.entity_id, group_entity.entity_id),
        coalesce(entities.currency_code, group_entity.currency_code),
        invoice_lines.source_system, invoice_lines.customer_invoice_id,
        invoice_lines.currency_code, invoice_lines.invoiced_on
),

extents as (
    select entity_id, min(invoiced_on) as first_on, max(invoiced_on) as last_on
    from invoices
    group by entity_id
),

invoiced as (
    select
        invoices.entity_id,
        periods.closing_id,
        count(*) as invoice_count,
        count({{ translated(
            'invoices.net_amount', 'invoices.currency_code', 'invoices.entity_currency_code', 'rates.rate'
        ) }}) as translated_count,
        sum({{ translated(
            'invoices.net_amount', 'invoices.currency_code', 'invoices.entity_currency_code', 'rates.rate'
        ) }}) as amount
    from invoices
    inner join {{ ref('entity_period') }} as periods
        on
            invoices.entity_id = periods.entity_id
            and invoices.invoiced_on between periods.period_start and periods.period_end
    left join {{ ref('day_rate') }} as rates
        on
            invoices.currency_code = rates.from_currency_code
            and invoices.entity_currency_code = rates.to_currency_code
            and invoices.invoiced_on = rates.rate_on
    group by invoices.entity_id, periods.closing_id
)

select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.revenue as amount_a,
    case when coalesce(invoiced.invoice_count = invoiced.translated_count, true) then coalesce(invoiced.amount, 0) end as amount_b,  -- noqa: LT05
    case when invoiced.invoice_count > invoiced.translated_count then 'no rate for the currency of some invoices' end as detail  -- noqa: LT05
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('entity_period') }} as periods
    on amounts.entity_id = periods.entity_id and amounts.closing_id = periods.closing_id
inner join extents
    on
        amounts.entity_id = extents.entity_id
        and periods.period_end >= extents.first_on
        and periods.period_start <= extents.last_on
left join invoiced on amounts.entity_id = invoiced.entity_id and amounts.closing_id = invoiced.closing_id
where amounts.closing_type = 'regular'
