-- Grain: one row per entity, period, statistical account and department.
select
    balances.entity_id,
    periods.ends_on as recorded_on,
    case balances.account_code
        when '9510' then 'headcount'
        when '9520' then 'units_sold'
        when '9540' then 'square_feet'
    end as quantity_name,
    case balances.account_code when '9520' then 'movement' else 'balance' end as kind,
    balances.account_code,
    balances.department_code,
    balances.quantity,
    case balances.account_code
        when '9510' then 'heads'
        when '9520' then 'units'
        when '9540' then 'square metres'
    end as unit,
    {{ lineage_columns('balances') }}
from {{ ref('stg_simulated__statistical_balance') }} as balances
left join {{ ref('stg_simulated__fiscal_period') }} as periods
    on balances.entity_id = periods.entity_id and balances.period_id = periods.period_id
