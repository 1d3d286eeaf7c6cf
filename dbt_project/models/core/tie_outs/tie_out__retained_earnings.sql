-- Grain: one row per entity and closing: the period's result, and what came to the result of the fiscal year. What an entity
-- brought with its first closing is a result of periods that are not here; it is left out.
with

brought as (
    select
        entity_id,
        closing_id,
        brought_amount
    from {{ ref('result_to_date') }}
    where scenario = 'actual'
    union all
    select
        group_entity.entity_id,
        results.closing_id,
        sum(results.brought_group_amount) as brought_amount
    from {{ ref('result_to_date') }} as results
    cross join (
        select entity_id from {{ ref('entity') }}
        where is_group
    ) as group_entity
    where results.scenario = 'actual'
    group by group_entity.entity_id, results.closing_id
),

movements as (
    select
        *,
        result_of_year - coalesce(
            lag(result_of_year) over (partition by entity_id, fiscal_year order by period_end), 0
        ) as movement
    from {{ ref('tie_out_amount') }}
    where has_balance_sheet
)

select
    movements.entity_id,
    movements.period_end,
    movements.currency_code,
    movements.net_income as amount_a,
    movements.movement + coalesce(brought.brought_amount, 0) as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from movements
left join brought on movements.entity_id = brought.entity_id and movements.closing_id = brought.closing_id
where movements.closing_type = 'regular'
