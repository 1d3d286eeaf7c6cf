-- Grain: one row per entity, closing, statistical account and department.
with

balances as (select * from {{ ref('stg_simulated__statistical_balance') }}),

closings as (
    select * from {{ ref('closing') }}
    where closing_type in ('opening', 'regular')
)

select
    balances.entity_id,
    closings.closing_id,
    balances.account_code,
    balances.department_code,
    case balances.account_code
        when '9510' then 'headcount'
        when '9520' then 'units_sold'
        when '9540' then 'square_feet'
    end as quantity_name,
    balances.quantity,
    {{ lineage_columns('balances') }}
from balances
inner join closings on balances.period_id = closings.closing_id
