-- Grain: one row per entity in another currency than the group's and closing, year-end adjustments aside: how the
-- translation adjustment came about, in the group's currency, a gain positive.
-- opening + on the opening net assets + on the result + on other movements of equity that keeps its rates - what the opening
-- balances of equity at the closing rate moved by themselves + the rounding of single amounts = closing.
with

amounts as (
    select
        amounts.entity_id,
        amounts.closing_id,
        amounts.statement,
        amounts.amount,
        amounts.group_amount,
        coalesce(lines.role in {{ equity_roles() }}, false) as is_equity,
        coalesce(lines.role in {{ equity_roles() }}, false) and not amounts.is_at_closing_rate as keeps_its_rate,
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
        group_entity.currency_code as group_currency_code,
        rates.closing_rate,
        -sum(case when amounts.is_equity then amounts.amount else 0 end) as net_assets,
        -sum(case when amounts.keeps_its_rate then amounts.amount else 0 end) as kept_equity,
        -sum(case when amounts.keeps_its_rate then amounts.group_amount else 0 end) as kept_group_equity,
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
        group_entity.currency_code, rates.closing_rate
    having max(case when amounts.statement = 'balance_sheet' then 1 else 0 end) = 1
),

moves as (
    select
        *,
        coalesce(lag(adjustment) over by_period, 0) as opening_adjustment,
        coalesce(lag(net_assets) over by_period, 0) as opening_net_assets,
        coalesce(lag(kept_equity) over by_period, 0) as opening_kept_equity,
        coalesce(lag(kept_group_equity) over by_period, 0) as opening_kept_group_equity,
        coalesce(lag(closing_rate) over by_period, closing_rate) as opening_rate,
        amount_count + coalesce(lag(amount_count) over by_period, 0) as rounded_count
    from closings
    window by_period as (partition by entity_id order by period_number)
),

parts as (
    select
        *,
        {{ in_smallest_unit('opening_net_assets * (closing_rate - opening_rate)', 'group_currency_code') }}
            as on_opening_net_assets,
        {{ in_smallest_unit('result * closing_rate', 'group_currency_code') }} - group_result as on_result,
        {{ in_smallest_unit('(kept_equity - opening_kept_equity - result) * closing_rate', 'group_currency_code') }}
        - (kept_group_equity - opening_kept_group_equity - group_result) as on_other_movements,
        -{{ in_smallest_unit(
            '(opening_net_assets - opening_kept_equity) * (closing_rate - opening_rate)', 'group_currency_code'
        ) }} as in_equity_accounts
    from moves
)

select
    entity_id,
    closing_id,
    currency_code,
    cast(opening_adjustment as decimal(38, 6)) as opening_amount,
    cast(on_opening_net_assets as decimal(38, 6)) as on_opening_net_assets_amount,
    cast(on_result as decimal(38, 6)) as on_result_amount,
    cast(on_other_movements as decimal(38, 6)) as on_other_movements_amount,
    cast(in_equity_accounts as decimal(38, 6)) as in_equity_accounts_amount,
    cast(
        adjustment - opening_adjustment - on_opening_net_assets - on_result - on_other_movements - in_equity_accounts
        as decimal(38, 6)
    ) as rounding_amount,
    cast(adjustment as decimal(38, 6)) as closing_amount,
    cast((rounded_count + 4) * {{ smallest_unit('group_currency_code') }} / 2 as decimal(38, 6))
        as rounding_limit_amount
from parts
