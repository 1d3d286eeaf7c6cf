-- Grain: one row per organisation, closing date, account and department group of the actual ledger, money only.
{{ ledger_extract('Actual') }}

select
    entity_id,
    closing_on,
    account_code,
    department_code,
    amount * debit_sign as amount,
    case when account_type in ('Assets', 'Liabilities') and not is_adjustment then 'balance' else 'movement' end
        as kind,
    case when is_adjustment then 'adjustment' else 'ordinary' end as entry_type,
    {{ lineage_columns() }}
from rows_of_scenario
where not is_statistical
