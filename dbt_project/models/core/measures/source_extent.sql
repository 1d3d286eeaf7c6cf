-- Grain: one row per source of operations measures, system, entity that it serves, dimension and member that occurs in it: the days
-- that the system has delivered completely. The days of a system are those of all its rows, of whatever entity or member, so that a
-- channel or an entity that ended is 0 while the system goes on. Dates after the delivery are not taken for delivered days.
-- What the company or a mapping model declares of a system, a source or an entity goes before what the rows say.
with

group_entity as (
    select entity_id as group_entity_id from {{ ref('entity') }}
    where is_group
),

orders as (
    select
        'sales' as source_name,
        lines.source_system,
        lines.entity_id,
        {{ grouped_dimension({'channel': 'lines.channel', 'product_category': 'product.product_category_name'}) }},
        min(lines.ordered_on) as first_on,
        max({{ not_after_delivery('lines.ordered_on', 'lines.known_at') }}) as last_on,
        count(case when lines.is_of_shipping_system then 1 end) > 0 as is_of_shipping_system
    from {{ ref('sales_order_line') }} as lines
    left join {{ ref('product') }} as product on lines.product_key = product.product_key
    group by grouping sets (  -- noqa: PRS,RF02
        (lines.source_system, lines.entity_id), (lines.source_system, lines.entity_id, lines.channel),
        (lines.source_system, lines.entity_id, product.product_category_name)
    )
),

stock as (
    select
        'stock' as source_name,
        balances.source_system,
        balances.entity_id,
        {{ grouped_dimension({'product_category': 'product.product_category_name'}) }},
        min(balances.first_on) as first_on,
        max(balances.last_on) as last_on
    from (
        select
            source_system,
            entity_id,
            product_key,
            min(balance_on) as first_on,
            max({{ not_after_delivery('balance_on', 'known_at') }}) as last_on
        from {{ ref('stock_balance') }}
        group by source_system, entity_id, product_key
    ) as balances
    left join {{ ref('product') }} as product on balances.product_key = product.product_key
    group by grouping sets (  -- noqa: PRS,RF02
        (balances.source_system, balances.entity_id),
        (balances.source_system, balances.entity_id, product.product_category_name)
    )
),

purchases as (
    select
        'purchases' as source_name,
        source_system,
        entity_id,
        'total' as dimension,
        'total' as member,
        min(coalesce(due_on, received_on, shipped_on, ordered_on)) as first_on,
        max({{ not_after_delivery('ordered_on', 'known_at') }}) as last_on
    from {{ ref('purchase_order_line') }}
    group by source_system, entity_id
),

service as (
    select
        'service' as source_name,
        source_system,
        entity_id,
        {{ grouped_dimension({'shift': 'service_point_id'}) }},
        min(served_on) as first_on,
        max({{ not_after_delivery('served_on', 'known_at') }}) as last_on
    from {{ ref('service_interval') }}
    group by grouping sets ((source_system, entity_id), (source_system, entity_id, service_point_id))  -- noqa: PRS
),

tickets as (
    select
        'tickets' as source_name,
        source_system,
        entity_id,
        'total' as dimension,
        'total' as member,
        min(answered_on) as first_on,
        max({{ not_after_delivery('answered_on', 'known_at') }}) as last_on
    from {{ ref('survey_response') }}
    group by source_system, entity_id
),

open_items as (
    select
        movements.side || 's' as source_name,
        movements.document_system as source_system,
        coalesce(entities.entity_id, group_entity.group_entity_id) as entity_id,
        'total' as dimension,
        'total' as member,
        min(movements.moved_on) as first_on,
        max(movements.moved_on) as last_on
    from {{ ref('open_item_movement') }} as movements
    cross join group_entity
    left join {{ ref('entity') }} as entities on movements.entity_id = entities.entity_id
    group by
        movements.side, movements.document_system, coalesce(entities.entity_id, group_entity.group_entity_id)
),

-- A target that begins in a quarter is known for all of it.
quotas as (
    select
        'quotas' as source_name,
        targets.source_system,
        group_entity.group_entity_id as entity_id,
        'total' as dimension,
        'total' as member,
        min(quarters.period_start) as first_on,
        max(quarters.period_end) as last_on
    from {{ ref('target_line') }} as targets
    cross join group_entity
    inner join {{ ref('closing') }} as closings on targets.closing_id = closings.closing_id
    inner join {{ ref('closing') }} as quarters
        on
            closings.fiscal_year = quarters.fiscal_year
            and closings.fiscal_quarter = quarters.fiscal_quarter
            and quarters.closing_type not in ('opening', 'year_end_adjustment')
    where targets.is_leading
    group by targets.source_system, group_entity.group_entity_id
),

observed as (
    select source_name, source_system, entity_id, dimension, member, first_on, last_on from orders
    union all
    select 'fulfilment' as source_name, source_system, entity_id, dimension, member, first_on, last_on
    from orders
    where dimension in ('total', 'channel') and is_of_shipping_system
    union all
    select * from stock
    union all
    select * from purchases
    union all
    select * from service
    union all
    select * from tickets
    union all
    select * from open_items
    union all
    select * from quotas
),

system_days as (
    select source_name, source_system, min(first_on) as first_on, max(last_on) as last_on
    from observed
    group by source_name, source_system
),

declared as (
    select
        system as source_system,
        source_name,
        entity_id,
        first_on,
        last_on,
        coalesce(ended, false) as has_ended
    from {{ source('company', 'source_extent') }}
    union all
    select
        system as source_system,
        source_name,
        cast(null as {{ dbt.type_string() }}) as entity_id,
        first_on,
        last_on,
        false as ended
    from (
        {{ supplied(
            table='source_extent',
            columns={'system': 'string', 'source_name': 'string', 'first_on': 'date', 'last_on': 'date'},
            has_lineage=false,
        ) }}
    ) as mapped
),

streams as (
    select distinct source_name, source_system, entity_id, dimension, member
    from observed
),

-- The declaration that says most of a stream: of its source and entity, of one of them, of the system.
declarations as (
    select
        streams.source_name,
        streams.source_system,
        streams.entity_id,
        declared.first_on,
        declared.last_on,
        declared.has_ended,
        row_number() over (
            partition by streams.source_name, streams.source_system, streams.entity_id
            order by
                case when declared.entity_id is null then 1 else 0 end,
                case when declared.source_name is null then 1 else 0 end
        ) as rank
    from (select distinct source_name, source_system, entity_id from streams) as streams
    inner join declared
        on
            streams.source_system = declared.source_system
            and coalesce(declared.source_name, streams.source_name) = streams.source_name
            and coalesce(declared.entity_id, streams.entity_id) = streams.entity_id
)

select
    streams.source_name,
    streams.source_system,
    streams.entity_id,
    streams.dimension,
    streams.member,
    coalesce(declarations.first_on, system_days.first_on) as first_on,
    coalesce(declarations.last_on, system_days.last_on) as last_on,
    coalesce(declarations.has_ended, false) as has_ended
from streams
inner join system_days
    on streams.source_name = system_days.source_name and streams.source_system = system_days.source_system
left join declarations
    on
        streams.source_name = declarations.source_name
        and streams.source_system = declarations.source_system
        and streams.entity_id = declarations.entity_id
        and declarations.rank = 1
