-- Grain: one row per employee and period, on the period's last day.
select
    entries.employee_id || '/' || entries.period_id as time_entry_id,
    entries.employee_id,
    entries.entity_id,
    periods.ends_on as worked_on,
    entries.worked_hours as hours,
    {{ lineage_columns('entries') }}
from {{ ref('stg_simulated__time_entry') }} as entries
left join {{ ref('stg_simulated__fiscal_period') }} as periods
    on entries.entity_id = periods.entity_id and entries.period_id = periods.period_id
