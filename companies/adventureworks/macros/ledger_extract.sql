{#
  The ledger extract's rows of one scenario with their account: `debit_sign` makes amounts debit positive. A date without asset
  balances of any organisation holds adjustments to the fiscal year just closed.
#}
{% macro ledger_extract(scenario_name) %}
with

ledger as (
    select
        ledger.*,
        max(case when accounts.account_type = 'Assets' then 1 else 0 end) over (
            partition by ledger.closing_on
        ) = 0 as is_adjustment
    from {{ ref('stg_adventureworks_finance__fact_finance') }} as ledger
    left join {{ ref('stg_adventureworks_finance__dim_account') }} as accounts
        on ledger.account_key = accounts.account_key
),

rows_of_scenario as (
    select
        {{ entity_id('ledger.organization_key') }} as entity_id,
        ledger.closing_on,
        ledger.is_adjustment,
        coalesce(accounts.account_code, 'key ' || ledger.account_key) as account_code,
        cast(ledger.department_group_key as {{ dbt.type_string() }}) as department_code,
        accounts.account_type,
        accounts.account_type in ('Statistical', 'Balances', 'Flow') as is_statistical,
        ledger.amount,
        case when accounts.account_type in ('Liabilities', 'Revenue') then -1 else 1 end as debit_sign,
        {{ lineage_columns('ledger') }}
    from ledger
    left join {{ ref('stg_adventureworks_finance__dim_scenario') }} as scenarios
        on ledger.scenario_key = scenarios.scenario_key
    left join {{ ref('stg_adventureworks_finance__dim_account') }} as accounts
        on ledger.account_key = accounts.account_key
    where scenarios.scenario_name = '{{ scenario_name }}'
)
{% endmacro %}
