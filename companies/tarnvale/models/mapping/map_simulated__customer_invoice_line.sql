-- Grain: one row per invoice or credit note to a customer; the source has totals, no lines.
select
    invoice_id as customer_invoice_id,
    '1' as customer_invoice_line_id,
    entity_id,
    customer_id,
    sales_order_id,
    shipment_id,
    invoiced_on,
    due_on,
    net_amount,
    tax_amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__customer_invoice') }}
