-- Grain: one row per measure of orders due and shipped, entity, closing, dimension and member.
-- Whether an order was in time is asked of the orders due: asked of those placed, the newest would always be late. Orders of which
-- nothing says whether they were are not counted as due.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

orders as (
    select
        sales_order_line.entity_id,
        sales_order_line.channel,
        sales_order_line.due_closing_id,
        sales_order_line.shipped_closing_id,
        sales_order_line.is_on_time,
        sales_order_line.order_to_ship_days,
        group_entity.group_entity_id
    from {{ ref('sales_order_line') }} as sales_order_line
    cross join group_entity
    where sales_order_line.is_first_line
),

due as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        due_closing_id as closing_id,
        {{ grouped_dimension({'channel': 'channel'}) }},
        count(*) as order_due_count,
        sum(case when is_on_time then 1 else 0 end) as on_time_order_count
    from orders
    where is_on_time is not null
    group by {{ measure_sets('due_closing_id', ['channel']) }}
),

shipped as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        shipped_closing_id as closing_id,
        {{ grouped_dimension({'channel': 'channel'}) }},
        count(*) as order_shipped_count,
        sum(order_to_ship_days) as order_to_ship_days
    from orders
    where order_to_ship_days is not null
    group by {{ measure_sets('shipped_closing_id', ['channel']) }}
)

{{ unpivot_measures('fulfilment', 'due', ['order_due_count', 'on_time_order_count']) }}
union all
{{ unpivot_measures('fulfilment', 'shipped', ['order_shipped_count', 'order_to_ship_days']) }}
