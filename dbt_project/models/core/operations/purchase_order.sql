-- Grain: one row per system and purchase order whose document states totals, in the document's currency.
with

orders as (
    {{ supplied(
        table='purchase_order',
        columns={
            'purchase_order_id': 'string',
            'entity_id': 'string',
            'ordered_on': 'date',
            'subtotal_amount': 'decimal(38, 6)',
            'tax_amount': 'decimal(38, 6)',
            'freight_amount': 'decimal(38, 6)',
            'total_amount': 'decimal(38, 6)',
            'currency_code': 'string',
        },
    ) }}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

calendar as (select * from {{ ref('calendar_day') }})

select
    orders.purchase_order_id,
    coalesce(entities.entity_id, group_entity.entity_id) as entity_id,
    orders.ordered_on,
    calendar.period_end,
    orders.subtotal_amount,
    orders.tax_amount,
    orders.freight_amount,
    orders.total_amount,
    orders.currency_code,
    {{ lineage_columns('orders') }}
from orders
cross join group_entity
left join entities on orders.entity_id = entities.entity_id
left join calendar
    on
        orders.ordered_on = calendar.date_day
        and coalesce(entities.entity_id, group_entity.entity_id) = calendar.entity_id
