-- Warns of each entity with results and no budget in periods that others have one for, so that the group has none there; of each
-- account that an older version has an amount for and the version in force has not, in a period that both have; and of the lines
-- that an entity with a budget has results on and no budget of the year, while others have one: neither it nor the group has. Less than a
-- hundredth of what it has on all lines is a note.
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

results_of_year as (
    select
        results.entity_id,
        closings.fiscal_year,
        results.line_code,
        sum(results.amount) as amount,
        sum(abs(sum(results.amount))) over (partition by results.entity_id, closings.fiscal_year) as of_all_lines
    from {{ ref('translated_amount') }} as results
    inner join closings on results.closing_id = closings.closing_id
    inner join (select distinct entity_id, closing_id from budget) as own
        on results.entity_id = own.entity_id and results.closing_id = own.closing_id
    where results.scenario = 'actual' and results.statement = 'profit_and_loss'
    group by results.entity_id, closings.fiscal_year, results.line_code
),

unnamed_lines as (
    select
        results.*,
        sum(abs(results.amount)) over (partition by results.entity_id, results.fiscal_year) as of_unnamed_lines
    from results_of_year as results
    inner join (select distinct line_code from planned_lines) as known on results.line_code = known.line_code
    left join planned_lines as planned
        on
            results.entity_id = planned.entity_id
            and results.fiscal_year = planned.fiscal_year
            and results.line_code = planned.line_code
    where results.amount <> 0 and planned.entity_id is null
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
    unplanned.amount,
    false as is_note,
    unplanned.entity_id || ' has results of ' || {{ plain_number('unplanned.amount') }} || ' '
    || entities.currency_code || ' from ' || cast(unplanned.from_on as {{ dbt.type_string() }}) || ' to '
    || cast(unplanned.to_on as {{ dbt.type_string() }}) || ' and no budget, so the group has none of the lines that it '
    || 'posts to; deliver its budget, a planned 0 as a line of 0' as message
from unplanned
inner join entities on unplanned.entity_id = entities.entity_id
union all
select
    entity_id,
    amount,
    false as is_note,
    entity_id || ' has ' || {{ plain_number('amount') }} || ' ' || currency_code || ' on account '
    || account_id || ' in version ' || version_id || ' from ' || cast(from_on as {{ dbt.type_string() }}) || ' to '
    || cast(to_on as {{ dbt.type_string() }}) || ', and nothing in the version in force: it is budgeted with 0; '
    || 'deliver the account with that version, 0 where it is planned' as message
from left_out
where amount <> 0
union all
select
    unnamed.entity_id,
    sum(unnamed.amount) as amount,
    max(case when 100 * unnamed.of_unnamed_lines < unnamed.of_all_lines then 0 else 1 end) = 0 as is_note,
    unnamed.entity_id || ' has no budget on lines that it has results on, ' || case
        when max(case when 100 * unnamed.of_unnamed_lines < unnamed.of_all_lines then 0 else 1 end) = 0
            then 'small ones, and so plans 0 there: '
        else 'so that neither it nor the group has a budget of them and of their totals: '
    end || string_agg(
        unnamed.line_code || ' of ' || cast(unnamed.fiscal_year as {{ dbt.type_string() }}) || ' ('
        || cast(cast(unnamed.amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ' ' || entities.currency_code
        || ')',
        ', ' order by abs(unnamed.amount) desc, unnamed.line_code
    ) as message
from unnamed_lines as unnamed
inner join entities on unnamed.entity_id = entities.entity_id
group by unnamed.entity_id, entities.currency_code
order by amount, unnamed.entity_id
