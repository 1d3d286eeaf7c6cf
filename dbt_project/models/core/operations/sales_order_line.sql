-- Grain: one row per line of a sales order, lines that were cancelled aside; amounts in the group's currency.
-- What is said of the order as a whole, days to shipment and on time, counts once: on its first line.
with

lines as (
    {{ supplied(
        table='sales_order_line',
        columns={
            'sales_order_number': 'string',
            'sales_order_line_number': 'int',
            'channel': 'string',
            'customer_id': 'string',
            'product_key': 'int',
            'entity_id': 'string',
            'territory_key': 'int',
            'customer_currency_code': 'string',
            'ordered_on': 'date',
            'due_on': 'date',
            'shipped_on': 'date',
            'order_shipped_on': 'date',
            'ordered_qty': 'int',
            'unit_price': 'decimal(19, 4)',
            'gross_amount': 'decimal(19, 4)',
            'discount_amount': 'decimal(19, 4)',
            'sales_amount': 'decimal(19, 4)',
            'product_cost_amount': 'decimal(19, 4)',
            'tax_amount': 'decimal(19, 4)',
            'freight_amount': 'decimal(19, 4)',
        },
    ) }}
),

calendar as (select * from {{ ref('calendar_day') }})

select
    lines.sales_order_number,
    lines.sales_order_line_number,
    lines.channel,
    lines.customer_id,
    lines.product_key,
    lines.entity_id,
    lines.territory_key,
    lines.customer_currency_code,
    lines.ordered_on,
    lines.due_on,
    lines.shipped_on,
    calendar.closing_id,
    due_calendar.closing_id as due_closing_id,
    shipped_calendar.closing_id as shipped_closing_id,
    {{ dbt.datediff('lines.ordered_on', 'lines.order_shipped_on', 'day') }}             as order_to_ship_days,  -- noqa: LT05
    coalesce(lines.order_shipped_on <= lines.due_on, false) as is_on_time,
    row_number() over (
        partition by lines.sales_order_number order by lines.sales_order_line_number
    ) = 1 as is_first_line,
    lines.ordered_qty,
    lines.unit_price,
    lines.gross_amount,
    lines.discount_amount,
    lines.sales_amount,
    lines.product_cost_amount,
    lines.tax_amount,
    lines.freight_amount,
    lines.sales_amount < lines.product_cost_amount as is_below_cost,
    {{ lineage_columns('lines') }}
from lines
left join calendar on lines.ordered_on = calendar.date_day and lines.entity_id = calendar.entity_id
left join calendar as due_calendar on lines.due_on = due_calendar.date_day and lines.entity_id = due_calendar.entity_id
left join calendar as shipped_calendar
    on lines.order_shipped_on = shipped_calendar.date_day and lines.entity_id = shipped_calendar.entity_id
