-- Grain: one row per invoice that was written off.
select
    invoice_id as receivable_write_off_id,
    invoice_id as customer_invoice_id,
    entity_id,
    customer_id,
    written_off_on,
    amount,
    currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__receivable_write_off') }}
