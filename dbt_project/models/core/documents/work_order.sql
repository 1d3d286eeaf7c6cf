-- Grain: one row per system and order to make a product.
{{ config(materialized='view') }}
{{ supplied(
    table='work_order',
    columns={
        'work_order_id': 'string',
        'entity_id': 'string',
        'site_id': 'string',
        'product_id': 'string',
        'planned_start_on': 'date',
        'planned_finish_on': 'date',
        'started_on': 'date',
        'finished_on': 'date',
        'planned_qty': 'decimal(38, 6)',
        'good_qty': 'decimal(38, 6)',
        'scrap_qty': 'decimal(38, 6)',
        'rework_qty': 'decimal(38, 6)',
        'unit': 'string',
    },
) }}
