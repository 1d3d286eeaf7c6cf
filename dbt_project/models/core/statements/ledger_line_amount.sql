-- Grain: one row per entity, closing, scenario, account and department; debit positive, in the entity's and the group's currency.
-- Current retained earnings in the group's currency are the translated net incomes of the fiscal year so far; accounts of the
-- historical method keep the rates of their movements (`is_at_closing_rate` says which do not). What then fails to balance in an entity of another currency is the
-- translation adjustment, a row with the account `translation` and the department `none`; translation_roll_forward proves it.
with

translated as (
    select
        *,
        role = 'result_of_year' and balance_type = 'balance' and is_foreign as is_result,
        currency_method = 'historical' and balance_type = 'balance' and is_foreign and role <> 'result_of_year'
            as is_historical
    from {{ ref('translated_amount') }}
),

results as (
    select
        *,
        row_number() over accounts as account_number,
        sum(group_amount) over (partition by scenario, entity_id, closing_id) as accounts_group_amount
    from translated
    where is_result
    window accounts as (partition by scenario, entity_id, closing_id order by account_id, department_code)
),

group_amounts as (
    select
        scenario,
        entity_id,
        closing_id,
        closing_type,
        statement,
        line_code,
        account_id,
        department_code,
        balance_type,
        currency_method = 'closing' as is_at_closing_rate,
        amount,
        group_amount
    from translated
    where not is_result and not is_historical
    union all
    -- The result's accounts: the first of them takes what makes their sum the result to date.
    select
        results.scenario,
        results.entity_id,
        results.closing_id,
        results.closing_type,
        results.statement,
        results.line_code,
        results.account_id,
        results.department_code,
        results.balance_type,
        false as is_at_closing_rate,
        results.amount,
        results.group_amount + case
            when results.account_number = 1 then result_to_date.group_amount - results.accounts_group_amount else 0
        end as group_amount
    from results
    left join {{ ref('result_to_date') }} as result_to_date
        on
            results.scenario = result_to_date.scenario
            and results.entity_id = result_to_date.entity_id
            and results.closing_id = result_to_date.closing_id
    union all
    select
        scenario,
        entity_id,
        closing_id,
        closing_type,
        'balance_sheet' as statement,
        line_code,
        account_id,
        department_code,
        'balance' as balance_type,
        false as is_at_closing_rate,
        amount,
        group_amount
    from {{ ref('historical_amount') }}
),

foreign_entities as (
    select distinct entity_id from translated
    where is_foreign
),

translation_adjustments as (
    select
        group_amounts.scenario,
        group_amounts.entity_id,
        group_amounts.closing_id,
        max(group_amounts.closing_type) as closing_type,
        'balance_sheet' as statement,
        max(lines.line_code) as line_code,
        'translation' as account_id,
        'none' as department_code,
        'balance' as balance_type,
        false as is_at_closing_rate,
        cast(0 as decimal(38, 6)) as amount,
        -sum(group_amounts.group_amount) as group_amount
    from group_amounts
    inner join foreign_entities on group_amounts.entity_id = foreign_entities.entity_id
    cross join {{ lines_of_role('translation_adjustment') }} as lines
    where group_amounts.balance_type = 'balance'
    group by group_amounts.scenario, group_amounts.entity_id, group_amounts.closing_id
)

select
    scenario,
    entity_id,
    closing_id,
    closing_type,
    statement,
    line_code,
    account_id,
    department_code,
    balance_type,
    is_at_closing_rate,
    amount,
    cast(group_amount as decimal(38, 6)) as group_amount
from (
    select * from group_amounts
    union all
    select * from translation_adjustments
) as all_amounts
