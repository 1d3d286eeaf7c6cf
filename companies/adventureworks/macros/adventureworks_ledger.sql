{# Adventure Works: the ledger extract's money rows of one scenario by entity, closing, account and department, debit positive. #}
{% macro adventureworks_ledger(scenario_name) %}
with

ledger as (select * from {{ ref('stg_adventureworks_finance__fact_finance') }}),

scenarios as (select * from {{ ref('stg_adventureworks_finance__dim_scenario') }}),

accounts as (select * from {{ ref('account') }}),

closings as (select * from {{ ref('closing') }} where is_closed)

select
    {{ entity_id('ledger.organization_key') }} as entity_id,
    closings.closing_id,
    accounts.account_code,
    cast(ledger.department_group_key as {{ dbt.type_string() }}) as department_code,
    ledger.amount * accounts.debit_sign as amount,
    {{ lineage_columns('ledger') }}
from ledger
inner join scenarios on ledger.scenario_key = scenarios.scenario_key
inner join accounts on ledger.account_key = accounts.account_key
inner join closings on ledger.closing_on = closings.period_end
where scenarios.scenario_name = '{{ scenario_name }}' and not accounts.is_statistical
{% endmacro %}
