-- Grain: one row per entity, regular closing and line of the cash flow statement (indirect method); inflow positive.
-- Each balance-sheet account but cash belongs to exactly one line, so the lines add up to the change in cash. An entity's
-- first closing has no opening balance, or is it, and so no cash flow of its own; its cash joins the group's, and leaves it with the entity. Flows are
-- translated at the average rate; what that leaves of the change of the translated cash is the effect of exchange rates.
with

changes as (select * from {{ ref('balance_change') }}),

flows as (
    select
        changes.entity_id,
        changes.closing_id,
        changes.line_code,
        -changes.amount as amount,
        case
            when entities.currency_code = group_entity.currency_code then -changes.amount
            else {{ in_smallest_unit('-changes.amount * rates.average_rate', 'group_entity.currency_code') }}
        end as group_amount
    from changes
    cross join (
        select currency_code from {{ ref('entity') }}
        where is_group
    ) as group_entity
    left join {{ ref('entity') }} as entities on changes.entity_id = entities.entity_id
    left join {{ ref('closing_rate') }} as rates
        on entities.currency_code = rates.currency_code and changes.closing_id = rates.closing_id
    where not changes.is_cash and not changes.is_first
    union all
    select
        entity_id,
        closing_id,
        line_code,
        amount,
        group_amount
    from {{ ref('cash_flow_pair') }}
),

flows_by_line as (
    select
        entity_id,
        closing_id,
        line_code,
        sum(amount) as amount,
        sum(group_amount) as group_amount
    from flows
    group by entity_id, closing_id, line_code
),

joined as (
    select
        changes.entity_id,
        changes.closing_id,
        lines.line_code,
        cast(null as decimal(38, 6)) as amount,
        changes.group_amount
    from changes
    cross join {{ lines_of_role('cf_joined') }} as lines
    where changes.is_cash and changes.is_first and changes.is_after_the_beginning
),

-- An entity without balances at the closing after has left, and its cash with it.
gone as (
    select
        lasts.entity_id,
        closings.closing_id,
        lines.line_code,
        cast(null as decimal(38, 6)) as amount,
        -lasts.group_amount as group_amount
    from (
        select
            periods.entity_id,
            max(periods.period_number) as period_number,
            sum(changes.group_amount) as group_amount
        from (
            select
                *,
                period_number - row_number() over (partition by entity_id order by period_number) as stay
            from {{ ref('cash_flow_period') }}
        ) as periods
        left join changes
            on periods.entity_id = changes.entity_id and periods.closing_id = changes.closing_id and changes.is_cash
        group by periods.entity_id, periods.stay
    ) as lasts
    inner join {{ ref('closing') }} as closings
        on lasts.period_number + 1 = closings.period_number and closings.closing_type = 'regular'
    cross join {{ lines_of_role('cf_joined') }} as lines
    where lasts.group_amount is not null
),

currency_effects as (
    select
        periods.entity_id,
        periods.closing_id,
        lines.line_code,
        0 as amount,
        coalesce(changes.group_amount, 0) - coalesce(totals.group_amount, 0) as group_amount
    from {{ ref('cash_flow_period') }} as periods
    inner join {{ ref('entity') }} as entities on periods.entity_id = entities.entity_id
    inner join {{ ref('entity') }} as group_entity
        on group_entity.is_group and entities.currency_code <> group_entity.currency_code
    cross join {{ lines_of_role('cf_currency') }} as lines
    left join changes
        on periods.entity_id = changes.entity_id and periods.closing_id = changes.closing_id and changes.is_cash
    left join (
        select
            entity_id,
            closing_id,
            sum(group_amount) as group_amount
        from flows_by_line
        group by entity_id, closing_id
    ) as totals on periods.entity_id = totals.entity_id and periods.closing_id = totals.closing_id
    where not periods.is_first
)

select
    entity_id,
    closing_id,
    line_code,
    cast(amount as decimal(38, 6)) as amount,
    cast(group_amount as decimal(38, 6)) as group_amount
from (
    select * from flows_by_line
    union all
    select * from joined
    union all
    select * from gone
    union all
    select * from currency_effects
) as all_flows
