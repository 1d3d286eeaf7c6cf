-- Grain: one row per entity and adjustment after the fiscal year's last closing: its debits, and its credits.
select
    entity_id,
    closing_on as period_end,
    currency_code,
    sum(case when amount > 0 then amount else 0 end) as amount_a,
    -sum(case when amount < 0 then amount else 0 end) as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from {{ ref('trial_balance') }}
where closing_type = 'year_end_adjustment'
group by entity_id, closing_on, currency_code
