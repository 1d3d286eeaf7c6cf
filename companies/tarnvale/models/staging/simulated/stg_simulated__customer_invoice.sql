-- Grain: one row per invoice.
select
    invoice_id,
    invoice_type,
    entity_id,
    customer_id,
    sales_order_id,
    shipment_id,
    invoiced_on,
    due_on,
    currency_code,
    net_amount,
    tax_amount,
    gross_amount,
    entity_amount,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'customer_invoice') }}
