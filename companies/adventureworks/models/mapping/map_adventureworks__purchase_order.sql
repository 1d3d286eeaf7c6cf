-- Grain: one row per purchase order; amounts in US dollars. The whole group's: the source names no entity.
select
    purchase_order_id,
    ordered_on,
    subtotal_amount,
    tax_amount,
    freight_amount,
    total_amount,
    'USD' as currency_code,
    {{ lineage_columns() }}
from {{ ref('stg_adventureworks_erp__purchase_order_header') }}
