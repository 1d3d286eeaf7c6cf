-- Grain: one row per line of a purchase order.
select
    "PurchaseOrderID" as purchase_order_id,
    "PurchaseOrderDetailID" as purchase_order_line_id,
    cast("DueDate" as date) as due_on,
    "OrderQty" as ordered_qty,
    "ProductID" as product_id,
    "UnitPrice" as unit_price,
    "LineTotal" as line_amount,
    "ReceivedQty" as received_qty,
    "RejectedQty" as rejected_qty,
    "StockedQty" as stocked_qty,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'purchase_order_detail') }}
