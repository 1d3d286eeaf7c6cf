-- Grain: one row per entity, closing, statistical account and department: counts that sit in the ledger beside money.
with

ledger as (select * from {{ ref('stg_adventureworks_finance__fact_finance') }}),

scenarios as (select * from {{ ref('stg_adventureworks_finance__dim_scenario') }}),

accounts as (
    select * from {{ ref('account') }}
    where is_statistical
),

closings as (
    select * from {{ ref('closing') }}
    where closing_type = 'regular'
)

select
    {{ entity_id('ledger.organization_key') }} as entity_id,
    closings.closing_id,
    accounts.account_code,
    cast(ledger.department_group_key as {{ dbt.type_string() }}) as department_code,
    case accounts.account_code
        when '9510' then 'headcount'
        when '9520' then 'units_sold'
        when '9540' then 'square_feet'
    end as quantity_name,
    ledger.amount as quantity,
    {{ lineage_columns('ledger') }}
from ledger
inner join scenarios on ledger.scenario_key = scenarios.scenario_key
inner join accounts on ledger.account_key = accounts.account_key
inner join closings on ledger.closing_on = closings.period_end
where scenarios.scenario_name = 'Actual'
