-- Grain: one row per measure of stock, entity, closing, dimension and member; values at the closing rate of the group's currency.
-- The value of a period is that of each site's last day in it with a balance; where that is not the period's last day it is partial,
-- and a period without a closing rate yet takes the rate of that day. What has no cost has no value, which a finding names; nor has
-- the stock of an entity that has left before the period's end.
with

group_entity as (
    select entity_id as group_entity_id, currency_code as group_currency_code from {{ ref('entity') }}
    where is_group
),

last_days as (
    select source_system, entity_id, site_id, closing_id, max(balance_on) as last_balance_on
    from {{ ref('stock_balance') }}
    where closing_id is not null
    group by source_system, entity_id, site_id, closing_id
),

by_product as (
    select
        stock.entity_id,
        stock.closing_id,
        stock.product_key,
        stock.currency_code,
        sum(case when stock.is_active then stock.day_count else 0 end) as active_product_days,
        sum(case when stock.is_active and stock.is_stock_out then stock.day_count else 0 end) as stock_out_product_days,
        sum(case when stock.balance_qty < 0 then stock.day_count else 0 end) as negative_stock_product_days,
        max(last_days.last_balance_on) as last_balance_on,
        sum(case when stock.balance_on = last_days.last_balance_on then stock.stock_value_amount end)
            as stock_value_amount
    from {{ ref('stock_balance') }} as stock
    inner join last_days
        on
            stock.source_system = last_days.source_system
            and stock.entity_id = last_days.entity_id
            and stock.site_id = last_days.site_id
            and stock.closing_id = last_days.closing_id
    group by stock.entity_id, stock.closing_id, stock.product_key, stock.currency_code
),

site_ends as (
    select
        last_days.entity_id,
        last_days.closing_id,
        max(case when last_days.last_balance_on < periods.period_end then 1 else 0 end) as is_before_end,
        min(case when coalesce(periods.has_balances, true) then 1 else 0 end) = 0 as has_left
    from last_days
    inner join {{ ref('entity_period') }} as periods
        on last_days.entity_id = periods.entity_id and last_days.closing_id = periods.closing_id
    group by last_days.entity_id, last_days.closing_id
),

by_category as (
    select
        stock.entity_id,
        stock.closing_id,
        product.product_category_name,
        stock.currency_code,
        group_entity.group_entity_id,
        group_entity.group_currency_code,
        sum(stock.active_product_days) as active_product_days,
        sum(stock.stock_out_product_days) as stock_out_product_days,
        sum(stock.negative_stock_product_days) as negative_stock_product_days,
        max(stock.last_balance_on) as last_balance_on,
        sum(stock.stock_value_amount) as stock_value_amount
    from by_product as stock
    cross join group_entity
    left join {{ ref('product') }} as product on stock.product_key = product.product_key
    group by
        stock.entity_id, stock.closing_id, product.product_category_name, stock.currency_code,
        group_entity.group_entity_id, group_entity.group_currency_code
),

translated as (
    select
        by_category.*,
        site_ends.is_before_end,
        case
            when site_ends.has_left then null
            when by_category.currency_code = by_category.group_currency_code then by_category.stock_value_amount
            else by_category.stock_value_amount * coalesce(rates.closing_rate, day_rates.rate)
        end as group_amount
    from by_category
    left join site_ends
        on by_category.entity_id = site_ends.entity_id and by_category.closing_id = site_ends.closing_id
    left join {{ ref('closing_rate') }} as rates
        on by_category.closing_id = rates.closing_id and by_category.currency_code = rates.currency_code
    left join {{ ref('day_rate') }} as day_rates
        on
            by_category.currency_code = day_rates.from_currency_code
            and by_category.group_currency_code = day_rates.to_currency_code
            and by_category.last_balance_on = day_rates.rate_on
),

sums as (
    select
        {{ grouped_entity() }} as entity_id,
        grouping(entity_id) = 1 or entity_id <> group_entity_id as is_of_entity,
        closing_id,
        {{ grouped_dimension({'product_category': 'product_category_name'}) }},
        sum(active_product_days) as active_product_days,
        sum(stock_out_product_days) as stock_out_product_days,
        sum(negative_stock_product_days) as negative_stock_product_days,
        sum(group_amount) as stock_value_amount,
        max(is_before_end) = 1 as is_before_end
    from translated
    group by {{ measure_sets('closing_id', ['product_category_name']) }}
)

{{ unpivot_measures('stock', 'sums', [
    'active_product_days', 'stock_out_product_days', 'negative_stock_product_days',
]) }}
union all
{{ unpivot_measures('stock', 'sums', ['stock_value_amount'], is_partial='is_before_end') }}
