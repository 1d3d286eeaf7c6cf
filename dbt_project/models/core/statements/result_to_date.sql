-- Grain: one row per scenario, entity and closing, year-end adjustments aside: the result of the fiscal year so far.
-- The year is the entity's own; its year-end adjustments are in its last closing.
-- In the group's currency it is the sum of the translated results of its periods. What the result's account holds beyond the
-- postings of the year is translated once, when it comes: a result that was on the books when the entity joined at the rate of that
-- day, last year's result that is still there at the amount at which it was made.
with

amounts as (
    select
        amounts.scenario,
        amounts.entity_id,
        coalesce(year_ends.closing_id, amounts.closing_id) as closing_id,
        amounts.average_rate,
        amounts.brought_rate,
        amounts.group_currency_code,
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
        max(amounts.group_currency_code) as group_currency_code,
        coalesce(periods.fiscal_year, closings.fiscal_year) as fiscal_year,
        closings.period_number,
        max(amounts.average_rate) as average_rate,
        max(amounts.brought_rate) as brought_rate,
        cast(sum(amounts.amount) as decimal(38, 6)) as amount,
        cast(sum(amounts.group_amount) as decimal(38, 6)) as group_amount,
        cast(sum(amounts.balance_amount) as decimal(38, 6)) as balance_amount
    from amounts
    inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
    left join {{ ref('entity_period') }} as periods
        on amounts.entity_id = periods.entity_id and amounts.closing_id = periods.closing_id
    -- What an entity earned in the period in which it leaves is on no account any more.
    where coalesce(periods.has_balances, true)
    group by
        amounts.scenario, amounts.entity_id, amounts.closing_id, coalesce(periods.fiscal_year, closings.fiscal_year),
        closings.period_number
),

to_date as (
    select
        *,
        sum(group_amount) over years as group_amount_to_date,
        balance_amount - sum(amount) over years as other_amount
    from closings
    window years as (partition by scenario, entity_id, fiscal_year order by period_number)
),

others as (
    select
        *,
        period_number = min(period_number) over (partition by scenario, entity_id) as is_first,
        fiscal_year > lag(fiscal_year) over entities as is_new_year,
        other_amount - coalesce(
            case
                when fiscal_year > lag(fiscal_year) over entities then lag(balance_amount) over entities
                else lag(other_amount) over entities
            end,
            0
        ) as other_movement,
        lag(group_amount_to_date) over entities as previous_group_amount,
        sum(case when other_amount = 0 then 1 else 0 end) over entities as nothing_else_count
    from to_date
    window entities as (partition by scenario, entity_id order by period_number)
),

-- What else is on the account, by how it came; once there is nothing, it begins anew.
translated as (
    select
        *,
        cast(case
            when other_amount = 0 then 0
            else
                {{ in_smallest_unit(
                    'other_movement * case when is_first then brought_rate else average_rate end', 'group_currency_code'
                ) }}
                + case when is_new_year then previous_group_amount else 0 end
        end as decimal(38, 6)) as other_group_movement
    from others
)

select
    scenario,
    entity_id,
    closing_id,
    fiscal_year,
    period_number,
    amount as period_amount,
    group_amount as period_group_amount,
    cast(balance_amount as decimal(38, 6)) as amount,
    cast(other_amount as decimal(38, 6)) as other_amount,
    cast(case when is_first then other_movement else 0 end as decimal(38, 6)) as brought_amount,
    cast(case when is_first then other_group_movement else 0 end as decimal(38, 6)) as brought_group_amount,
    cast(group_amount_to_date + sum(other_group_movement) over (
        partition by scenario, entity_id, nothing_else_count order by period_number
    ) as decimal(38, 6)) as group_amount
from translated
