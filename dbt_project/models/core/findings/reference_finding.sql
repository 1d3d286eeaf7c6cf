-- Grain: one row per finding, system, kind of document and key that no system knows: shipments, returns and receipts of an order line,
-- lines of invoices of a product, a customer or a supplier.
with

group_entity as (
    select currency_code from {{ ref('entity') }}
    where is_group
),

findings as (
    {%- for table, id, quantity, order_table, order_id, number, line_number, is_line_needed in [
        (
            'shipment_line', 'shipment', 'shipped_qty', 'sales_order_line', 'sales_order', 'sales_order_number',
            'sales_order_line_number', true,
        ),
        (
            'sales_return_line', 'sales_return', 'returned_qty', 'sales_order_line', 'sales_order', 'sales_order_number',
            'sales_order_line_number', false,
        ),
        (
            'goods_receipt_line', 'goods_receipt', 'received_qty', 'purchase_order_line', 'purchase_order',
            'purchase_order_id', 'purchase_order_line_id', true,
        ),
    ] %}
        select
            'unknown order line' as finding,
            documents.source_system,
            '{{ table | replace("_", " ") }}' as document_type,
            documents.{{ id }}_id || '/' || documents.{{ id }}_line_id as document_id,
            '{{ order_id }}_id ' || documents.{{ order_id }}_id
            || coalesce('/' || documents.{{ order_id }}_line_id, ' without a line') as named,
            cast(null as decimal(38, 6)) as amount,
            documents.{{ quantity }} as quantity,
            documents.unit
        from {{ ref(table) }} as documents
        left join {{ ref(order_table) }} as known
            on
                documents.order_system = known.source_system
                and documents.{{ order_id }}_id = known.{{ number }}
                and documents.{{ order_id }}_line_id = known.{{ line_number }}
        where
            documents.{{ order_id if is_line_needed else order_id ~ '_line' }}_id is not null
            and known.source_system is null
            and exists (select 1 from {{ ref(order_table) }})
        union all
    {%- endfor %}
    {%- for side, party in [('customer', 'customer'), ('supplier', 'supplier')] %}
        {%- for what in ['product', party] %}
            select
                'unknown {{ what }}' as finding,
                lines.source_system,
                '{{ side }} invoice line' as document_type,
                lines.{{ side }}_invoice_id || '/' || lines.{{ side }}_invoice_line_id as document_id,
                '{{ what }}_id ' || lines.{{ what }}_id as named,
                {{ translated('lines.net_amount', 'lines.currency_code', 'group_entity.currency_code', 'rates.rate') }} as amount,  -- noqa: LT05
                cast(null as decimal(38, 6)) as quantity,
                cast(null as {{ dbt.type_string() }}) as unit
            from {{ ref(side ~ '_invoice_line') }} as lines
            cross join group_entity
            left join (select distinct {{ what }}_id from {{ ref(what) }}) as known
                on lines.{{ what }}_id = known.{{ what }}_id
            left join {{ ref('day_rate') }} as rates
                on
                    lines.currency_code = rates.from_currency_code
                    and group_entity.currency_code = rates.to_currency_code
                    and lines.invoiced_on = rates.rate_on
            where lines.{{ what }}_id is not null and known.{{ what }}_id is null
            {{- '' if loop.last else ' union all' }}
        {%- endfor %}
        {{- '' if loop.last else ' union all' }}
    {%- endfor %}
)

{{ named_findings('findings') }}
