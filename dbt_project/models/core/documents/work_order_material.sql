-- Grain: one row per system and material of a work order.
{{ config(materialized='view') }}
{{ supplied(
    table='work_order_material',
    columns={
        'work_order_id': 'string',
        'product_id': 'string',
        'planned_qty': 'decimal(38, 6)',
        'used_qty': 'decimal(38, 6)',
        'unit': 'string',
    },
) }}
