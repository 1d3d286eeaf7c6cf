-- Grain: one row per finding, system and stock item: of an unknown product, negative on the last day or at the last closing, without a
-- cost.
{% set no_amount = 'cast(null as decimal(38, 6)) as amount' %}
with

last_closing as (
    {{ last_closing() }}
),

last_stock as (
    select
        source_system,
        max(balance_on) as last_on
    from {{ ref('stock_balance') }}
    group by source_system
),

findings as (
    select
        'unknown product' as finding,
        source_system,
        'stock item' as document_type,
        max(site_id || '/' || stock_item_id) as document_id,
        null as named,
        {{ no_amount }},
        cast(null as decimal(38, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit
    from {{ ref('stock_balance') }}
    where product_key = 'unknown'
    group by source_system, site_id, stock_item_id
    union all
    select
        'negative stock' as finding,
        stock.source_system,
        'stock item' as document_type,
        max(stock.site_id || '/' || stock.stock_item_id) as document_id,
        null as named,
        {{ no_amount }},
        max_by(stock.balance_qty, stock.balance_on) as quantity,
        max_by(stock.unit, stock.balance_on) as unit
    from {{ ref('stock_balance') }} as stock
    inner join last_stock on stock.source_system = last_stock.source_system
    left join last_closing on stock.closing_id = last_closing.closing_id
    where
        stock.balance_qty < 0
        and (stock.balance_on = last_stock.last_on or (stock.is_period_end and last_closing.closing_id is not null))
    group by stock.source_system, stock.site_id, stock.stock_item_id
    union all
    select
        'stock without a cost' as finding,
        source_system,
        'stock item' as document_type,
        max(site_id || '/' || stock_item_id) as document_id,
        null as named,
        {{ no_amount }},
        max_by(balance_qty, balance_on) as quantity,
        unit
    from {{ ref('stock_balance') }}
    where balance_qty <> 0 and stock_value_amount is null
    group by source_system, site_id, stock_item_id, unit
)

{{ named_findings('findings') }}
