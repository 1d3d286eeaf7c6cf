-- Grain: one row per source of operations measures, member and closing that the source has days in.
-- A period that begins before the source's first day or ends after its last one is partial.
with

closings as (
    select * from {{ ref('closing') }}
    where closing_type not in ('opening', 'year_end_adjustment')
),

-- What a system says of the days that it has delivered completely; the others' days are those that rows are there for.
extents as (
    {{ supplied(
        table='source_extent',
        columns={'source_name': 'string', 'first_on': 'date', 'last_on': 'date'},
        has_lineage=false,
    ) }}
),

channel_days as (
    select
        channel,
        min(ordered_on) as first_on,
        max(ordered_on) as last_on
    from {{ ref('sales_order_line') }}
    group by channel
),

sales_members as (
    select
        channel as member,
        first_on,
        last_on
    from channel_days
    union all
    select
        'total' as member,
        max(first_on) as first_on,
        min(last_on) as last_on
    from channel_days
    union all
    select
        product.product_category_name as member,
        max(channel_days.first_on) as first_on,
        min(channel_days.last_on) as last_on
    from {{ ref('product') }} as product
    cross join channel_days
    group by product.product_category_name
),

sales_ends as (
    select
        min(first_on) as first_on,
        max(last_on) as last_on
    from channel_days
),

categories as (
    select distinct product_category_name as member from {{ ref('product') }}
    union all
    select 'total' as member
),

shifts as (
    select distinct shift_name as member from {{ ref('service_shift') }}
    union all
    select 'total' as member
),

source_days as (
    select
        'sales' as source_name,
        sales_members.member,
        sales_members.first_on,
        sales_members.last_on,
        case when channel_days.channel is null then sales_ends.last_on else sales_members.last_on end as known_until
    from sales_members
    cross join sales_ends
    left join channel_days on sales_members.member = channel_days.channel
    union all
    -- What is due and shipped goes on after the last order of a channel: all channels are known as long as any is.
    select
        'fulfilment' as source_name,
        sales_members.member,
        sales_ends.first_on,
        sales_ends.last_on,
        sales_ends.last_on as known_until
    from sales_members
    cross join sales_ends
    union all
    select
        'quotas' as source_name,
        'total' as member,
        min(quarters.period_start) as first_on,
        max(quarters.period_end) as last_on,
        max(quarters.period_end) as known_until
    from {{ ref('sales_quota') }} as quotas
    inner join closings on quotas.closing_id = closings.closing_id
    inner join closings as quarters
        on closings.fiscal_year = quarters.fiscal_year and closings.fiscal_quarter = quarters.fiscal_quarter
    where quotas.is_leading
    union all
    select
        'stock' as source_name,
        categories.member,
        min(stock_balance.balance_on) as first_on,
        max(stock_balance.balance_on) as last_on,
        max(stock_balance.balance_on) as known_until
    from {{ ref('stock_balance') }} as stock_balance
    cross join categories
    group by categories.member
    union all
    select
        'purchases' as source_name,
        'total' as member,
        min(due_on) as first_on,
        max(ordered_on) as last_on,
        max(ordered_on) as known_until
    from {{ ref('purchase_order_line') }}
    union all
    select
        'service' as source_name,
        shifts.member,
        min(service_shift.shift_on) as first_on,
        max(service_shift.shift_on) as last_on,
        max(service_shift.shift_on) as known_until
    from {{ ref('service_shift') }} as service_shift
    cross join shifts
    group by shifts.member
    union all
    select
        'tickets' as source_name,
        'total' as member,
        min(recorded_on) as first_on,
        max(recorded_on) as last_on,
        max(recorded_on) as known_until
    from {{ ref('customer_ticket') }}
    having count(*) > 0
),

covered as (
    select
        source_days.source_name,
        source_days.member,
        coalesce(extents.first_on, source_days.first_on) as first_on,
        coalesce(extents.last_on, source_days.last_on) as last_on,
        coalesce(extents.last_on, source_days.known_until) as known_until
    from source_days
    left join extents on source_days.source_name = extents.source_name
)

select
    covered.source_name,
    covered.member,
    closings.closing_id,
    closings.period_start < covered.first_on or closings.period_end > covered.last_on as is_partial
from covered
inner join closings on covered.first_on <= closings.period_end and covered.known_until >= closings.period_start
