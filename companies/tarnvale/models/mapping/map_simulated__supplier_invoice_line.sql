-- Grain: one row per invoice or credit note of a supplier; the source has totals, no lines.
select
    supplier_invoice_id,
    '1' as supplier_invoice_line_id,
    entity_id,
    supplier_id,
    goods_receipt_id,
    '1' as goods_receipt_line_id,
    account_code,
    department_code,
    invoiced_on,
    due_on,
    net_amount,
    tax_amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__supplier_invoice') }}
