-- Grain: one row per purchase order.
select
    "PurchaseOrderID" as purchase_order_id,
    "Status" as status_code,
    "EmployeeID" as employee_id,
    "VendorID" as vendor_id,
    "ShipMethodID" as ship_method_key,
    cast("OrderDate" as date) as ordered_on,
    cast("ShipDate" as date) as shipped_on,
    cast("SubTotal" as decimal(19, 4)) as subtotal_amount,
    cast("TaxAmt" as decimal(19, 4)) as tax_amount,
    cast("Freight" as decimal(19, 4)) as freight_amount,
    cast("TotalDue" as decimal(19, 4)) as total_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'purchase_order_header') }}
