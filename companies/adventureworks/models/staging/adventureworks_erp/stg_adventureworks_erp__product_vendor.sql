-- Grain: one row per product and vendor that supplies it.
select
    "ProductID" as product_id,
    "BusinessEntityID" as vendor_id,
    "AverageLeadTime" as average_lead_days,
    cast("StandardPrice" as decimal(19, 4)) as standard_price_amount,
    cast("LastReceiptCost" as decimal(19, 4)) as last_receipt_cost_amount,
    cast("LastReceiptDate" as date) as last_receipt_on,
    cast("MinOrderQty" as decimal(19, 4)) as min_order_qty,
    cast("MaxOrderQty" as decimal(19, 4)) as max_order_qty,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'product_vendor') }}
