-- Grain: one row per product and vendor that supplies it.
select
    "ProductID" as product_id,
    "BusinessEntityID" as vendor_id,
    "AverageLeadTime" as average_lead_days,
    "StandardPrice" as standard_price_amount,
    "LastReceiptCost" as last_receipt_cost_amount,
    cast("LastReceiptDate" as date) as last_receipt_on,
    "MinOrderQty" as min_order_qty,
    "MaxOrderQty" as max_order_qty,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'product_vendor') }}
