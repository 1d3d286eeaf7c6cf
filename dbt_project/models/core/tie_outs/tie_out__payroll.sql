-- Grain: one row per entity and closing that its payrolls cover: personnel expense in the ledger, and gross pay with the employer's
-- contributions.
with

payrolls as (select * from {{ ref('payroll_line') }}),

placed as (
    select
        coalesce(entities.entity_id, group_entity.entity_id) as entity_id,
        payrolls.currency_code <> coalesce(entities.currency_code, group_entity.currency_code) as is_of_other_currency,
        payrolls.paid_for_on,
        payrolls.gross_amount + coalesce(payrolls.employer_amount, 0) as amount
    from payrolls
    cross join (
        select entity_id, currency_code from {{ ref('entity') }}
        where is_group
    ) as group_entity
    left join {{ ref('entity') }} as entities on payrolls.entity_id = entities.entity_id
),

paid as (
    select
        periods.entity_id,
        periods.closing_id,
        max(case when placed.is_of_other_currency then 1 else 0 end) = 1 as has_other_currency,
        sum(placed.amount) as amount
    from placed
    inner join {{ ref('entity_period') }} as periods
        on
            placed.entity_id = periods.entity_id
            and placed.paid_for_on between periods.period_start and periods.period_end
    group by periods.entity_id, periods.closing_id
),

extents as (
    select entity_id, min(paid_for_on) as first_on, max(paid_for_on) as last_on
    from placed
    group by entity_id
)

select
    amounts.entity_id,
    amounts.period_end,
    amounts.currency_code,
    amounts.personnel as amount_a,
    case when not coalesce(paid.has_other_currency, false) then coalesce(paid.amount, 0) end as amount_b,
    case when paid.has_other_currency then 'some pay is in another currency than the entity''s' end as detail
from {{ ref('tie_out_amount') }} as amounts
inner join {{ ref('entity_period') }} as periods
    on amounts.entity_id = periods.entity_id and amounts.closing_id = periods.closing_id
inner join extents
    on
        amounts.entity_id = extents.entity_id
        and periods.period_end >= extents.first_on
        and periods.period_start <= extents.last_on
left join paid on amounts.entity_id = paid.entity_id and amounts.closing_id = paid.closing_id
where amounts.closing_type = 'regular'
