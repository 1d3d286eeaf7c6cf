-- Grain: one row per return.
select
    return_id as sales_return_id,
    '1' as sales_return_line_id,
    shipment_id,
    shipment_line_number as shipment_line_id,
    credit_note_id as customer_invoice_id,
    returned_on,
    returned_qty,
    reason,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__sales_return') }}
