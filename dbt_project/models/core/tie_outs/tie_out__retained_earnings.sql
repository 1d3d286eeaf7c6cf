-- Grain: one row per entity and closing: the period's result, and what came to the result of the fiscal year. What an entity
-- brought with its first closing is a result of periods that are not here; it is left out. So is the result that an entity
-- carried to earlier years' at the end of its own fiscal year, or took away when it left, that of the days of its last period included.
with

group_entity as (
    select entity_id from {{ ref('entity') }}
    where is_group
),

results as (
    select
        *,
        lag(period_number) over entities as previous_number,
        lag(fiscal_year) over entities as previous_year,
        lag(amount) over entities as previous_amount,
        lag(group_amount) over entities as previous_group_amount,
        lead(period_number) over entities as next_number
    from {{ ref('result_to_date') }}
    where scenario = 'actual'
    window entities as (partition by entity_id order by period_number)
),

-- Debit positive, as the ledger has it: what came to the result's account other than by the period's result.
others as (
    select
        entity_id,
        closing_id,
        brought_amount - case when previous_year < fiscal_year then previous_amount else 0 end as amount,
        brought_group_amount
        - case when previous_year < fiscal_year then previous_group_amount else 0 end as group_amount
    from results
    union all
    select
        results.entity_id,
        closings.closing_id,
        0 as amount,
        -results.group_amount as group_amount
    from results
    inner join {{ ref('closing') }} as closings
        on closings.period_number = results.period_number + 1 and closings.closing_type = 'regular'
    where results.next_number is null or results.next_number > results.period_number + 1
    union all
    select
        amounts.entity_id,
        amounts.closing_id,
        0 as amount,
        -sum(amounts.group_amount) as group_amount
    from {{ ref('ledger_line_amount') }} as amounts
    inner join {{ ref('entity_period') }} as periods
        on
            amounts.entity_id = periods.entity_id
            and amounts.closing_id = periods.closing_id
            and not periods.has_balances
    where amounts.scenario = 'actual' and amounts.statement = 'profit_and_loss'
    group by amounts.entity_id, amounts.closing_id
),

other_amounts as (
    select
        entity_id,
        closing_id,
        sum(amount) as amount
    from others
    group by entity_id, closing_id
    union all
    select
        group_entity.entity_id,
        others.closing_id,
        sum(others.group_amount) as amount
    from others
    cross join group_entity
    group by group_entity.entity_id, others.closing_id
),

adjustments as (
    select
        amounts.entity_id,
        year_ends.closing_id,
        -sum(amounts.amount) as amount,
        -sum(amounts.group_amount) as group_amount
    from {{ ref('ledger_line_amount') }} as amounts
    inner join {{ ref('year_end_closing') }} as year_ends
        on amounts.entity_id = year_ends.entity_id and amounts.closing_id = year_ends.adjustment_closing_id
    where amounts.scenario = 'actual' and amounts.statement = 'profit_and_loss'
    group by amounts.entity_id, year_ends.closing_id
),

adjusted as (
    select
        entity_id,
        closing_id,
        amount
    from adjustments
    union all
    select
        group_entity.entity_id,
        adjustments.closing_id,
        sum(adjustments.group_amount) as amount
    from adjustments
    cross join group_entity
    group by group_entity.entity_id, adjustments.closing_id
),

movements as (
    select
        *,
        result_of_year - coalesce(lag(result_of_year) over (partition by entity_id order by period_end), 0) as movement
    from {{ ref('tie_out_amount') }}
    where has_balance_sheet
)

select
    movements.entity_id,
    movements.period_end,
    movements.currency_code,
    movements.net_income + coalesce(adjusted.amount, 0) as amount_a,
    movements.movement + coalesce(other_amounts.amount, 0) as amount_b,
    case when adjusted.amount <> 0 then 'year-end adjustments included' end as detail
from movements
left join other_amounts
    on movements.entity_id = other_amounts.entity_id and movements.closing_id = other_amounts.closing_id
left join adjusted on movements.entity_id = adjusted.entity_id and movements.closing_id = adjusted.closing_id
where movements.closing_type = 'regular'
