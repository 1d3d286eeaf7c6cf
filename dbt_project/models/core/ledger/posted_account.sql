-- Grain: one row per system and account that something was posted on, reported or budgeted.
select distinct source_system, account_code from {{ ref('journal_line') }}
union
select distinct source_system, account_code from {{ ref('reported_balance') }}
union
select distinct source_system, account_code from {{ ref('budget_line') }}
