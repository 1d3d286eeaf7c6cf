-- Grain: one row per system, sales order line and closing at whose end something of it is to be shipped; the amount is the share of
-- the line that is, in the group's currency. Lines of systems that say nothing of shipping have no backlog; a line that was
-- cancelled is in none, as it is in no order value.
with

open_lines as (
    select
        lines.source_system,
        lines.sales_order_number,
        lines.sales_order_line_number,
        lines.entity_id,
        lines.channel,
        lines.ordered_qty,
        lines.unit,
        lines.sales_amount,
        lines.currency_code,
        lines.due_on,
        periods.closing_id,
        periods.period_end
    from {{ ref('sales_order_line') }} as lines
    inner join {{ ref('entity_period') }} as periods
        on
            lines.entity_id = periods.entity_id
            and lines.ordered_on <= periods.period_end
            and coalesce(lines.shipped_on, date '9999-12-31') > periods.period_end
            and coalesce(periods.has_balances, true)
    where lines.is_shippable and lines.is_of_shipping_system and not lines.is_cancelled
),

shipped as (
    select
        open_lines.source_system,
        open_lines.sales_order_number,
        open_lines.sales_order_line_number,
        open_lines.closing_id,
        sum(shipments.shipped_qty) as shipped_qty
    from open_lines
    inner join {{ ref('shipment_line') }} as shipments
        on
            open_lines.source_system = shipments.order_system
            and open_lines.sales_order_number = shipments.sales_order_id
            and open_lines.sales_order_line_number = shipments.sales_order_line_id
            and open_lines.period_end >= shipments.shipped_on
            and {{ is_same_unit('shipments.unit', 'open_lines.unit') }}
    group by
        open_lines.source_system,
        open_lines.sales_order_number,
        open_lines.sales_order_line_number,
        open_lines.closing_id
)

select
    open_lines.source_system,
    open_lines.sales_order_number,
    open_lines.sales_order_line_number,
    open_lines.entity_id,
    open_lines.channel,
    open_lines.closing_id,
    open_lines.due_on,
    open_lines.due_on <= open_lines.period_end as is_overdue,
    open_lines.ordered_qty - coalesce(shipped.shipped_qty, 0) as open_qty,
    {{ in_smallest_unit(
        'cast(open_lines.sales_amount * (open_lines.ordered_qty - coalesce(shipped.shipped_qty, 0))'
        ~ ' / nullif(open_lines.ordered_qty, 0) as decimal(38, 6))',
        'open_lines.currency_code'
    ) }} as open_amount,
    open_lines.currency_code
from open_lines
left join shipped
    on
        open_lines.source_system = shipped.source_system
        and open_lines.sales_order_number = shipped.sales_order_number
        and open_lines.sales_order_line_number = shipped.sales_order_line_number
        and open_lines.closing_id = shipped.closing_id
