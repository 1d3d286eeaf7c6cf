-- Grain: one row per scenario, entity, closing, account and department of the accounts in foreign currency whose method is
-- historical (capital, reserves): what stands is the sum of its movements, each at its period's average rate, on the opening
-- at the opening rate. Last year's result keeps the amount at which it was made when it is carried to the earnings of the
-- years before.
with

balances as (
    select * from {{ ref('translated_amount') }}
    where currency_method = 'historical' and is_foreign and balance_type = 'balance' and role <> 'result_of_year'
),

closings as (
    select
        scenario,
        entity_id,
        closing_id,
        closing_type,
        fiscal_year,
        period_number,
        max(average_rate) as average_rate,
        max(closing_rate) as closing_rate,
        min(period_number) over (partition by scenario, entity_id) as first_period_number
    from {{ ref('translated_amount') }}
    where closing_type in ('opening', 'regular') and is_foreign
    group by scenario, entity_id, closing_id, closing_type, fiscal_year, period_number
),

accounts as (
    select
        scenario,
        entity_id,
        account_code,
        department_code,
        max(line_code) as line_code,
        max(role) as role,
        min(period_number) as since_period_number
    from balances
    group by scenario, entity_id, account_code, department_code
),

-- The account of the line of retained earnings that takes the result of the year before.
carrying as (
    select
        scenario,
        entity_id,
        min(account_code) as account_code
    from accounts
    where role = 'retained_earnings'
    group by scenario, entity_id
),

results as (
    select
        scenario,
        entity_id,
        closing_id,
        other_amount,
        lag(amount) over (partition by scenario, entity_id order by period_number) as carried_amount,
        lag(group_amount) over (partition by scenario, entity_id order by period_number) as carried_group_amount,
        lag(fiscal_year) over (partition by scenario, entity_id order by period_number) as previous_fiscal_year
    from {{ ref('result_to_date') }}
),

movements as (
    select
        closings.scenario,
        closings.entity_id,
        closings.closing_id,
        closings.closing_type,
        closings.period_number,
        accounts.line_code,
        accounts.account_code,
        accounts.department_code,
        coalesce(balances.amount, 0) as amount,
        coalesce(balances.amount, 0) - coalesce(lag(balances.amount) over (
            partition by accounts.scenario, accounts.entity_id, accounts.account_code, accounts.department_code
            order by closings.period_number
        ), 0) as movement,
        case
            when closings.period_number = closings.first_period_number then closings.closing_rate
            else closings.average_rate
        end as rate,
        case when carrying.account_code is not null then coalesce(results.carried_amount, 0) else 0 end
            as carried_amount,
        case when carrying.account_code is not null then coalesce(results.carried_group_amount, 0) else 0 end
            as carried_group_amount
    from accounts
    inner join closings
        on
            accounts.scenario = closings.scenario
            and accounts.entity_id = closings.entity_id
            and accounts.since_period_number <= closings.period_number
    left join balances
        on
            accounts.scenario = balances.scenario
            and accounts.entity_id = balances.entity_id
            and closings.closing_id = balances.closing_id
            and accounts.account_code = balances.account_code
            and accounts.department_code = balances.department_code
    left join results
        on
            closings.scenario = results.scenario
            and closings.entity_id = results.entity_id
            and closings.closing_id = results.closing_id
            and closings.fiscal_year > results.previous_fiscal_year
            and results.other_amount = 0
    left join carrying
        on
            accounts.scenario = carrying.scenario
            and accounts.entity_id = carrying.entity_id
            and accounts.account_code = carrying.account_code
)

select
    scenario,
    entity_id,
    closing_id,
    closing_type,
    line_code,
    account_code,
    department_code,
    cast(amount as decimal(38, 2)) as amount,
    cast(sum(round((movement - carried_amount) * rate, 2) + carried_group_amount) over (
        partition by scenario, entity_id, account_code, department_code order by period_number
    ) as decimal(38, 2)) as group_amount
from movements
