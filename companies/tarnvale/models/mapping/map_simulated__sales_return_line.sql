-- Grain: one row per return.
select
    return_id as sales_return_id,
    '1' as line_number,
    shipment_id,
    shipment_line_number,
    credit_note_id as invoice_id,
    returned_on,
    returned_qty as qty,
    reason,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__sales_return') }}
