-- Grain: one row per entity, closing, account, department and currency of the budget in force; debit positive.
-- In force is, for each period of an entity, the version that says so, else the one issued last, of those that have the period: a
-- revision replaces the periods that it covers and no others. Amounts are in the currency of the budget's lines. A line of an
-- entity, period or account that nobody knows is in budget_line and in no closing: a test names it.
with

lines as (
    select * from {{ ref('budget_line') }}
    where version_kind = 'budget'
),

entities as (select * from {{ ref('entity') }}),

periods as (select * from {{ ref('fiscal_period') }}),

closings as (
    select * from {{ ref('closing') }}
    where closing_type in ('regular', 'open')
),

dated as (
    select
        lines.*,
        periods.fiscal_year,
        periods.fiscal_period,
        periods.ends_on as period_ends_on,
        entities.currency_code as entity_currency_code,
        coalesce(nullif(trim(lines.currency_code), ''), entities.currency_code) as budget_currency_code,
        case when lines.is_current then 1 else 0 end as is_current_rank
    from lines
    inner join entities on lines.entity_id = entities.entity_id
    inner join periods
        on
            entities.calendar_id = periods.calendar_id
            and (
                lines.period_id = periods.period_id
                or (lines.period_id is null and lines.budgeted_on between periods.starts_on and periods.ends_on)
            )
),

versions as (
    select
        entity_id,
        fiscal_year,
        fiscal_period,
        version_id,
        row_number() over (
            partition by entity_id, fiscal_year, fiscal_period
            order by max(is_current_rank) desc, max(issued_on) desc nulls last, version_id desc
        ) as rank
    from dated
    group by entity_id, fiscal_year, fiscal_period, version_id
)

select
    dated.entity_id,
    entity_period.closing_id,
    closings.closing_type,
    closings.period_end as closing_on,
    accounts.account_id,
    accounts.account_code,
    dated.department_code,
    accounts.statement,
    accounts.line_code,
    'movement' as balance_type,
    dated.budget_currency_code as currency_code,
    dated.entity_currency_code,
    cast(sum(dated.amount) as decimal(38, 6)) as amount,
    max(dated.source_system) as source_system,
    max(dated.source_table) as source_table,
    max(dated.batch_id) as batch_id,
    case when count(*) = 1 then max(dated.source_row) end as source_row,
    max(dated.known_at) as known_at
from dated
inner join versions
    on
        dated.entity_id = versions.entity_id
        and dated.fiscal_year = versions.fiscal_year
        and dated.fiscal_period = versions.fiscal_period
        and dated.version_id = versions.version_id
        and versions.rank = 1
inner join {{ ref('entity_period') }} as entity_period
    on
        dated.entity_id = entity_period.entity_id
        and dated.period_ends_on between entity_period.period_start and entity_period.period_end
inner join closings on entity_period.closing_id = closings.closing_id
inner join {{ ref('account') }} as accounts
    on dated.source_system = accounts.source_system and dated.account_id = accounts.source_account_id
group by
    dated.entity_id, entity_period.closing_id, closings.closing_type, closings.period_end, accounts.account_id,
    accounts.account_code,
    dated.department_code, accounts.statement, accounts.line_code, dated.budget_currency_code,
    dated.entity_currency_code
