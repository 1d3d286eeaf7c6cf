-- Grain: one row per invoice.
select
    supplier_invoice_id,
    invoice_type,
    entity_id,
    supplier_id,
    goods_receipt_id,
    invoiced_on,
    due_on,
    currency_code,
    net_amount,
    expected_amount,
    tax_amount,
    gross_amount,
    entity_amount,
    account_code,
    department_code,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'supplier_invoice') }}
