-- Grain: one row per measure of purchase order lines, entity and closing, by day due; cancelled lines aside. A line without a due
-- date is in the amounts and quantities of the period that it counts in, and in no measure of punctuality; nor is one of which nothing
-- says whether it came.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

order_lines as (
    select order_lines.*, group_entity.group_entity_id
    from {{ ref('purchase_order_line') }} as order_lines
    cross join group_entity
    where order_lines.cancelled_on is null
),

sums as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        due_closing_id as closing_id,
        'total' as dimension,
        'total' as member,
        nullif(count(is_on_time), 0) as po_line_due_count,
        sum(case when is_on_time then 1 when not is_on_time then 0 end) as po_line_on_time_count,
        nullif(count(received_qty), 0) as po_line_received_count,
        sum(case when is_short then 1 when not is_short then 0 end) as po_line_short_count,
        sum(received_qty) as po_received_qty,
        sum(rejected_qty) as po_rejected_qty,
        sum(line_amount) as po_amount
    from order_lines
    group by {{ measure_sets('due_closing_id') }}
)

{{ unpivot_measures('purchases', 'sums', [
    'po_line_due_count', 'po_line_on_time_count', 'po_line_received_count', 'po_line_short_count', 'po_received_qty',
    'po_rejected_qty', 'po_amount',
]) }}
