-- Grain: one row per return.
select
    return_id,
    shipment_id,
    shipment_line_number,
    credit_note_id,
    returned_on,
    returned_qty,
    reason,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'sales_return') }}
