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

days as (
    select
        posted_on as day_on,
        true as is_of_books
    from postings
    {%- for table, column in [
        ('sales_order_line', 'ordered_on'), ('purchase_order_line', 'ordered_on'), ('stock_balance', 'balance_on'),
        ('service_interval', 'served_on'), ('shipment_line', 'shipped_on'),
    ] %}
        {%- for model in mapping_models(table) %}
            union all
            select
                max({{ column }}) as day_on,
                false as is_of_books
            from {{ ref(model) }}
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
