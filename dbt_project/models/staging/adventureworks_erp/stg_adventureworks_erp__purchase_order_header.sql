-- Grain: one row per purchase order.
select
    "PurchaseOrderID" as purchase_order_id,
    "Status" as status_code,
    "EmployeeID" as employee_id,
    "VendorID" as vendor_id,
    "ShipMethodID" as ship_method_key,
    cast("OrderDate" as date) as ordered_on,
    cast("ShipDate" as date) as shipped_on,
    "SubTotal" as subtotal_amount,
    "TaxAmt" as tax_amount,
    "Freight" as freight_amount,
    "TotalDue" as total_amount,
    {{ lineage_columns() }}
from {{ source('adventureworks_erp', 'purchase_order_header') }}
