-- Grain: one row per organisation, closing date, statistical account and department group.
{{ ledger_extract('Actual') }}

select
    entity_id,
    closing_on as recorded_on,
    case account_code
        when '9510' then 'headcount'
        when '9520' then 'units_sold'
        when '9540' then 'square_feet'
    end as quantity_name,
    case account_code when '9520' then 'movement' else 'balance' end as kind,
    account_code,
    department_code,
    amount as quantity,
    case account_code when '9510' then 'heads' when '9520' then 'units' when '9540' then 'square feet' end as unit,
    {{ lineage_columns() }}
from rows_of_scenario
where is_statistical
