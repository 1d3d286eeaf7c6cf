-- Grain: one row per entity, closing and line of the cash flow statement, or cash: by how much the balances of the line's
-- accounts changed since the closing before; debit positive. The first closing's change is all that stands.
-- An overdraft is debt, and no part of cash: what an account of cash has in credit on another line changes the line of debt.
-- An account without a line of the cash flow statement, or on one that the product fills by itself (what stands there would be there
-- twice), is unexplained; it is never taken for cash. Results that the product
-- derives and carries are the owners'.
with

periods as (select * from {{ ref('cash_flow_period') }}),

accounts as (
    select
        accounts.account_id,
        max(accounts.cash_flow_line_code) as cash_flow_line_code,
        coalesce(max(case when lines.role = 'cash' then 1 end) = 1, false) as is_of_cash
    from {{ ref('account') }} as accounts
    left join {{ ref('layout_line') }} as lines on accounts.line_code = lines.line_code
    group by accounts.account_id
),

balances as (
    select
        periods.entity_id,
        periods.period_number,
        case
            when lines.role = 'cash' then 'cash'
            when cash_flow_lines.line_code is not null then cash_flow_lines.line_code
            when accounts.is_of_cash then coalesce(debt.line_code, unexplained.line_code)
            when lines.role in ('result_of_year', 'retained_earnings')
                then coalesce(owners.line_code, unexplained.line_code)
            else unexplained.line_code
        end as line_code,
        sum(amounts.amount) as amount,
        sum(amounts.group_amount) as group_amount
    from {{ ref('ledger_line_amount') }} as amounts
    inner join periods on amounts.entity_id = periods.entity_id and amounts.closing_id = periods.closing_id
    inner join {{ ref('layout_line') }} as lines on amounts.line_code = lines.line_code
    cross join (select min(line_code) as line_code from {{ lines_of_role('cf_unexplained') }} as named) as unexplained
    cross join (select min(line_code) as line_code from {{ lines_of_role('cf_owners') }} as named) as owners
    cross join (select min(line_code) as line_code from {{ lines_of_role('cf_debt') }} as named) as debt
    left join accounts on amounts.account_id = accounts.account_id
    left join {{ ref('layout_line') }} as cash_flow_lines
        on
            accounts.cash_flow_line_code = cash_flow_lines.line_code
            and cash_flow_lines.statement = 'cash_flow'
            and cash_flow_lines.role not in (
                'cf_result', 'cf_depreciation', 'cf_asset_sales_result', 'cf_joined', 'cf_currency'
            )
    where
        amounts.scenario = 'actual'
        and amounts.statement = 'balance_sheet'
        and amounts.balance_type = 'balance'
        and lines.role <> 'translation_adjustment'
    group by
        periods.entity_id,
        periods.period_number,
        case
            when lines.role = 'cash' then 'cash'
            when cash_flow_lines.line_code is not null then cash_flow_lines.line_code
            when accounts.is_of_cash then coalesce(debt.line_code, unexplained.line_code)
            when lines.role in ('result_of_year', 'retained_earnings')
                then coalesce(owners.line_code, unexplained.line_code)
            else unexplained.line_code
        end
),

moves as (
    select entity_id, period_number, line_code, amount, group_amount from balances
    union all
    select
        entity_id,
        period_number + 1 as period_number,
        line_code,
        -amount as amount,
        -group_amount as group_amount
    from balances
)

select
    periods.entity_id,
    periods.closing_id,
    moves.line_code,
    moves.line_code = 'cash' as is_cash,
    periods.is_first,
    periods.is_after_the_beginning,
    cast(sum(moves.amount) as decimal(38, 6)) as amount,
    cast(sum(moves.group_amount) as decimal(38, 6)) as group_amount
from periods
inner join moves on periods.entity_id = moves.entity_id and periods.period_number = moves.period_number
-- A layout without a cash flow statement has no line for them.
where moves.line_code is not null
group by
    periods.entity_id, periods.closing_id, moves.line_code, periods.is_first, periods.is_after_the_beginning
