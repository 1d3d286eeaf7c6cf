-- Grain: one row per measure of sales orders, entity, closing, dimension and member, by day of order; cancelled lines aside.
-- Orders under quota are those of the channels that sales quotas are of, of all channels where a quota names none.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

quota_channels as (
    select distinct channel from {{ ref('target_line') }}
    where target_name = 'sales_quota_amount' and is_leading
),

order_lines as (
    select
        sales_order_line.*,
        product.product_category_name,
        group_entity.group_entity_id,
        exists(
            select 1 from quota_channels
            where coalesce(quota_channels.channel, sales_order_line.channel) = sales_order_line.channel
        ) as is_under_quota
    from {{ ref('sales_order_line') }} as sales_order_line
    cross join group_entity
    left join {{ ref('product') }} as product on sales_order_line.product_key = product.product_key
    where not sales_order_line.is_cancelled
),

sums as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        closing_id,
        {{ grouped_dimension({'channel': 'channel', 'product_category': 'product_category_name'}) }},
        sum(sales_amount) as sales_order_amount,
        sum(product_cost_amount) as order_product_cost_amount,
        count(*) as order_line_count,
        nullif(count(is_below_cost), 0) as costed_order_line_count,
        sum(case when is_below_cost then 1 when not is_below_cost then 0 end) as below_cost_line_count,
        case
            when grouping(product_category_name) = 1 then sum(case when is_first_line then 1 else 0 end)
        end as order_count,
        case
            when grouping(product_category_name) = 1 and grouping(channel) = 1
                then sum(case when is_under_quota then sales_amount else 0 end)
        end as quota_order_amount
    from order_lines
    group by {{ measure_sets('closing_id', ['channel', 'product_category_name']) }}
)

{{ unpivot_measures('sales', 'sums', [
    'sales_order_amount', 'order_product_cost_amount', 'order_line_count', 'costed_order_line_count',
    'below_cost_line_count', 'order_count', 'quota_order_amount',
]) }}
