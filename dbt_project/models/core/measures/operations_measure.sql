-- Grain: one row per measure, entity, closing, dimension and member, complete: a period that the source covers and
-- that has nothing is there as 0. Amounts in the group's currency. The measures are those of the dictionary's measures.yaml.
with

group_entity as (
    select entity_id, currency_code from {{ ref('entity') }}
    where is_group
),

order_lines as (
    select sales_order_line.*, product.product_category_name
    from {{ ref('sales_order_line') }} as sales_order_line
    inner join {{ ref('product') }} as product on sales_order_line.product_key = product.product_key
),

stock as (
    select stock_balance.*, product.product_category_name
    from {{ ref('stock_balance') }} as stock_balance
    inner join {{ ref('product') }} as product on stock_balance.product_key = product.product_key
),

sales as (
    select
        entity_id,
        closing_id,
        {{ grouped_dimension({'channel': 'channel', 'product_category': 'product_category_name'}) }},
        sum(sales_amount) as sales_order_amount,
        sum(product_cost_amount) as order_product_cost_amount,
        count(*) as order_line_count,
        sum(case when is_below_cost then 1 else 0 end) as below_cost_line_count,
        case
            when grouping(product_category_name) = 1 then sum(case when is_first_line then 1 else 0 end)
        end as order_count,
        case
            when grouping(product_category_name) = 1 and grouping(channel) = 1
                then sum(case when channel = 'reseller' then sales_amount else 0 end)
        end as reseller_sales_amount
    from order_lines
    group by grouping sets (  -- noqa: PRS
        (entity_id, closing_id), (entity_id, closing_id, channel), (entity_id, closing_id, product_category_name),
        (closing_id), (closing_id, channel), (closing_id, product_category_name)
    )
),

-- Whether an order was in time is asked of the orders due: asked of those placed, the newest would always be late.
orders_due as (
    select
        entity_id,
        due_closing_id as closing_id,
        {{ grouped_dimension({'channel': 'channel'}) }},
        count(*) as order_due_count,
        sum(case when is_on_time then 1 else 0 end) as on_time_order_count
    from order_lines
    where is_first_line
    group by grouping sets (  -- noqa: PRS
        (entity_id, due_closing_id), (entity_id, due_closing_id, channel), (due_closing_id), (due_closing_id, channel)
    )
),

orders_shipped as (
    select
        entity_id,
        shipped_closing_id as closing_id,
        {{ grouped_dimension({'channel': 'channel'}) }},
        count(*) as order_shipped_count,
        sum(order_to_ship_days) as order_to_ship_days
    from order_lines
    where is_first_line and order_to_ship_days is not null
    group by grouping sets (  -- noqa: PRS
        (entity_id, shipped_closing_id), (entity_id, shipped_closing_id, channel),
        (shipped_closing_id), (shipped_closing_id, channel)
    )
),

quotas as (
    select closing_id, sum(quota_amount) as sales_quota_amount
    from {{ ref('sales_quota') }}
    where is_leading
    group by closing_id
),

-- Stock is in the currency of its entity, each entity's sum is translated at the closing rate.
stock_by_entity as (
    select
        entity_id,
        closing_id,
        product_category_name,
        currency_code,
        sum(case when is_active then 1 else 0 end) as active_product_days,
        sum(case when is_active and is_stock_out then 1 else 0 end) as stock_out_product_days,
        sum(case when balance_qty < 0 then 1 else 0 end) as negative_stock_product_days,
        sum(case when is_period_end then stock_value_amount else 0 end) as stock_value_amount
    from stock
    where closing_id is not null
    group by entity_id, closing_id, product_category_name, currency_code
),

translated_stock as (
    select
        stock_by_entity.*,
        case
            when stock_by_entity.currency_code = group_entity.currency_code then stock_by_entity.stock_value_amount
            else stock_by_entity.stock_value_amount * rates.closing_rate
        end as stock_value_group_amount
    from stock_by_entity
    cross join group_entity
    left join {{ ref('closing_rate') }} as rates
        on stock_by_entity.closing_id = rates.closing_id and stock_by_entity.currency_code = rates.currency_code
),

stock_days as (
    select
        entity_id,
        closing_id,
        {{ grouped_dimension({'product_category': 'product_category_name'}) }},
        sum(active_product_days) as active_product_days,
        sum(stock_out_product_days) as stock_out_product_days,
        sum(negative_stock_product_days) as negative_stock_product_days,
        sum(stock_value_group_amount) as stock_value_amount
    from translated_stock
    group by grouping sets (  -- noqa: PRS
        (entity_id, closing_id), (entity_id, closing_id, product_category_name),
        (closing_id), (closing_id, product_category_name)
    )
),

