-- Grain: one row per company: the first and the last day that the books and the documents speak of, and when they were known.
-- A day after the data were known is a mistake or a plan; it does not stretch the calendar.
with

postings as (select * from {{ ref('posting_period') }}),

known as (
    select
        max(known_at) as known_at,
        max(last_entered_at) as last_entered_at,
        min(posted_on) as first_posted_on
    from postings
),

group_entity as (
    select time_zone from {{ ref('entity') }}
    where is_group
),

days as (
    select
        posted_on as day_on,
        true as is_of_books
    from postings
    {%- for table, columns in {
        'sales_order_line': ['ordered_on', 'ordered_at'],
        'purchase_order_line': ['ordered_on'],
        'stock_balance': ['balance_on'],
        'service_interval': ['served_on'],
        'shipment_line': ['shipped_on'],
    }.items() %}
        {%- for model in mapping_models(table) %}
            union all
            select
                max(documents.day_on) as day_on,
                false as is_of_books
            from (
                select
                    {% if columns | length == 1 -%}
                        {{ columns[0] }} as day_on
                    {%- else -%}
                        coalesce({{ columns[0] }}, {{ business_date(columns[1], 'group_entity.time_zone') }}) as day_on
                    {%- endif %}
                from {{ with_columns(ref(model), columns) }}
                cross join group_entity
            ) as documents
            cross join known
            where documents.day_on <= cast(known.known_at as date)
        {%- endfor %}
    {%- endfor %}
)

select
    known.first_posted_on as first_on,
    max(case when days.day_on <= cast(known.known_at as date) then days.day_on end) as last_on,
    max(case when days.is_of_books and days.day_on <= cast(known.known_at as date) then days.day_on end)
        as last_posted_on,
    cast(coalesce(known.last_entered_at, known.known_at) as date) as known_on,
    cast(known.known_at as date) as delivered_on
from known
cross join days
group by known.first_posted_on, known.known_at, known.last_entered_at
