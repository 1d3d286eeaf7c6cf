-- Grain: one row per system and line of a purchase order; amounts in the group's currency at the end of the day of the order.
-- On time is what came whole by the day first confirmed; where a system does not know the day of receipt, what the supplier shipped by
-- then. A line that nothing was received for is not on time, and neither short nor whole. One without a due date, of a system that
-- says nothing of receipts or received in another unit is neither on time nor late. Without a due date it counts in the period of its
-- receipt, else of its order.
with

lines as (
    {{ supplied(
        table='purchase_order_line',
        columns={
            'purchase_order_id': 'string',
            'purchase_order_line_id': 'string',
            'entity_id': 'string',
            'site_id': 'string',
            'supplier_id': 'string',
            'product_id': 'string',
            'product_version_id': 'string',
            'order_status': 'string',
            'ordered_on': 'date',
            'due_on': 'date',
            'shipped_on': 'date',
            'received_on': 'date',
            'cancelled_on': 'date',
            'ordered_qty': 'decimal(38, 6)',
            'unit': 'string',
            'received_qty': 'decimal(38, 6)',
            'rejected_qty': 'decimal(38, 6)',
            'stocked_qty': 'decimal(38, 6)',
            'unit_price': 'decimal(38, 6)',
            'net_amount': 'decimal(38, 6)',
            'currency_code': 'string',
        },
    ) }}
),

receipt_lines as (
    select
        receipts.order_system as source_system,
        receipts.purchase_order_id,
        receipts.purchase_order_line_id,
        receipts.shipped_on,
        receipts.received_on,
        receipts.received_qty,
        receipts.rejected_qty,
        {{ is_same_unit('receipts.unit', 'lines.unit') }} as is_same_unit,
        sum(case when {{ is_same_unit('receipts.unit', 'lines.unit') }} then receipts.received_qty end) over (
            partition by receipts.order_system, receipts.purchase_order_id, receipts.purchase_order_line_id
            order by
                receipts.received_on,
                receipts.source_system,
                receipts.goods_receipt_id,
                receipts.goods_receipt_line_id
            rows between unbounded preceding and current row
        ) >= coalesce(lines.ordered_qty, 0) as is_whole
    from {{ ref('goods_receipt_line') }} as receipts
    inner join lines
        on
            receipts.order_system = lines.source_system
            and receipts.purchase_order_id = lines.purchase_order_id
            and receipts.purchase_order_line_id = lines.purchase_order_line_id
),

receipts as (
    select
        source_system,
        purchase_order_id,
        purchase_order_line_id,
        max(shipped_on) as shipped_on,
        max(received_on) as received_on,
        min(case when is_whole then received_on end) as whole_on,
        sum(case when is_same_unit then received_qty end) as received_qty,
        sum(case when is_same_unit then rejected_qty end) as rejected_qty,
        sum(case when is_same_unit then received_qty - coalesce(rejected_qty, 0) end) as stocked_qty,
        count(case when not is_same_unit then 1 end) > 0 as has_other_unit
    from receipt_lines
    group by source_system, purchase_order_id, purchase_order_line_id
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

calendar as (select * from {{ ref('calendar_day') }}),

received as (
    select
        lines.source_system,
        lines.purchase_order_id,
        lines.purchase_order_line_id,
        coalesce(entities.entity_id, group_entity.entity_id) as entity_id,
        coalesce(entities.currency_code, group_entity.currency_code) as entity_currency_code,
        group_entity.currency_code as group_currency_code,
        lines.currency_code as document_currency_code,
        lines.site_id,
        lines.supplier_id,
        lines.product_id,
        lines.product_version_id,
        coalesce(
            lines.order_status,
            case
                when lines.cancelled_on is not null then 'cancelled'
                when receipts.whole_on is null then 'approved'
                else 'complete'
            end
        ) as order_status,
        lines.ordered_on,
        lines.due_on,
        lines.cancelled_on,
        coalesce(receipts.shipped_on, lines.shipped_on) as shipped_on,
        coalesce(receipts.received_on, lines.received_on) as received_on,
        case
            when receipts.purchase_order_id is not null then receipts.whole_on
            when coalesce(lines.received_qty >= lines.ordered_qty, true)
                then coalesce(lines.received_on, lines.shipped_on)
        end as whole_on,
        coalesce(receipts.has_other_unit, false) as has_other_unit,
        lines.ordered_qty,
        lines.unit,
        coalesce(receipts.received_qty, lines.received_qty) as received_qty,
        coalesce(receipts.rejected_qty, lines.rejected_qty) as rejected_qty,
        coalesce(receipts.stocked_qty, lines.stocked_qty, lines.received_qty - coalesce(lines.rejected_qty, 0))
            as stocked_qty,
        lines.unit_price,
        lines.net_amount,
        lines.source_table,
        lines.batch_id,
        lines.source_row,
        lines.known_at
    from lines
    cross join group_entity
    left join entities on lines.entity_id = entities.entity_id
    left join receipts
        on
            lines.source_system = receipts.source_system
            and lines.purchase_order_id = receipts.purchase_order_id
            and lines.purchase_order_line_id = receipts.purchase_order_line_id
),

receiving_systems as (
    select distinct source_system from received
    where received_on is not null or shipped_on is not null or received_qty is not null
)

select
    lines.purchase_order_id,
    lines.purchase_order_line_id,
    lines.entity_id,
    lines.site_id,
    lines.supplier_id,
    {{ found_key('supplier', 'supplier_key') }} as supplier_key,
    lines.product_id,
    {{ found_product_key() }} as product_key,
    lines.order_status,
    lines.ordered_on,
    lines.due_on,
    lines.shipped_on,
    lines.received_on,
    lines.cancelled_on,
    due_calendar.closing_id as due_closing_id,
    case
        when
            lines.due_on is not null
            and receiving_systems.source_system is not null
            and coalesce(lines.ordered_qty, 1) > 0
            and (lines.whole_on is not null or not lines.has_other_unit)
            then coalesce(lines.whole_on <= lines.due_on, false)
    end as is_on_time,
    lines.received_qty < lines.ordered_qty as is_short,
    lines.has_other_unit,
    lines.ordered_qty,
    lines.received_qty,
    lines.rejected_qty,
    lines.stocked_qty,
    lines.unit,
    case
        when lines.document_currency_code = lines.group_currency_code then lines.unit_price
        else cast({{ translated(
            'lines.net_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate'
        ) }} / nullif(lines.ordered_qty, 0) as decimal(38, 6))
    end as unit_price,
    {{ translated('lines.net_amount', 'lines.document_currency_code', 'lines.group_currency_code', 'rates.rate') }}
        as line_amount,
    lines.group_currency_code as currency_code,
    lines.net_amount as document_amount,
    lines.document_currency_code,
    {{ lineage_columns('lines') }}
from received as lines
left join receiving_systems on lines.source_system = receiving_systems.source_system
left join {{ ref('day_rate') }} as rates
    on
        lines.document_currency_code = rates.from_currency_code
        and lines.group_currency_code = rates.to_currency_code
        and lines.ordered_on = rates.rate_on
{{ named_by('lines', 'supplier_id', 'supplier', 'supplier', 'supplier_key') }}
{{ product_named_by('lines', 'ordered_on') }}
left join calendar as due_calendar
    on
        coalesce(lines.due_on, lines.received_on, lines.shipped_on, lines.ordered_on) = due_calendar.date_day
        and lines.entity_id = due_calendar.entity_id
