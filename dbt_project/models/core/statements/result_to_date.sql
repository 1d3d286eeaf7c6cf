-- Grain: one row per scenario, entity and closing, year-end adjustments aside: the result of the fiscal year so far.
-- In the group's currency it is the sum of the translated results of its periods. What the result's account holds beyond the
-- postings that are here (a result that was on the books when the entity joined) is translated once, when it comes.
with

closings as (
    select
        scenario,
        entity_id,
        closing_id,
        fiscal_year,
        period_number,
        max(average_rate) as average_rate,
        max(closing_rate) as closing_rate,
        cast(sum(case when statement = 'profit_and_loss' then amount else 0 end) as decimal(38, 2)) as amount,
        cast(sum(case when statement = 'profit_and_loss' then group_amount else 0 end) as decimal(38, 2))
            as group_amount,
        cast(sum(case when role = 'result_of_year' then amount else 0 end) as decimal(38, 2)) as balance_amount
    from {{ ref('translated_amount') }}
    where closing_type in ('opening', 'regular')
    group by scenario, entity_id, closing_id, fiscal_year, period_number
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
