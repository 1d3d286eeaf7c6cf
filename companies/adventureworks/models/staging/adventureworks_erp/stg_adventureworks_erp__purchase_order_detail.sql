-- Grain: one row per line of a purchase order.
select
    "PurchaseOrderID" as purchase_order_id,
    "PurchaseOrderDetailID" as purchase_order_line_id,
    cast("DueDate" as date) as due_on,
    cast("OrderQty" as decimal(19, 4)) as ordered_qty,
    "ProductID" as product_id,
    cast("UnitPrice" as decimal(19, 4)) as unit_price,
    cast("LineTotal" as decimal(19, 4)) as line_amount,
    cast("ReceivedQty" as decimal(19, 4)) as received_qty,
    cast("RejectedQty" as decimal(19, 4)) as rejected_qty,
    cast("StockedQty" as decimal(19, 4)) as stocked_qty,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'purchase_order_detail') }}
