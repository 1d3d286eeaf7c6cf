-- Grain: one row per measure of what is open at the end of a period, entity, closing, dimension and member: orders to be shipped, invoices
-- to be paid; of it what is due already, where any invoice says when it is due.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

backlog_lines as (
    select
        open_lines.*,
        group_entity.group_entity_id
    from {{ ref('order_backlog') }} as open_lines
    cross join group_entity
),

items as (
    select
        open_items.*,
        group_entity.group_entity_id
    from {{ ref('open_item') }} as open_items
    cross join group_entity
),

backlog as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        closing_id,
        {{ grouped_dimension({'channel': 'channel'}) }},
        sum(open_amount) as order_backlog_amount,
        sum(case when is_overdue then open_amount else 0 end) as late_backlog_amount
    from backlog_lines
    group by {{ measure_sets('closing_id', ['channel']) }}
),
{% for side in ['receivable', 'payable'] %}
    {{ side }}s as (
        select
            {{ grouped_entity() }} as entity_id,
            grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
            closing_id,
            'total' as dimension,
            'total' as member,
            sum(open_group_amount) as {{ side }}_open_amount,
            case
                when count(days_overdue) > 0 then sum(case when days_overdue > 0 then open_group_amount else 0 end)
            end as {{ side }}_overdue_amount
        from items
        where side = '{{ side }}'
        group by {{ measure_sets('closing_id') }}
    )
    {{- ',' if not loop.last }}
{% endfor %}

{{ unpivot_measures('fulfilment', 'backlog', ['order_backlog_amount', 'late_backlog_amount']) }}
union all
{{ unpivot_measures('receivables', 'receivables', ['receivable_open_amount', 'receivable_overdue_amount']) }}
union all
{{ unpivot_measures('payables', 'payables', ['payable_open_amount', 'payable_overdue_amount']) }}
