-- Grain: one row per scenario, entity, closing, account and department; debit positive, each amount translated by itself.
-- Movements at the period's average rate, balances at the closing rate, rounded to the smallest unit of the group's currency; an account's currency method
-- may say otherwise: `average` for its balances, too, `none` for amounts that are in the group's currency already.
-- An account without a line is on the line for such accounts: of its balance sheet when it has a balance.
-- `brought_rate` is that of what an entity has when it comes: where it is opened or joins the rate of the day before, where its
-- system reports balances that of its first closing. The day before it joins may be in the middle of a period.
-- A budget in another currency than its entity's comes to both at the period's average rates.
with

group_entity as (
    select currency_code from {{ ref('entity') }}
    where is_group
),

rates as (select * from {{ ref('closing_rate') }}),

budget as (
    select
        budget.entity_id,
        budget.closing_id,
        budget.account_id,
        budget.department_code,
        budget.statement,
        budget.line_code,
        budget.balance_type,
        budget.entity_currency_code as currency_code,
        sum(budget.amount) as budgeted_amount,
        sum(case
            when budget.currency_code = budget.entity_currency_code then budget.amount
            else {{ in_smallest_unit(
                'budget.amount * ' ~ crossed_rate('rates.average_rate', 'entity_rates.average_rate'),
                'budget.entity_currency_code'
            ) }}
        end) as amount,
        case
            when max(case when budget.currency_code <> budget.entity_currency_code then 1 else 0 end) = 1
                then sum(case
                    when budget.currency_code = group_entity.currency_code then budget.amount
                    else {{ in_smallest_unit('budget.amount * rates.average_rate', 'group_entity.currency_code') }}
                end)
        end as group_amount
    from {{ ref('budget') }} as budget
    cross join group_entity
    left join rates on budget.currency_code = rates.currency_code and budget.closing_id = rates.closing_id
    left join rates as entity_rates
        on
            budget.entity_currency_code = entity_rates.currency_code
            and budget.closing_id = entity_rates.closing_id
    group by
        budget.entity_id, budget.closing_id, budget.account_id, budget.department_code, budget.statement,
        budget.line_code, budget.balance_type, budget.entity_currency_code
),

ledger as (
    select
        'actual' as scenario,
        entity_id, closing_id, account_id, department_code, statement, line_code, balance_type, currency_code, amount,
        cast(null as decimal(38, 6)) as budgeted_amount,
        cast(null as decimal(38, 6)) as group_amount
    from {{ ref('trial_balance') }}
    union all
    select
        'budget' as scenario,
        entity_id, closing_id, account_id, department_code, statement, line_code, balance_type, currency_code, amount,
        budgeted_amount, group_amount
    from budget
),

accounts as (
    select
        account_id,
        min(currency_method) as currency_method
    from {{ ref('account') }}
    group by account_id
),

lines as (select * from {{ ref('layout_line') }}),

reporting as (
    select distinct entity_id from {{ ref('reported_amount') }}
    where statement = 'balance_sheet'
),

joining as (
    select
        entities.entity_id,
        periods.closing_id,
        cast({{ dbt.dateadd('day', -1, 'entities.joined_on') }} as date) as rate_on
    from {{ ref('entity') }} as entities
    inner join {{ ref('entity_period') }} as periods
        on entities.entity_id = periods.entity_id and entities.joined_on = periods.period_start
),

unmapped_lines as (
    select
        statement,
        min(line_code) as line_code
    from lines
    where role = 'unmapped'
    group by statement
),

placed as (
    select
        ledger.scenario,
        ledger.entity_id,
        ledger.closing_id,
        ledger.account_id,
        ledger.department_code,
        ledger.balance_type,
        ledger.currency_code,
        ledger.amount,
        ledger.budgeted_amount,
        ledger.group_amount,
        coalesce(lines.statement, unmapped_lines.statement) as statement,
        coalesce(lines.line_code, unmapped_lines.line_code) as line_code,
        coalesce(lines.role, 'unmapped') as role
    from ledger
    left join lines on ledger.line_code = lines.line_code
    left join unmapped_lines
        on
            lines.line_code is null
            and unmapped_lines.statement = coalesce(
                ledger.statement,
                case when ledger.balance_type = 'balance' then 'balance_sheet' else 'profit_and_loss' end
            )
)

select
    placed.scenario,
    placed.entity_id,
    placed.closing_id,
    closings.closing_type,
    closings.fiscal_year,
    closings.period_number,
    placed.statement,
    placed.line_code,
    placed.role,
    placed.account_id,
    placed.department_code,
    placed.balance_type,
    placed.currency_code,
    placed.currency_code <> group_entity.currency_code as is_foreign,
    group_entity.currency_code as group_currency_code,
    coalesce(accounts.currency_method, 'closing') as currency_method,
    rates.average_rate,
    rates.closing_rate,
    coalesce(
        case
            when closings.closing_type <> 'opening' and reporting.entity_id is null
                then coalesce(joining_rates.rate, rates.opening_rate)
        end,
        rates.closing_rate
    ) as brought_rate,
    placed.amount,
    placed.budgeted_amount,
    case
        when placed.group_amount is not null then placed.group_amount
        when placed.currency_code = group_entity.currency_code or accounts.currency_method = 'none' then placed.amount
        when placed.balance_type = 'balance' and coalesce(accounts.currency_method, 'closing') <> 'average'
            then {{ in_smallest_unit('placed.amount * rates.closing_rate', 'group_entity.currency_code') }}
        else {{ in_smallest_unit('placed.amount * rates.average_rate', 'group_entity.currency_code') }}
    end as group_amount
from placed
cross join group_entity
left join {{ ref('closing') }} as closings on placed.closing_id = closings.closing_id
left join accounts on placed.account_id = accounts.account_id
left join reporting on placed.entity_id = reporting.entity_id
left join rates
    on placed.currency_code = rates.currency_code and placed.closing_id = rates.closing_id
left join joining on placed.entity_id = joining.entity_id and placed.closing_id = joining.closing_id
left join {{ ref('day_rate') }} as joining_rates
    on
        placed.currency_code = joining_rates.from_currency_code
        and group_entity.currency_code = joining_rates.to_currency_code
        and joining.rate_on = joining_rates.rate_on
