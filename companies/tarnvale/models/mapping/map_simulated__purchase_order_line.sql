-- Grain: one row per line of a purchase order, of which each has one.
select
    lines.purchase_order_id,
    lines.line_number as purchase_order_line_id,
    orders.entity_id,
    orders.site_id,
    orders.supplier_id,
    lines.product_id,
    orders.ordered_on,
    lines.due_on,
    lines.ordered_qty,
    lines.unit_price,
    lines.line_amount as net_amount,
    orders.currency_code,
    {{ lineage_columns('lines') }}
from {{ ref('stg_simulated__purchase_order_line') }} as lines
left join {{ ref('stg_simulated__purchase_order') }} as orders on lines.purchase_order_id = orders.purchase_order_id
