-- Grain: one row per entity in another currency than the group's and closing, year-end adjustments aside: how the
-- translation adjustment came about, in the group's currency, a gain positive.
-- opening + on the opening net assets + on the result + on other movements + what stands in equity accounts that are
-- translated at the closing rate (and so move by themselves) + the rounding of single amounts = closing.
with

amounts as (
    select
        amounts.entity_id,
        amounts.closing_id,
        amounts.statement,
        amounts.amount,
        amounts.group_amount,
        coalesce(lines.role in {{ equity_roles() }}, false) as is_equity,
        coalesce(lines.role = 'translation_adjustment', false) as is_adjustment
    from {{ ref('ledger_line_amount') }} as amounts
    left join {{ ref('layout_line') }} as lines on amounts.line_code = lines.line_code
    where amounts.scenario = 'actual' and amounts.closing_type in ('opening', 'regular')
),

closings as (
    select
        amounts.entity_id,
        amounts.closing_id,
        closings.period_number,
        entities.currency_code,
        rates.average_rate,
        rates.closing_rate,
        -sum(case when amounts.is_equity then amounts.amount else 0 end) as net_assets,
        -sum(case when amounts.is_equity then amounts.group_amount else 0 end) as group_equity,
        -sum(case when amounts.statement = 'profit_and_loss' then amounts.amount else 0 end) as result,
        -sum(case when amounts.statement = 'profit_and_loss' then amounts.group_amount else 0 end) as group_result,
        -sum(case when amounts.is_adjustment then amounts.group_amount else 0 end) as adjustment,
        count(*) as amount_count
    from amounts
    inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
    inner join {{ ref('entity') }} as entities on amounts.entity_id = entities.entity_id
    inner join {{ ref('entity') }} as group_entity
        on group_entity.is_group and entities.currency_code <> group_entity.currency_code
    left join {{ ref('closing_rate') }} as rates
        on entities.currency_code = rates.currency_code and amounts.closing_id = rates.closing_id
    group by
        amounts.entity_id, amounts.closing_id, closings.period_number, entities.currency_code,
        rates.average_rate, rates.closing_rate
),

moves as (
    select
        *,
        coalesce(lag(adjustment) over by_period, 0) as opening_adjustment,
        coalesce(lag(net_assets) over by_period, 0) as opening_net_assets,
        coalesce(lag(group_equity) over by_period, 0) as opening_group_equity,
        coalesce(lag(closing_rate) over by_period, closing_rate) as opening_rate,
        case when lag(closing_rate) over by_period is null then closing_rate else average_rate end as movement_rate,
        amount_count + coalesce(lag(amount_count) over by_period, 0) as rounded_count
    from closings
    window by_period as (partition by entity_id order by period_number)
),

parts as (
    select
        *,
        round(opening_net_assets * (closing_rate - opening_rate), 2) as on_opening_net_assets,
        round(result * closing_rate, 2) - group_result as on_result,
        round((net_assets - opening_net_assets - result) * (closing_rate - movement_rate), 2) as on_other_movements,
        round((net_assets - opening_net_assets - result) * movement_rate, 2)
        + group_result - (group_equity - opening_group_equity) as in_equity_accounts
    from moves
)

select
    entity_id,
    closing_id,
    currency_code,
    cast(opening_adjustment as decimal(38, 2)) as opening_amount,
    cast(on_opening_net_assets as decimal(38, 2)) as on_opening_net_assets_amount,
    cast(on_result as decimal(38, 2)) as on_result_amount,
    cast(on_other_movements as decimal(38, 2)) as on_other_movements_amount,
    cast(in_equity_accounts as decimal(38, 2)) as in_equity_accounts_amount,
    cast(
        adjustment - opening_adjustment - on_opening_net_assets - on_result - on_other_movements - in_equity_accounts
        as decimal(38, 2)
    ) as rounding_amount,
    cast(adjustment as decimal(38, 2)) as closing_amount,
    cast(rounded_count * 0.005 + 0.02 as decimal(38, 2)) as rounding_limit_amount
from parts
