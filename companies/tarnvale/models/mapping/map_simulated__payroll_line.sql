-- Grain: one row per employee and period, on the period's last day.
select
    lines.employee_id || '/' || lines.period_id as payroll_line_id,
    lines.employee_id,
    lines.entity_id,
    lines.department_code,
    periods.ends_on as paid_for_on,
    lines.gross_amount,
    lines.employer_amount,
    lines.currency_code,
    {{ lineage_columns('lines') }}
from {{ ref('stg_simulated__payroll_line') }} as lines
left join {{ ref('stg_simulated__fiscal_period') }} as periods
    on lines.entity_id = periods.entity_id and lines.period_id = periods.period_id
