{{ config(materialized='view', alias='trial_balance') }}
-- Grain: one row per entity, closing, account, department and scenario; debit positive.
select
    entity_id,
    closing_id,
    closing_type,
    closing_on as period_end,
    account_id,
    account_code,
    department_code,
    'actual' as scenario,
    balance_type,
    line_code,
    currency_code,
    amount,
    {{ lineage_columns() }}
from {{ ref('trial_balance') }}
union all
select
    entity_id,
    closing_id,
    closing_type,
    closing_on as period_end,
    account_id,
    account_code,
    department_code,
    'budget' as scenario,
    balance_type,
    line_code,
    currency_code,
    amount,
    {{ lineage_columns() }}
from {{ ref('budget') }}
