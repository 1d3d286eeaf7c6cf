-- Grain: one row per system, site, stock item and day with movements, and per last day of a period from the first movement on: to
-- that of the period of the system's last movement, where it was delivered after its end, or as far as the company declares.
-- The value is that of the movements: quantity and amount are each summed from the first one on, per unit of measure. From a movement
-- without a cost on it is not known, but where nothing is left.
{{ config(materialized='view') }}
with

movements as (
    select
        source_system,
        entity_id,
        coalesce(site_id, 'all') as site_id,
        coalesce(stock_item_id, product_version_id, product_id) as stock_item_id,
        product_id,
        product_version_id,
        unit,
        currency_code,
        moved_on,
        sum(quantity) as moved_qty,
        sum(case when quantity > 0 then quantity else 0 end) as received_qty,
        sum(case when quantity < 0 then -quantity else 0 end) as issued_qty,
        sum(coalesce(amount, quantity * unit_cost)) as moved_amount,
        count(case when coalesce(amount, quantity * unit_cost) is null and quantity <> 0 then 1 end) as uncosted_count,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        max(source_row) as source_row,
        max(known_at) as known_at
    from {{ ref('stock_movement') }}
    group by
        source_system, entity_id, coalesce(site_id, 'all'), coalesce(stock_item_id, product_version_id, product_id),
        product_id, product_version_id, unit, currency_code, moved_on
),

items as (
    select
        source_system, entity_id, site_id, stock_item_id, product_id, product_version_id, unit, currency_code,
        min(moved_on) as first_on
    from movements
    group by source_system, entity_id, site_id, stock_item_id, product_id, product_version_id, unit, currency_code
),

delivered as (
    select
        movements.source_system,
        max(movements.moved_on) as last_on,
        max(cast(movements.known_at as date)) as known_on,
        max(declared.last_on) as declared_on
    from movements
    left join {{ source('company', 'source_extent') }} as declared
        on movements.source_system = declared.system and coalesce(declared.source_name, 'stock') = 'stock'
    group by movements.source_system
),

group_entity as (
    select entity_id from {{ ref('entity') }}
    where is_group
),

period_ends as (
    select entity_id, closing_id, period_start, period_end from {{ ref('entity_period') }}
),

period_end_rows as (
    select
        items.*,
        period_ends.period_end as moved_on
    from items
    cross join group_entity
    left join {{ ref('entity') }} as entities on items.entity_id = entities.entity_id
    inner join period_ends on coalesce(entities.entity_id, group_entity.entity_id) = period_ends.entity_id
    inner join delivered
        on
            items.source_system = delivered.source_system
            and (
                period_ends.period_end <= coalesce(delivered.declared_on, delivered.last_on)
                or period_ends.period_start <= delivered.last_on
                and period_ends.period_end <= delivered.known_on
                and delivered.declared_on is null
            )
    where period_ends.period_end >= items.first_on
),

rows_of_days as (
    select
        source_system, entity_id, site_id, stock_item_id, product_id, product_version_id, unit, currency_code, moved_on,
        moved_qty, received_qty, issued_qty, moved_amount, uncosted_count, source_table, batch_id, source_row, known_at
    from movements
    union all
    select
        ends.source_system, ends.entity_id, ends.site_id, ends.stock_item_id, ends.product_id, ends.product_version_id,
        ends.unit, ends.currency_code, ends.moved_on, 0 as moved_qty, 0 as received_qty, 0 as issued_qty,
        0 as moved_amount, 0 as uncosted_count, null as source_table, null as batch_id, null as source_row,
        null as known_at
    from period_end_rows as ends
),

by_day as (
    select
        source_system, entity_id, site_id, stock_item_id, product_id, product_version_id, unit, currency_code, moved_on,
        sum(moved_qty) as moved_qty,
        sum(received_qty) as received_qty,
        sum(issued_qty) as issued_qty,
        sum(moved_amount) as moved_amount,
        sum(uncosted_count) as uncosted_count,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        max(source_row) as source_row,
        max(known_at) as known_at
    from rows_of_days
    group by
        source_system, entity_id, site_id, stock_item_id, product_id, product_version_id, unit, currency_code, moved_on
),

running as (
    select
        by_day.*,
        sum(by_day.moved_qty) over item as balance_qty,
        case
            when sum(by_day.uncosted_count) over item = 0 then coalesce(sum(by_day.moved_amount) over item, 0)
            when sum(by_day.moved_qty) over item = 0 then 0
        end as stock_value_amount,
        lead(by_day.moved_on) over (
            partition by
                by_day.source_system,
                by_day.entity_id,
                by_day.site_id,
                by_day.stock_item_id,
                by_day.product_id,
                by_day.product_version_id,
                by_day.unit,
                by_day.currency_code
            order by by_day.moved_on
        ) as next_on
    from by_day
    window item as (
        partition by
            source_system, entity_id, site_id, stock_item_id, product_id, product_version_id, unit, currency_code
        order by moved_on rows between unbounded preceding and current row
    )
)

select
    running.source_system,
    running.entity_id,
    running.site_id,
    running.stock_item_id,
    running.product_id,
    running.product_version_id,
    running.moved_on as balance_on,
    cast(running.received_qty as decimal(38, 6)) as received_qty,
    cast(running.issued_qty as decimal(38, 6)) as issued_qty,
    cast(running.balance_qty as decimal(38, 6)) as balance_qty,
    running.unit,
    cast(running.stock_value_amount / nullif(running.balance_qty, 0) as decimal(38, 6)) as unit_cost_amount,
    cast(running.stock_value_amount as decimal(38, 6)) as stock_value_amount,
    running.currency_code,
    coalesce({{ dbt.datediff('running.moved_on', 'running.next_on', 'day') }}, 1) as day_count,
    true as is_from_movements,
    running.source_table,
    running.batch_id,
    running.source_row,
    running.known_at
from running
