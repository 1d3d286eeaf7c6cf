-- Grain: one row per measure, entity, closing, scenario, dimension and member: what the KPIs are computed from.
-- Lines of the statements are measures too, with the sign that they are presented in.
with

statement_lines as (select * from {{ ref('statement_line') }}),

departments as (select * from {{ ref('department') }}),

group_entity as (
    select
        entity_id,
        currency_code
    from {{ ref('entity') }}
    where is_group
),

entities as (select * from {{ ref('entity') }}),

operations as (select * from {{ ref('operations_measure') }}),

measures as (select * from {{ source('dictionary', 'measure') }}),

finance_totals as (
    select
        line_code as measure_id,
        entity_id,
        closing_id,
        scenario,
        'total' as dimension,
        'total' as member,
        currency_code,
        cast(amount as decimal(38, 6)) as amount
    from statement_lines
),

department_amounts as (
    select
        ancestors.ancestor_line_code as measure_id,
        amounts.entity_id,
        amounts.closing_id,
        amounts.scenario,
        coalesce(departments.department_name, 'Unassigned') as member,
        cast(sum(amounts.amount) as decimal(38, 6)) as amount,
        cast(sum(amounts.group_amount) as decimal(38, 6)) as group_amount
    from {{ ref('ledger_line_amount') }} as amounts
    inner join {{ ref('statement_ancestor') }} as ancestors on amounts.line_code = ancestors.line_code
    left join departments on amounts.department_code = departments.department_code
    where ancestors.ancestor_line_code = 'operating_expenses'
    group by
        ancestors.ancestor_line_code,
        amounts.entity_id,
        amounts.closing_id,
        amounts.scenario,
        coalesce(departments.department_name, 'Unassigned')
),

finance_departments as (
    select
        amounts.measure_id,
        amounts.entity_id,
        amounts.closing_id,
        amounts.scenario,
        'department' as dimension,
        amounts.member,
        entities.currency_code,
        amounts.amount
    from department_amounts as amounts
    inner join entities on amounts.entity_id = entities.entity_id
    union all
    select
        amounts.measure_id,
        group_entity.entity_id,
        amounts.closing_id,
        amounts.scenario,
        'department' as dimension,
        amounts.member,
        group_entity.currency_code,
        sum(amounts.group_amount) as amount
    from department_amounts as amounts
    cross join group_entity
    group by
        amounts.measure_id, group_entity.entity_id, amounts.closing_id, amounts.scenario, amounts.member,
        group_entity.currency_code
),

-- A member that has an amount in any closing and scenario is 0 where the total is there and the member has nothing: it must not
-- vanish from a longer window, nor from a comparison with a budget that it has none of. A scenario without members has none.
department_members as (
    select distinct measure_id, entity_id, dimension, member
    from finance_departments
),

department_scenarios as (
    select distinct measure_id, entity_id, scenario
    from finance_departments
),

complete_departments as (
    select
        totals.measure_id,
        totals.entity_id,
        totals.closing_id,
        totals.scenario,
        members.dimension,
        members.member,
        totals.currency_code,
        coalesce(amounts.amount, 0) as amount
    from finance_totals as totals
    inner join department_scenarios as scenarios
        on
            totals.measure_id = scenarios.measure_id
            and totals.entity_id = scenarios.entity_id
            and totals.scenario = scenarios.scenario
    inner join department_members as members
        on totals.measure_id = members.measure_id and totals.entity_id = members.entity_id
    left join finance_departments as amounts
        on
            totals.measure_id = amounts.measure_id
            and totals.entity_id = amounts.entity_id
            and totals.closing_id = amounts.closing_id
            and totals.scenario = amounts.scenario
            and members.dimension = amounts.dimension
            and members.member = amounts.member
),

all_measures as (
    select
        *,
        false as is_partial
    from finance_totals
    union all
    select
        *,
        false as is_partial
    from complete_departments
    union all
    select
        operations.measure_id,
        operations.entity_id,
        operations.closing_id,
        'actual' as scenario,
        operations.dimension,
        operations.member,
        case when measures.unit = 'currency' then group_entity.currency_code end as currency_code,
        operations.amount,
        operations.is_partial
    from operations
    inner join measures on operations.measure_id = measures.measure_id
    cross join group_entity
)

select
    measure_id,
    entity_id,
    closing_id,
    scenario,
    dimension,
    member,
    currency_code,
    cast(amount as decimal(38, 6)) as amount,
    is_partial
from all_measures
