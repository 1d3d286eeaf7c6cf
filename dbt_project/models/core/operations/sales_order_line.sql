-- Grain: one row per system and line of a sales order, cancelled lines too. Amounts are in the group's currency at the end of the  -- noqa: LT05
-- day of the order; what the document says, and in which currency, stands beside them. A line has shipped with the shipment that  -- noqa: LT05
-- completes it, an order with its last line; whether it was on time is NULL where nothing says, where nothing of it is to be shipped,  -- noqa: LT05
-- and where nothing was promised. What is said of the order as a whole counts once: on its first line,
-- by day and by number.
with

lines as (
    {{ supplied(
        table='sales_order_line',
        columns={
            'sales_order_id': 'string',
            'sales_order_line_id': 'string',
            'line_type': 'string',
            'entity_id': 'string',
            'channel': 'string',
            'customer_id': 'string',
            'customer_currency_code': 'string',
            'territory_id': 'string',
            'site_id': 'string',
            'product_id': 'string',
            'product_version_id': 'string',
            'ordered_on': 'date',
            'ordered_at': 'timestamp',
            'requested_on': 'date',
            'first_promised_on': 'date',
            'promised_on': 'date',
            'shipped_on': 'date',
            'cancelled_on': 'date',
            'ordered_qty': 'decimal(38, 6)',
            'unit': 'string',
            'unit_price': 'decimal(38, 6)',
            'gross_amount': 'decimal(38, 6)',
            'discount_amount': 'decimal(38, 6)',
            'net_amount': 'decimal(38, 6)',
            'tax_amount': 'decimal(38, 6)',
            'freight_amount': 'decimal(38, 6)',
            'currency_code': 'string',
            'cost_amount': 'decimal(38, 6)',
            'cost_currency_code': 'string',
        },
    ) }}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

calendar as (select * from {{ ref('calendar_day') }}),

rates as (select * from {{ ref('day_rate') }}),

dated as (
    select
        lines.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(entities.currency_code, group_entity.currency_code) as entity_currency_code,
        group_entity.currency_code as group_currency_code,
        lines.currency_code as document_currency_code,
        coalesce(
            lines.ordered_on,
            {{ business_date('lines.ordered_at', 'coalesce(entities.time_zone, group_entity.time_zone)') }}
        ) as business_ordered_on,
        coalesce(cast(business_ordered_on as {{ dbt.type_string() }}), '9999-12-31')
        || '/' || length(lines.sales_order_line_id) || '/' || lines.sales_order_line_id as line_order,
        coalesce(lines.first_promised_on, lines.promised_on, lines.requested_on) as due_on,
        coalesce(lines.line_type, 'goods') = 'goods' and coalesce(lines.ordered_qty, 1) > 0 as is_shippable,
        lines.cancelled_on is not null as is_cancelled
    from lines
    cross join group_entity
    left join entities on lines.entity_id = entities.entity_id
),

fulfilment as (select * from {{ ref('sales_order_line_fulfilment') }}),

shipped as (
    select
        dated.*,
        case when dated.is_shippable then coalesce(fulfilment.whole_on, dated.shipped_on) end as whole_on,
        coalesce(fulfilment.shipped_qty, case when dated.shipped_on is not null then dated.ordered_qty end)
            as shipped_qty,
        coalesce(fulfilment.has_other_unit, false) as has_other_unit
    from dated
    left join fulfilment
        on
            dated.source_system = fulfilment.source_system
            and dated.sales_order_id = fulfilment.sales_order_id
            and dated.sales_order_line_id = fulfilment.sales_order_line_id
),

orders as (
    select
        source_system,
        sales_order_id,
        max(due_on) as order_due_on,
        min(line_order) as first_line,
        case
            when count(case when is_shippable and whole_on is null then 1 end) = 0 then max(whole_on)
        end as order_shipped_on,
        case
            when
                count(case when is_shippable then 1 end) > 0
                and count(case when is_shippable and whole_on is null and has_other_unit then 1 end) = 0
                then count(case when is_shippable and (whole_on is null or whole_on > due_on) then 1 end) = 0
        end as is_on_time,
        count(case when whole_on is not null or shipped_qty is not null or has_other_unit then 1 end) > 0
            as is_shipment_told
    from shipped
    where not is_cancelled
    group by source_system, sales_order_id
),

shipping_systems as (
    select distinct source_system from orders
    where is_shipment_told
),

priced as (
    select
        lines.sales_order_id as sales_order_number,
        lines.sales_order_line_id as sales_order_line_number,
        coalesce(lines.line_type, 'goods') as line_type,
        coalesce(lines.channel, 'unknown') as channel,
        lines.customer_id,
        {{ found_key('customer', 'customer_key') }} as customer_key,
        lines.product_id,
        {{ found_product_key() }} as product_key,
        lines.known_entity_id as entity_id,
        lines.entity_id as source_entity_id,
        lines.territory_id,
        {{ found_key('territory', 'territory_key') }} as territory_key,
        lines.site_id,
        lines.customer_currency_code,
        lines.business_ordered_on as ordered_on,
        lines.requested_on,
        lines.due_on,
        lines.whole_on as shipped_on,
        lines.cancelled_on,
        lines.is_cancelled,
        calendar.closing_id,
        due_calendar.closing_id as due_closing_id,
        shipped_calendar.closing_id as shipped_closing_id,
        orders.order_due_on,
        orders.order_shipped_on,
        {{ dbt.datediff('lines.business_ordered_on', 'orders.order_shipped_on', 'day') }} as order_to_ship_days,  -- noqa: LT05
        case
            when orders.order_due_on is not null and shipping_systems.source_system is not null then orders.is_on_time
        end as is_on_time,
        lines.is_shippable,
        shipping_systems.source_system is not null as is_of_shipping_system,
        not lines.is_cancelled
        and orders.first_line = lines.line_order as is_first_line,
        lines.ordered_qty,
        lines.shipped_qty,
        lines.unit,
        lines.has_other_unit,
        case
            when lines.document_currency_code = lines.group_currency_code then lines.unit_price
            else cast(lines.unit_price * rates.rate as decimal(38, 6))
        end as unit_price,
        case
            when lines.document_currency_code = lines.group_currency_code
                then coalesce(lines.gross_amount, lines.net_amount + coalesce(lines.discount_amount, 0))
            else
                {{ translated('lines.net_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate') }}  -- noqa: LT05
                + coalesce({{ translated(
                    'coalesce(lines.gross_amount - lines.net_amount, lines.discount_amount)',
                    'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate'
                ) }}, 0)
        end as gross_amount,
        {{ translated('lines.discount_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate') }}  -- noqa: LT05
            as discount_amount,
        {{ translated('lines.net_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate') }}
            as sales_amount,
        {{ translated('lines.cost_amount', 'coalesce(lines.cost_currency_code, lines.document_currency_code)',
            'lines.group_currency_code', 'cost_rates.rate') }} as product_cost_amount,
        lines.cost_amount as document_cost_amount,
        coalesce(lines.cost_currency_code, lines.document_currency_code) as cost_currency_code,
        {{ translated('lines.tax_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate') }}
            as tax_amount,
        {{ translated('lines.freight_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate') }}  -- noqa: LT05
            as freight_amount,
        lines.group_currency_code as currency_code,
        {{ translated('lines.net_amount', 'lines.document_currency_code', 'lines.entity_currency_code', 'entity_rates.rate') }}  -- noqa: LT05
            as entity_amount,
        lines.entity_currency_code,
        lines.net_amount as document_amount,
        lines.document_currency_code,
        {{ lineage_columns('lines') }}
    from shipped as lines
    left join orders on lines.source_system = orders.source_system and lines.sales_order_id = orders.sales_order_id
    left join shipping_systems on lines.source_system = shipping_systems.source_system
    left join rates
        on
            lines.document_currency_code = rates.from_currency_code
            and lines.group_currency_code = rates.to_currency_code
            and lines.business_ordered_on = rates.rate_on
    left join rates as entity_rates
        on
            lines.document_currency_code = entity_rates.from_currency_code
            and lines.entity_currency_code = entity_rates.to_currency_code
            and lines.business_ordered_on = entity_rates.rate_on
    left join rates as cost_rates
        on
            coalesce(lines.cost_currency_code, lines.document_currency_code) = cost_rates.from_currency_code
            and lines.group_currency_code = cost_rates.to_currency_code
            and lines.business_ordered_on = cost_rates.rate_on
    {{ named_by('lines', 'customer_id', 'customer', 'customer', 'customer_key') }}
    {{ named_by('lines', 'territory_id', 'territory', 'territory', 'territory_key') }}
    {{ product_named_by('lines', 'business_ordered_on') }}
    left join calendar on lines.business_ordered_on = calendar.date_day and lines.known_entity_id = calendar.entity_id
    left join calendar as due_calendar
        on orders.order_due_on = due_calendar.date_day and lines.known_entity_id = due_calendar.entity_id
    left join calendar as shipped_calendar
        on orders.order_shipped_on = shipped_calendar.date_day and lines.known_entity_id = shipped_calendar.entity_id
)

select
    *,
    sales_amount < product_cost_amount as is_below_cost
from priced
