-- Grain: one row per entity, regular closing and line of the cash flow statement (indirect method); inflow positive.
-- Each balance-sheet account but cash belongs to exactly one line, so the lines add up to the change in cash. Depreciation
-- and the result of asset sales are moved from investing to operations, as pairs that cancel. An entity's first closing has
-- no opening balance, or is it, and so no cash flow of its own; its cash joins the group's. Flows are translated at the average rate; what that leaves of the change of the
-- translated cash is the effect of exchange rates.
with

amounts as (
    select * from {{ ref('ledger_line_amount') }}
    where scenario = 'actual' and closing_type in ('opening', 'regular')
),

accounts as (select * from {{ ref('account') }}),

closings as (
    select * from {{ ref('closing') }}
    where closing_type in ('opening', 'regular')
),

entities as (select * from {{ ref('entity') }}),

rates as (select * from {{ ref('closing_rate') }}),

entity_closings as (
    select
        amounts.entity_id,
        amounts.closing_id,
        closings.period_number,
        min(closings.period_number) over (partition by amounts.entity_id) as first_period_number
    from (select distinct
        entity_id,
        closing_id
    from amounts) as amounts
    inner join closings on amounts.closing_id = closings.closing_id
),

balances as (
    select
        amounts.entity_id,
        closings.period_number,
        coalesce(accounts.cash_flow_line_code, 'cash') as line_code,
        sum(amounts.amount) as amount,
        sum(amounts.group_amount) as group_amount
    from amounts
    inner join accounts on amounts.account_code = accounts.account_code
    inner join closings on amounts.closing_id = closings.closing_id
    where amounts.statement = 'balance_sheet'
    group by amounts.entity_id, closings.period_number, coalesce(accounts.cash_flow_line_code, 'cash')
),

balance_changes as (
    select
        entity_id,
        period_number,
        line_code,
        amount,
        group_amount
    from balances
    union all
    select
        entity_id,
        period_number + 1 as period_number,
        line_code,
        -amount as amount,
        -group_amount as group_amount
    from balances
),

changes as (
    select
        entity_closings.entity_id,
        entity_closings.closing_id,
        balance_changes.line_code,
        -sum(balance_changes.amount) as amount
    from entity_closings
    inner join balance_changes
        on
            entity_closings.entity_id = balance_changes.entity_id
            and entity_closings.period_number = balance_changes.period_number
    where entity_closings.period_number > entity_closings.first_period_number and balance_changes.line_code <> 'cash'
    group by entity_closings.entity_id, entity_closings.closing_id, balance_changes.line_code
),

profit_and_loss as (
    select
        amounts.entity_id,
        amounts.closing_id,
        -sum(amounts.amount) as net_income_amount,
        -sum(amounts.group_amount) as net_income_group_amount,
        sum({{ line_amount('depreciation_and_amortisation', 'amount') }}) as depreciation_amount,
        sum({{ line_amount('depreciation_and_amortisation', 'group_amount') }}) as depreciation_group_amount,
        sum({{ line_amount('gain_on_asset_sales', 'amount') }}) as loss_on_sales_amount,
        sum({{ line_amount('gain_on_asset_sales', 'group_amount') }}) as loss_on_sales_group_amount
    from amounts
    inner join entity_closings
        on amounts.entity_id = entity_closings.entity_id and amounts.closing_id = entity_closings.closing_id
    where amounts.statement = 'profit_and_loss' and entity_closings.period_number > entity_closings.first_period_number
    group by amounts.entity_id, amounts.closing_id
),

moved as (
    {% for line_code, sign, quantity in [
        ('cf_net_income', '', 'net_income'),
        ('cf_owners', '-', 'net_income'),
        ('cf_depreciation_and_amortisation', '', 'depreciation'),
        ('cf_capital_expenditure', '-', 'depreciation'),
        ('cf_loss_on_asset_sales', '', 'loss_on_sales'),
        ('cf_asset_sales', '-', 'loss_on_sales'),
    ] -%}
        select
            entity_id,
            closing_id,
            '{{ line_code }}' as line_code,
            {{ sign }}{{ quantity }}_amount as amount,
            {{ sign }}{{ quantity }}_group_amount as group_amount
        from profit_and_loss
        {{ 'union all' if not loop.last }}
    {% endfor %}
),

translated_changes as (
    select
        changes.entity_id,
        changes.closing_id,
        changes.line_code,
        changes.amount,
        round(changes.amount * rates.average_rate, 2) as group_amount
    from changes
    inner join entities on changes.entity_id = entities.entity_id
    inner join rates on entities.currency_code = rates.currency_code and changes.closing_id = rates.closing_id
),

translated_flows as (
    select
        entity_id,
        closing_id,
        line_code,
        cast(sum(amount) as decimal(38, 2)) as amount,
        cast(sum(group_amount) as decimal(38, 2)) as group_amount
    from (
        select * from translated_changes
        union all
        select * from moved
    ) as all_flows
    group by entity_id, closing_id, line_code
),

group_cash_changes as (
    select
        entity_closings.entity_id,
        entity_closings.closing_id,
        entity_closings.period_number = entity_closings.first_period_number as has_joined,
        sum(balance_changes.group_amount) as group_amount
    from entity_closings
    inner join balance_changes
        on
            entity_closings.entity_id = balance_changes.entity_id
            and entity_closings.period_number = balance_changes.period_number
    where balance_changes.line_code = 'cash'
    group by
        entity_closings.entity_id,
        entity_closings.closing_id,
        entity_closings.period_number = entity_closings.first_period_number
),

first_closing as (select min(period_number) as period_number from closings),

joined as (
    select
        group_cash_changes.entity_id,
        group_cash_changes.closing_id,
        'cf_entities_joined' as line_code,
        cast(null as decimal(38, 2)) as amount,
        cast(group_cash_changes.group_amount as decimal(38, 2)) as group_amount
    from group_cash_changes
    inner join closings on group_cash_changes.closing_id = closings.closing_id
    cross join first_closing
    where group_cash_changes.has_joined and closings.period_number > first_closing.period_number
),

currency_effects as (
    select
        group_cash_changes.entity_id,
        group_cash_changes.closing_id,
        'cf_currency_effect' as line_code,
        cast(0 as decimal(38, 2)) as amount,
        cast(group_cash_changes.group_amount - translated.group_amount as decimal(38, 2)) as group_amount
    from group_cash_changes
    inner join (
        select
            entity_id,
            closing_id,
            sum(group_amount) as group_amount
        from translated_flows
        group by entity_id, closing_id
    ) as translated
        on group_cash_changes.entity_id = translated.entity_id and group_cash_changes.closing_id = translated.closing_id
    where not group_cash_changes.has_joined
),

final as (
    select * from translated_flows
    union all
    select * from joined
    union all
    select * from currency_effects
)

select * from final
