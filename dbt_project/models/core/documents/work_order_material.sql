-- Grain: one row per system, work order and material.
{{ config(materialized='view') }}
{{ supplied(
    table='work_order_material',
    columns={
        'work_order_id': 'string',
        'line_number': 'string',
        'product_id': 'string',
        'planned_qty': 'decimal(38, 4)',
        'used_qty': 'decimal(38, 4)',
        'unit': 'string',
        'cost_amount': 'decimal(38, 4)',
        'currency_code': 'string',
    },
) }}
