-- Grain: one row per customer, day and field.
select
    customer_id,
    changed_on,
    field_name,
    old_value,
    new_value,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'customer_change') }}
