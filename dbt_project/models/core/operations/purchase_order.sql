-- Grain: one row per purchase order; amounts in the group's currency.
with

orders as (
    {{ supplied(
        table='purchase_order',
        columns={
            'purchase_order_id': 'int',
            'entity_id': 'string',
            'supplier_id': 'string',
            'order_status': 'string',
            'ordered_on': 'date',
            'shipped_on': 'date',
            'subtotal_amount': 'decimal(19, 4)',
            'tax_amount': 'decimal(19, 4)',
            'freight_amount': 'decimal(19, 4)',
            'total_amount': 'decimal(19, 4)',
        },
    ) }}
),

calendar as (select * from {{ ref('calendar_day') }})

select
    orders.purchase_order_id,
    orders.entity_id,
    orders.supplier_id,
    orders.order_status,
    orders.ordered_on,
    orders.shipped_on,
    calendar.period_end,
    orders.subtotal_amount,
    orders.tax_amount,
    orders.freight_amount,
    orders.total_amount,
    {{ lineage_columns('orders') }}
from orders
left join calendar on orders.ordered_on = calendar.date_day and orders.entity_id = calendar.entity_id
