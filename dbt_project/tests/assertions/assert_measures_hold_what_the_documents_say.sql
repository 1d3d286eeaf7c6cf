-- Fails for each measure whose total of the group over the closings that it covers is not what the documents of those closings add up to.
with

group_entity as (
    select entity_id from {{ ref('entity') }}
    where is_group
),

documents as (
    select 'sales_order_amount' as measure_id, closing_id, sum(sales_amount) as amount
    from {{ ref('sales_order_line') }}
    where not is_cancelled
    group by closing_id
    union all
    select 'order_line_count' as measure_id, closing_id, count(*) as amount
    from {{ ref('sales_order_line') }}
    where not is_cancelled
    group by closing_id
    union all
    select 'order_count' as measure_id, closing_id, count(*) as amount
    from (
        select
            closing_id,
            row_number() over (
                partition by source_system, sales_order_number
                order by ordered_on nulls last, length(sales_order_line_number), sales_order_line_number
            ) as number_in_order
        from {{ ref('sales_order_line') }}
        where not is_cancelled
    ) as first_lines
    where number_in_order = 1
    group by closing_id
    union all
    select 'po_amount' as measure_id, due_closing_id as closing_id, sum(line_amount) as amount
    from {{ ref('purchase_order_line') }}
    where cancelled_on is null
    group by due_closing_id
    union all
    select 'call_count' as measure_id, closing_id, sum(offered_count) as amount
    from {{ ref('service_interval') }}
    group by closing_id
    union all
    select 'rating_count' as measure_id, closing_id, count(*) as amount
    from {{ ref('survey_response') }}
    where kind = 'satisfaction' and score is not null
    group by closing_id
),

measured as (
    select measures.measure_id, measures.closing_id, measures.amount
    from {{ ref('operations_measure') }} as measures
    inner join group_entity on measures.entity_id = group_entity.entity_id
    where measures.dimension = 'total'
),

covered as (
    select distinct measure_id, closing_id from measured
)

select
    covered.measure_id,
    covered.closing_id,
    measured.amount,
    documents.amount as document_amount
from covered
inner join measured on covered.measure_id = measured.measure_id and covered.closing_id = measured.closing_id
left join documents on covered.measure_id = documents.measure_id and covered.closing_id = documents.closing_id
where
    covered.measure_id in (
        'sales_order_amount', 'order_line_count', 'order_count', 'po_amount', 'call_count', 'rating_count'
    )
    and coalesce(measured.amount, 0) <> coalesce(documents.amount, 0)
