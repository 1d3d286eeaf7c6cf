-- Grain: one row per system and account that something was posted on, reported or budgeted, with the code that it was called by.
with

posted as (
    {%- for table in ['journal_line', 'reported_balance', 'budget_line'] %}
        select distinct source_system, account_id, account_code from {{ ref(table) }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select
    source_system,
    account_id,
    min(account_code) as account_code
from posted
group by source_system, account_id
