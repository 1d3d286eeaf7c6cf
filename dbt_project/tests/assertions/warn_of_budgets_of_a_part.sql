-- Warns of each entity with results and no budget in periods that others have one for, so that the group has none there; and of each
-- account that an older version has an amount for and the version in force has not, in a period that both have; and of the lines that
-- an entity with a budget has results on and no budget of the year, while others have one: it plans 0 there.
{{ config(severity='warn') }}
with

budget as (select * from {{ ref('budget') }}),

entities as (select * from {{ ref('entity') }}),

closings as (select * from {{ ref('closing') }}),

accounts as (select * from {{ ref('account') }}),

unplanned as (
    select
        results.entity_id,
        min(closings.period_start) as from_on,
        max(closings.period_end) as to_on,
        sum(case when results.statement = 'profit_and_loss' then results.amount end) as amount
    from {{ ref('translated_amount') }} as results
    inner join closings on results.closing_id = closings.closing_id
    inner join (select distinct closing_id from budget) as planned on results.closing_id = planned.closing_id
    left join (select distinct entity_id, closing_id from budget) as own
        on results.entity_id = own.entity_id and results.closing_id = own.closing_id
    where
        results.scenario = 'actual'
        and results.statement = 'profit_and_loss'
        and results.amount <> 0
        and own.entity_id is null
    group by results.entity_id
),

planned_lines as (
    select distinct
        budget.entity_id,
        closings.fiscal_year,
        budget.line_code
    from budget
    inner join closings on budget.closing_id = closings.closing_id
),

unnamed_lines as (
    select
        results.entity_id,
        closings.fiscal_year,
        results.line_code,
        min(closings.period_start) as from_on,
        max(closings.period_end) as to_on,
        sum(results.amount) as amount
    from {{ ref('translated_amount') }} as results
    inner join closings on results.closing_id = closings.closing_id
    inner join (select distinct entity_id, closing_id from budget) as own
        on results.entity_id = own.entity_id and results.closing_id = own.closing_id
    inner join (select distinct line_code from planned_lines) as known on results.line_code = known.line_code
    left join planned_lines as planned
        on
            results.entity_id = planned.entity_id
            and closings.fiscal_year = planned.fiscal_year
            and results.line_code = planned.line_code
    where
        results.scenario = 'actual'
        and results.statement = 'profit_and_loss'
        and results.amount <> 0
        and planned.entity_id is null
    group by results.entity_id, closings.fiscal_year, results.line_code
),

given as (
    select
        lines.entity_id,
        lines.version_id,
        accounts.account_id,
        coalesce(nullif(trim(lines.currency_code), ''), entities.currency_code) as currency_code,
        periods.starts_on,
        periods.ends_on,
        lines.amount,
        dense_rank() over (
            partition by lines.entity_id, periods.fiscal_year, periods.fiscal_period
            order by coalesce(lines.is_current, false) desc, lines.issued_on desc nulls last, lines.version_id desc
        ) as rank
    from {{ ref('budget_line') }} as lines
    inner join entities on lines.entity_id = entities.entity_id
    inner join {{ ref('fiscal_period') }} as periods
        on
            entities.calendar_id = periods.calendar_id
            and (
                lines.period_id = periods.period_id
                or (lines.period_id is null and lines.budgeted_on between periods.starts_on and periods.ends_on)
            )
    inner join accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
    where lines.version_kind = 'budget'
),

in_force as (
    select distinct
        entity_id,
        ends_on,
        account_id
    from given
    where rank = 1
),

left_out as (
    select
        given.entity_id,
        given.version_id,
        given.account_id,
        given.currency_code,
        min(given.starts_on) as from_on,
        max(given.ends_on) as to_on,
        sum(given.amount) as amount
    from given
    left join in_force
        on
            given.entity_id = in_force.entity_id
            and given.ends_on = in_force.ends_on
            and given.account_id = in_force.account_id
    where given.rank > 1 and in_force.entity_id is null
    group by given.entity_id, given.version_id, given.account_id, given.currency_code
)

select
    unplanned.entity_id,
    cast(null as {{ dbt.type_string() }}) as version_id,
    cast(null as {{ dbt.type_string() }}) as account_id,
    unplanned.from_on,
    unplanned.to_on,
    unplanned.amount,
    entities.currency_code,
    'a result and no budget: the group has none of the lines that it posts to' as reason,
    'deliver its budget; a planned 0 is a line of 0' as what_to_do
from unplanned
inner join entities on unplanned.entity_id = entities.entity_id
union all
select
    entity_id,
    version_id,
    account_id,
    from_on,
    to_on,
    amount,
    currency_code,
    'in this older version, and not in the one in force: budgeted with 0' as reason,
    'deliver the account with the version in force; 0, where it is planned' as what_to_do
from left_out
where amount <> 0
union all
select
    unnamed.entity_id,
    cast(null as {{ dbt.type_string() }}) as version_id,
    cast(null as {{ dbt.type_string() }}) as account_id,
    min(unnamed.from_on) as from_on,
    max(unnamed.to_on) as to_on,
    sum(unnamed.amount) as amount,
    entities.currency_code,
    'results and no budget, planned with 0, on ' || string_agg(
        unnamed.line_code || ' (' || cast(cast(unnamed.amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ')',
        ', ' order by abs(unnamed.amount) desc, unnamed.line_code
    ) as reason,
    'deliver a budget of these lines; a planned 0 is a line of 0' as what_to_do
from unnamed_lines as unnamed
inner join entities on unnamed.entity_id = entities.entity_id
group by unnamed.entity_id, unnamed.fiscal_year, entities.currency_code
