-- Grain: one row per measure, entity, closing, scenario, dimension and member: what the KPIs are computed from.
-- Lines of the statements are measures too, with the sign that they are presented in; so are sums of lines by their roles, which
-- every layout has. Of such a sum there is a budget where each line that was ever posted to is budgeted.
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

role_lines as (
    select
        roles.measure_id,
        lines.line_code,
        roles.sign * case when lines.statement = 'cash_flow' then 1 else -lines.presentation_sign end as sign
    from {{ source('dictionary', 'measure_role') }} as roles
    inner join {{ ref('layout_line') }} as lines
        on roles.statement = lines.statement and roles.role = lines.role and not lines.is_subtotal
),

-- What was posted to: a sum that has such a line without a budget of the entity and closing has no budget there.
posted_lines as (
    select distinct line_code
    from statement_lines
    where scenario = 'actual' and amount <> 0
),

posted_counts as (
    select
        role_lines.measure_id,
        count(*) as line_count
    from role_lines
    inner join posted_lines on role_lines.line_code = posted_lines.line_code
    group by role_lines.measure_id
),

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
    union all
    select
        role_lines.measure_id,
        statement_lines.entity_id,
        statement_lines.closing_id,
        statement_lines.scenario,
        'total' as dimension,
        'total' as member,
        statement_lines.currency_code,
        cast(sum(role_lines.sign * statement_lines.amount) as decimal(38, 6)) as amount
    from statement_lines
    inner join role_lines on statement_lines.line_code = role_lines.line_code
    left join posted_lines on role_lines.line_code = posted_lines.line_code
    left join posted_counts on role_lines.measure_id = posted_counts.measure_id
    group by
        role_lines.measure_id, statement_lines.entity_id, statement_lines.closing_id, statement_lines.scenario,
        statement_lines.currency_code, posted_counts.line_count
    having statement_lines.scenario = 'actual' or count(posted_lines.line_code) = coalesce(posted_counts.line_count, 0)
),

operating_expense_lines as (
    select line_code from {{ ref('statement_ancestor') }}
    where ancestor_line_code = 'operating_expenses'
    union all
    select line_code from role_lines
    where measure_id = 'operating_expenses'
),

department_amounts as (
    select
        'operating_expenses' as measure_id,
        amounts.entity_id,
        amounts.closing_id,
        amounts.scenario,
        coalesce(departments.department_name, 'Unassigned') as member,
        cast(sum(amounts.amount) as decimal(38, 6)) as amount,
        cast(sum(amounts.group_amount) as decimal(38, 6)) as group_amount
    from {{ ref('ledger_line_amount') }} as amounts
    inner join operating_expense_lines as lines on amounts.line_code = lines.line_code
    left join departments on amounts.department_code = departments.department_code
    group by
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

partial_statements as (
    select distinct
        entity_id,
        closing_id
    from statement_lines
    where is_partial
),

finance as (
    select * from finance_totals
    union all
    select * from complete_departments
),

all_measures as (
    select
        finance.*,
        finance.scenario = 'actual' and partials.closing_id is not null as is_partial
    from finance
    left join partial_statements as partials
        on finance.entity_id = partials.entity_id and finance.closing_id = partials.closing_id
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
