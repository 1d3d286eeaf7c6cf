-- Grain: one row per finding, system, kind of document and what is named: lines of sales and purchase orders with a product, a party or a
-- territory that no system knows, with days in a wrong order, in two units, or of which more came back than went out.
{% set due_later = 'due_on between ordered_on and ' ~ dbt.dateadd('year', 1, 'ordered_on') %}
{% set no_quantity = 'cast(null as decimal(38, 6)) as quantity, cast(null as ' ~ dbt.type_string() ~ ') as unit' %}
with

findings as (
    {%- for table, document_id, amount, odd in [
        ('sales_order_line', "sales_order_number || '/' || sales_order_line_number", 'sales_amount', [
            ('unknown product', "product_key = 'unknown' and line_type = 'goods'", 'product_id'),
            ('unknown customer', "customer_key = 'unknown'", 'customer_id'),
            ('unknown territory', "territory_key = 'unknown' and territory_id is not null", 'territory_id'),
            ('shipped before it was ordered', 'shipped_on < ordered_on', none),
            ('dated after its delivery', 'ordered_on > cast(known_at as date)', none),
            ('shipped in another unit', 'has_other_unit', none),
        ]),
        ('purchase_order_line', "purchase_order_id || '/' || purchase_order_line_id", 'line_amount', [
            ('unknown product', "product_key = 'unknown'", 'product_id'),
            ('unknown supplier', "supplier_key = 'unknown'", 'supplier_id'),
            ('outside every period', "due_closing_id is null and not coalesce(" ~ due_later ~ ", false)", none),
            ('received before it was ordered', 'received_on < ordered_on', none),
            ('received in another unit', 'has_other_unit', none),
            ('dated after its delivery', 'ordered_on > cast(known_at as date)', none),
        ]),
    ] %}
        {%- for finding, condition, named in odd %}
            select
                '{{ finding }}' as finding,
                source_system,
                '{{ table | replace("_", " ") }}' as document_type,
                {{ document_id }} as document_id,
                {{ "coalesce('" ~ named ~ " ' || " ~ named ~ ", 'no " ~ named ~ "')" if named else 'null' }} as named,
                {{ amount }} as amount,
                {{ no_quantity }}
            from {{ ref(table) }}
            where {{ condition }}
            union all
        {%- endfor %}
    {%- endfor %}
    select
        'returned more than was shipped' as finding,
        source_system,
        'sales order line' as document_type,
        sales_order_id || '/' || sales_order_line_id as document_id,
        null as named,
        cast(null as decimal(38, 6)) as amount,
        returned_qty - coalesce(shipped_qty, 0) as quantity,
        unit
    from {{ ref('returned_order_line') }}
    where returned_qty > coalesce(shipped_qty, 0)
)

{{ named_findings('findings') }}
