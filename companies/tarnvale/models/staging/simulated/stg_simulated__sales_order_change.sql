-- Grain: one row per order line and change.
select
    sales_order_id,
    line_number,
    change_type,
    changed_on,
    promised_on,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'sales_order_change') }}