purchases as (
    select
        entity_id,
        due_closing_id as closing_id,
        count(*) as po_line_due_count,
        sum(case when is_on_time then 1 else 0 end) as po_line_on_time_count,
        count(received_qty) as po_line_received_count,
        sum(case when is_short then 1 else 0 end) as po_line_short_count,
        sum(received_qty) as po_received_qty,
        sum(rejected_qty) as po_rejected_qty,
        sum(line_amount) as po_amount
    from {{ ref('purchase_order_line') }}
    group by grouping sets ((entity_id, due_closing_id), (due_closing_id))  -- noqa: PRS
),

service as (
    select
        closing_id,
        {{ grouped_dimension({'shift': 'shift_name'}) }},
        sum(call_count) as call_count,
        sum(abandoned_call_count) as abandoned_call_count,
        sum(automatic_response_count) as automatic_response_count,
        sum(issue_count) as service_issue_count,
        sum(issue_count * average_issue_seconds) as service_issue_seconds
    from {{ ref('service_shift') }}
    group by grouping sets ((closing_id), (closing_id, shift_name))  -- noqa: PRS
),

tickets as (
    select
        entity_id,
        closing_id,
        sum(case when satisfaction_score >= 4 then 1 else 0 end) as satisfied_rating_count,
        count(satisfaction_score) as rating_count
    from {{ ref('customer_ticket') }}
    group by grouping sets ((entity_id, closing_id), (closing_id))  -- noqa: PRS
),

heads as (
    select entity_id, closing_id, sum(quantity) as headcount
    from {{ ref('statistical_balance') }}
    where quantity_name = 'headcount'
    group by grouping sets ((entity_id, closing_id), (closing_id))  -- noqa: PRS
),

all_observed as (
    {{ unpivot_measures('sales', 'sales', [
        'sales_order_amount', 'order_product_cost_amount', 'order_line_count', 'below_cost_line_count', 'order_count',
        'reseller_sales_amount',
    ], has_entity=true) }}
    union all
    {{ unpivot_measures('fulfilment', 'orders_due', ['order_due_count', 'on_time_order_count'], has_entity=true) }}
    union all
    {{ unpivot_measures('fulfilment', 'orders_shipped', [
        'order_shipped_count', 'order_to_ship_days',
    ], has_entity=true) }}
    union all
    {{ unpivot_measures('quotas', 'quotas', ['sales_quota_amount'], has_dimension=false) }}
    union all
    {{ unpivot_measures('stock', 'stock_days', [
        'active_product_days', 'stock_out_product_days', 'negative_stock_product_days', 'stock_value_amount',
    ], has_entity=true) }}
    union all
    {{ unpivot_measures('purchases', 'purchases', [
        'po_line_due_count', 'po_line_on_time_count', 'po_line_received_count', 'po_line_short_count', 'po_received_qty',
        'po_rejected_qty', 'po_amount',
    ], has_entity=true, has_dimension=false) }}
    union all
    {{ unpivot_measures('service', 'service', [
        'call_count', 'abandoned_call_count', 'automatic_response_count', 'service_issue_count', 'service_issue_seconds',
    ]) }}
    union all
    {{ unpivot_measures('tickets', 'tickets', [
        'satisfied_rating_count', 'rating_count',
    ], has_entity=true, has_dimension=false) }}
    union all
    {{ unpivot_measures('heads', 'heads', ['headcount'], has_entity=true, has_dimension=false) }}
),

-- What a source does not tell apart by entity is the group's: once, as the total of all entities.
observed as (
    select all_observed.*
    from all_observed
    cross join group_entity
    where all_observed.entity_id is null or all_observed.entity_id <> group_entity.entity_id
),

coverage as (select * from {{ ref('source_coverage') }}),

series as (
    select distinct source_name, measure_id, entity_id, dimension, member
    from observed
),

complete as (
    select
        series.measure_id,
        coalesce(series.entity_id, group_entity.entity_id) as entity_id,
        coverage.closing_id,
        series.dimension,
        series.member,
        coverage.is_partial,
        coalesce(observed.amount, 0) as amount
    from series
    cross join group_entity
    inner join coverage on series.source_name = coverage.source_name and series.member = coverage.member
    left join observed
        on
            series.measure_id = observed.measure_id
            and coalesce(series.entity_id, '') = coalesce(observed.entity_id, '')
            and series.dimension = observed.dimension
            and series.member = observed.member
            and coverage.closing_id = observed.closing_id
),

final as (
    select measure_id, entity_id, closing_id, dimension, member, is_partial, cast(amount as decimal(38, 6)) as amount
    from complete
    where measure_id <> 'headcount'
    union all
    select
        observed.measure_id,
        coalesce(observed.entity_id, group_entity.entity_id) as entity_id,
        observed.closing_id,
        observed.dimension,
        observed.member,
        false as is_partial,
        cast(observed.amount as decimal(38, 6)) as amount
    from observed
    cross join group_entity
    where observed.measure_id = 'headcount'
)

select * from final
