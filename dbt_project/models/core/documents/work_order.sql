-- Grain: one row per system and work order.
{{ config(materialized='view') }}
{{ supplied(
    table='work_order',
    columns={
        'work_order_id': 'string',
        'entity_id': 'string',
        'site_id': 'string',
        'work_centre_id': 'string',
        'product_id': 'string',
        'planned_start_on': 'date',
        'planned_finish_on': 'date',
        'started_on': 'date',
        'finished_on': 'date',
        'planned_qty': 'decimal(38, 4)',
        'produced_qty': 'decimal(38, 4)',
        'good_qty': 'decimal(38, 4)',
        'scrap_qty': 'decimal(38, 4)',
        'rework_qty': 'decimal(38, 4)',
        'unit': 'string',
        'planned_setup_minutes': 'decimal(38, 4)',
        'setup_minutes': 'decimal(38, 4)',
        'planned_run_minutes': 'decimal(38, 4)',
        'run_minutes': 'decimal(38, 4)',
    },
) }}
