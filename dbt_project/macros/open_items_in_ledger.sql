{#
  For a tie-out of one side's open items, `receivable` or `payable`: each closing from the entity's first invoice on, with the
  ledger's amount (a column of tie_out_amount) and the open items at the closing rates. Without a rate there is no amount.
#}
{% macro open_items_in_ledger(side, ledger_amount) -%}
with

open_items as (
    select
        entity_id,
        closing_id,
        entity_currency_code,
        currency_code,
        sum(open_amount) as open_amount
    from {{ ref('open_item') }}
    where side = '{{ side }}'
    group by entity_id, closing_id, entity_currency_code, currency_code
),

first_closings as (
    select open_items.entity_id, min(closings.period_end) as period_end
    from open_items
    inner join {{ ref('closing') }} as closings on open_items.closing_id = closings.closing_id
    group by open_items.entity_id
),

at_rates as (
    select
        open_items.entity_id,
        open_items.closing_id,
        {{ translated(
            'open_items.open_amount', 'open_items.currency_code', 'open_items.entity_currency_code',
            crossed_rate('rates.closing_rate', 'entity_rates.closing_rate')
        ) }} as amount
    from open_items
    left join {{ ref('closing_rate') }} as rates
        on open_items.currency_code = rates.currency_code and open_items.closing_id = rates.closing_id
    left join {{ ref('closing_rate') }} as entity_rates
        on
            open_items.entity_currency_code = entity_rates.currency_code
            and open_items.closing_id = entity_rates.closing_id
),

totals as (
    select
        entity_id,
        closing_id,
        count(*) > count(amount) as is_without_rate,
        sum(amount) as amount
    from at_rates
    group by entity_id, closing_id
)

select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.{{ ledger_amount }} as amount_a,
    case when not coalesce(totals.is_without_rate, false) then coalesce(totals.amount, 0) end as amount_b,
    case when totals.is_without_rate then 'no closing rate for the currency of some items' end as detail
from {{ ref('tie_out_amount') }} as amounts
inner join first_closings
    on amounts.entity_id = first_closings.entity_id and amounts.period_end >= first_closings.period_end
left join totals on amounts.entity_id = totals.entity_id and amounts.closing_id = totals.closing_id
where amounts.closing_type = 'regular' and amounts.has_balance_sheet
{%- endmacro %}
