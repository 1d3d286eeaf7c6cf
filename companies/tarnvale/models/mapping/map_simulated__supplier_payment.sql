-- Grain: one row per payment to a supplier.
select
    supplier_payment_id,
    supplier_invoice_id,
    entity_id,
    supplier_id,
    paid_on,
    paid_amount as amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__supplier_payment') }}
