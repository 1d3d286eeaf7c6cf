-- Grain: one row per finding, system and kind of document: how many documents are kept although something about them is odd, what they
-- amount to in the group's currency, and one of them. Nothing is dropped for a finding; a warning counts them.
with

findings as (
    {%- for finding, condition in [
        ('unknown product', "product_key = 'unknown' and line_type = 'goods'"),
        ('unknown customer', "customer_key = 'unknown'"),
        ('unknown entity', 'source_entity_id is null or source_entity_id <> entity_id'),
        ('outside every period', 'closing_id is null'),
        ('shipped before it was ordered', 'shipped_on < ordered_on'),
        ('dated after its delivery', 'ordered_on > cast(known_at as date)'),
        ('shipped in another unit', 'has_other_unit'),
    ] %}
        select
            '{{ finding }}' as finding,
            source_system,
            'sales order line' as document_type,
            sales_order_number || '/' || sales_order_line_number as document_id,
            sales_amount as amount
        from {{ ref('sales_order_line') }}
        where {{ condition }}
        union all
    {%- endfor %}
    {%- for finding, condition in [
        ('unknown product', "product_key = 'unknown'"),
        ('unknown supplier', "supplier_key = 'unknown'"),
        ('outside every period', 'due_closing_id is null'),
        ('received before it was ordered', 'received_on < ordered_on'),
        ('dated after its delivery', 'ordered_on > cast(known_at as date)'),
    ] %}
        select
            '{{ finding }}' as finding,
            source_system,
            'purchase order line' as document_type,
            purchase_order_id || '/' || purchase_order_line_id as document_id,
            line_amount as amount
        from {{ ref('purchase_order_line') }}
        where {{ condition }}
        union all
    {%- endfor %}
    select
        'unknown product' as finding,
        source_system,
        'stock item' as document_type,
        max(site_id || '/' || stock_item_id) as document_id,
        cast(null as decimal(38, 6)) as amount
    from {{ ref('stock_balance') }}
    where product_key = 'unknown'
    group by source_system, site_id, stock_item_id
    union all
    select
        'negative stock' as finding,
        source_system,
        'stock item' as document_type,
        max(site_id || '/' || stock_item_id) as document_id,
        cast(null as decimal(38, 6)) as amount
    from {{ ref('stock_balance') }}
    where balance_qty < 0
    group by source_system, site_id, stock_item_id
    union all
    select
        'returned more than was shipped' as finding,
        returned.source_system,
        'sales order line' as document_type,
        returned.sales_order_id || '/' || returned.sales_order_line_id as document_id,
        cast(null as decimal(38, 6)) as amount
    from {{ ref('returned_order_line') }} as returned
    where returned.returned_qty > coalesce(returned.shipped_qty, 0)
    union all
    select
        'payment without an invoice' as finding,
        source_system,
        side as document_type,
        document_id,
        cast(null as decimal(38, 6)) as amount
    from {{ ref('open_item_movement') }}
    where movement_type = 'payment' and item_id = 'payment/' || document_id
)

select
    finding,
    source_system,
    document_type,
    count(*) as document_count,
    cast(sum(amount) as decimal(38, 6)) as amount,
    min(document_id) as example_id
from findings
group by finding, source_system, document_type
