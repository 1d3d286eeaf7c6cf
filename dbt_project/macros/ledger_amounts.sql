{# The ledger extract's money rows of one scenario, mapped to entity, closing, account and department, debit positive. #}
{% macro ledger_amounts(scenario_name) %}
with

ledger as (select * from {{ ref('stg_adventureworks_finance__fact_finance') }}),

scenarios as (select * from {{ ref('stg_adventureworks_finance__dim_scenario') }}),

accounts as (select * from {{ ref('account') }}),

entities as (select * from {{ ref('entity') }}),

closings as (select * from {{ ref('closing') }} where is_closed),

final as (
    select
        entities.entity_id,
        closings.closing_id,
        closings.closing_type,
        ledger.closing_on,
        accounts.account_code,
        cast(ledger.department_group_key as {{ dbt.type_string() }}) as department_code,
        accounts.statement,
        accounts.line_code,
        case
            when accounts.statement = 'balance_sheet' and closings.closing_type = 'regular' then 'balance'
            else 'movement'
        end as balance_type,
        entities.currency_code,
        cast(ledger.amount * accounts.debit_sign as decimal(18, 2)) as amount,
        {{ lineage_columns('ledger') }}
    from ledger
    inner join scenarios on ledger.scenario_key = scenarios.scenario_key
    inner join accounts on ledger.account_key = accounts.account_key
    inner join entities on ledger.organization_key = entities.organization_key
    inner join closings on ledger.closing_on = closings.period_end
    where scenarios.scenario_name = '{{ scenario_name }}' and not accounts.is_statistical
)

select * from final
{% endmacro %}
