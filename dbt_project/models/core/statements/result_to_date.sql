-- Grain: one row per scenario, entity and closing, year-end adjustments aside: the result of the fiscal year so far.
-- The year is the entity's own; its year-end adjustments are in its last closing.
-- In the group's currency it is the sum of the translated results of its periods. What the result's account holds beyond the
-- postings that are here (a result that was on the books when the entity joined) is translated once, when it comes.
with

amounts as (
    select
        amounts.scenario,
        amounts.entity_id,
        coalesce(year_ends.closing_id, amounts.closing_id) as closing_id,
        amounts.average_rate,
        amounts.closing_rate,
        case when amounts.statement = 'profit_and_loss' then amounts.amount else 0 end as amount,
        case when amounts.statement = 'profit_and_loss' then amounts.group_amount else 0 end as group_amount,
        case when amounts.role = 'result_of_year' and amounts.balance_type = 'balance' then amounts.amount else 0 end
            as balance_amount
    from {{ ref('translated_amount') }} as amounts
    left join {{ ref('year_end_closing') }} as year_ends
        on amounts.entity_id = year_ends.entity_id and amounts.closing_id = year_ends.adjustment_closing_id
    where amounts.closing_type in ('opening', 'regular') or year_ends.closing_id is not null
),

closings as (
    select
        amounts.scenario,
        amounts.entity_id,
        amounts.closing_id,
        coalesce(periods.fiscal_year, closings.fiscal_year) as fiscal_year,
        closings.period_number,
        max(amounts.average_rate) as average_rate,
        max(amounts.closing_rate) as closing_rate,
        cast(sum(amounts.amount) as decimal(38, 2)) as amount,
        cast(sum(amounts.group_amount) as decimal(38, 2)) as group_amount,
        cast(sum(amounts.balance_amount) as decimal(38, 2)) as balance_amount
    from amounts
    inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
    left join {{ ref('entity_period') }} as periods
        on amounts.entity_id = periods.entity_id and amounts.closing_id = periods.closing_id
    group by
        amounts.scenario, amounts.entity_id, amounts.closing_id, coalesce(periods.fiscal_year, closings.fiscal_year),
        closings.period_number
),

to_date as (
    select
        *,
        sum(amount) over years as amount_to_date,
        sum(group_amount) over years as group_amount_to_date,
        balance_amount - sum(amount) over years as other_amount,
        min(period_number) over (partition by scenario, entity_id) as first_period_number
    from closings
    window years as (partition by scenario, entity_id, fiscal_year order by period_number)
),

others as (
    select
        *,
        other_amount - coalesce(
            lag(other_amount) over (partition by scenario, entity_id, fiscal_year order by period_number), 0
        ) as other_movement
    from to_date
),

translated as (
    select
        *,
        cast(round(
            other_movement * case when period_number = first_period_number then closing_rate else average_rate end, 2
        ) as decimal(38, 2)) as other_group_movement
    from others
)

select
    scenario,
    entity_id,
    closing_id,
    fiscal_year,
    period_number,
    cast(balance_amount as decimal(38, 2)) as amount,
    cast(other_amount as decimal(38, 2)) as other_amount,
    cast(case when period_number = first_period_number then other_movement else 0 end as decimal(38, 2))
        as brought_amount,
    cast(case when period_number = first_period_number then other_group_movement else 0 end as decimal(38, 2))
        as brought_group_amount,
    cast(group_amount_to_date + coalesce(sum(other_group_movement) over (
        partition by scenario, entity_id, fiscal_year order by period_number
    ), 0) as decimal(38, 2)) as group_amount
from translated
