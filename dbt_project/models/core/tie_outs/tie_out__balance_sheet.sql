-- Grain: one row per entity and closing: assets, and what they are paid with.
select
    entity_id,
    period_end,
    currency_code,
    max(case when line_code = 'total_assets' then amount end) as amount_a,
    max(case when line_code = 'total_liabilities_and_equity' then amount end) as amount_b
from {{ ref('statement_line') }}
where scenario = 'actual' and statement = 'balance_sheet'
group by entity_id, period_end, currency_code
