-- Grain: one row per product, system that knows it (and `any`, for the documents of other systems) and version: the days from
-- which to which the version stands for the product. The first reaches back and the last ahead without end, so that each day has one.
with

scoped as (
    select product_id, source_system as scope_system, product_key, valid_from_on, product_version_id
    from {{ ref('product') }}
    where product_key <> 'unknown'
    union all
    select product_id, 'any' as scope_system, product_key, valid_from_on, product_version_id
    from (
        select
            *,
            min(source_system) over (partition by product_id) as first_system
        from {{ ref('product') }}
        where product_key <> 'unknown'
    ) as versions
    where source_system = first_system
),

ranked as (
    select
        *,
        row_number() over (
            partition by scope_system, product_id, valid_from_on
            order by length(product_version_id) desc, product_version_id desc
        ) as of_that_day
    from scoped
),

ordered as (
    select
        scope_system,
        product_id,
        product_key,
        valid_from_on,
        row_number() over (partition by scope_system, product_id order by valid_from_on nulls first) as version_number,
        lead(valid_from_on)
            over (partition by scope_system, product_id order by valid_from_on nulls first)
            as next_from_on
    from ranked
    where of_that_day = 1
)

select
    scope_system,
    product_id,
    product_key,
    case when version_number = 1 then date '0001-01-01' else valid_from_on end as from_on,
    coalesce(cast({{ dbt.dateadd('day', -1, 'next_from_on') }} as date), date '9999-12-31') as to_on
from ordered
