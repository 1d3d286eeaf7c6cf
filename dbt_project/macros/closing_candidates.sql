{#
  The first steps of model closing_entry, up to `candidates`: the entries that move profit and loss against equity, straight or over
  an income summary, and in `marked` their lines. The journal is large and these entries are few: each step looks them up by itself
  and keeps them, so that no join holds the journal in memory (`few_rows`).
#}
{% macro closing_candidates() %}
{%- set single_account_columns = [
    'source_system', 'entity_id', 'ledger_id', 'posted_account_id', 'fiscal_year', 'fiscal_period', 'posted_on', 'period_label',
] %}
accounts as (
    select
        account.source_system,
        account.source_account_id,
        account.account_id,
        coalesce(account.statement = 'profit_and_loss', false) as is_of_profit_and_loss,
        coalesce(structure.role in ('result_of_year', 'retained_earnings', 'reserves', 'capital'), false) as is_equity,
        coalesce(structure.role = 'cash', false) as is_cash
    from {{ ref('account') }} as account
    left join {{ ref('layout_line') }} as structure
        on account.line_code = structure.line_code and not structure.is_subtotal
),

days as (
    select
        posted.entity_id,
        posted.ledger_id,
        posted.posted_on,
        coalesce(posted.period_label, '') as period_label,
        posted.fiscal_year,
        posted.fiscal_period,
        periods.is_last_of_year,
        periods.ends_on
    from {{ ref('posting_period') }} as posted
    inner join {{ ref('entity') }} as entities on posted.entity_id = entities.entity_id
    inner join {{ ref('fiscal_period') }} as periods
        on
            entities.calendar_id = periods.calendar_id
            and posted.fiscal_year = periods.fiscal_year
            and posted.fiscal_period = periods.fiscal_period
    where posted.posting_kind = 'journal' and posted.entry_type = 'ordinary'
),

equity_entries as materialized (
    select distinct
        lines.source_system,
        lines.entity_id,
        lines.ledger_id,
        lines.journal_entry_id,
        lines.posted_on
    from {{ ref('journal_line') }} as lines
    inner join accounts
        on
            lines.source_system = accounts.source_system
            and lines.account_id = accounts.source_account_id
            and accounts.is_equity
    where lines.entry_type = 'ordinary'
),

equity_lines as materialized (
    {{ ordinary_lines_of('equity_entries') }}
),

-- Accounts that alone stand against equity in an entry, and may be income summaries in its period.
single_accounts as (
    select
        lines.source_system,
        lines.entity_id,
        lines.ledger_id,
        max(case when not coalesce(accounts.is_equity, false) then lines.account_id end) as posted_account_id,
        min(days.fiscal_year) as fiscal_year,
        min(days.fiscal_period) as fiscal_period
    from equity_lines as lines
    inner join days
        on
            lines.entity_id = days.entity_id
            and lines.ledger_id = days.ledger_id
            and lines.posted_on = days.posted_on
            and lines.period_label = days.period_label
    left join accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
    group by lines.source_system, lines.entity_id, lines.ledger_id, lines.journal_entry_id, lines.posted_on
    having
        count(distinct case when not coalesce(accounts.is_equity, false) then lines.account_id end) = 1
        and max(case when accounts.is_cash then 1 else 0 end) = 0
),

single_account_days as materialized (
    select distinct
        singles.source_system,
        singles.entity_id,
        singles.ledger_id,
        singles.posted_account_id,
        singles.fiscal_year,
        singles.fiscal_period,
        days.posted_on,
        days.period_label
    from single_accounts as singles
    inner join days
        on
            singles.entity_id = days.entity_id
            and singles.ledger_id = days.ledger_id
            and singles.fiscal_year = days.fiscal_year
            and singles.fiscal_period = days.fiscal_period
),

-- Those of them that are left with nothing, with the days of their period.
emptied_account_days as materialized (
    select days.*
    from single_account_days as days
    inner join (
        select
            singles.source_system,
            singles.entity_id,
            singles.ledger_id,
            singles.posted_account_id,
            singles.fiscal_year,
            singles.fiscal_period
        from {{ ref('journal_line') }} as lines
        inner join {{ few_rows('single_account_days', single_account_columns) }} as singles
            on {{ is_posted_to('singles') }}
        where lines.entry_type = 'ordinary'
        group by
            singles.source_system, singles.entity_id, singles.ledger_id, singles.posted_account_id,
            singles.fiscal_year, singles.fiscal_period
        having sum(lines.amount) = 0
    ) as emptied
        on
            days.source_system = emptied.source_system
            and days.entity_id = emptied.entity_id
            and days.ledger_id = emptied.ledger_id
            and days.posted_account_id = emptied.posted_account_id
            and days.fiscal_year = emptied.fiscal_year
            and days.fiscal_period = emptied.fiscal_period
),

touches as materialized (
    select distinct
        lines.source_system,
        lines.entity_id,
        lines.ledger_id,
        lines.journal_entry_id,
        lines.posted_on,
        singles.posted_account_id,
        singles.fiscal_year,
        singles.fiscal_period
    from {{ ref('journal_line') }} as lines
    inner join {{ few_rows('emptied_account_days', single_account_columns) }} as singles
        on {{ is_posted_to('singles') }}
    where lines.entry_type = 'ordinary'
),

other_entries as materialized (
    select distinct
        source_system,
        entity_id,
        ledger_id,
        journal_entry_id,
        posted_on
    from touches
    except
    select * from equity_entries
),

lines as (
    select
        lines.source_system,
        lines.entity_id,
        lines.ledger_id,
        lines.journal_entry_id,
        lines.posted_on,
        days.fiscal_year,
        days.fiscal_period,
        days.is_last_of_year,
        days.ends_on,
        coalesce(accounts.account_id, lines.account_id) as account_id,
        lines.account_id as posted_account_id,
        coalesce(accounts.is_of_profit_and_loss, false) as is_of_profit_and_loss,
        coalesce(accounts.is_equity, false) as is_equity,
        lines.amount
    from (
        select * from equity_lines
        union all
        select * from ({{ ordinary_lines_of('other_entries') }})
    ) as lines
    inner join days
        on
            lines.entity_id = days.entity_id
            and lines.ledger_id = days.ledger_id
            and lines.posted_on = days.posted_on
            and lines.period_label = days.period_label
    left join accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
),

-- What each entry does besides the account that may be an income summary.
around_single_accounts as (
    select
        touches.source_system,
        touches.entity_id,
        touches.ledger_id,
        touches.fiscal_year,
        touches.fiscal_period,
        touches.posted_account_id,
        max(
            case
                when lines.is_of_profit_and_loss and lines.posted_account_id <> touches.posted_account_id then 1
                else 0
            end
        ) as with_profit_and_loss,
        max(case when lines.is_equity then 1 else 0 end) as with_equity,
        max(
            case
                when
                    lines.is_equity or lines.is_of_profit_and_loss
                    or lines.posted_account_id = touches.posted_account_id
                    then 0
                else 1
            end
        ) as with_others
    from touches
    inner join lines
        on
            touches.source_system = lines.source_system
            and touches.entity_id = lines.entity_id
            and touches.ledger_id = lines.ledger_id
            and touches.journal_entry_id = lines.journal_entry_id
            and touches.posted_on = lines.posted_on
            and touches.fiscal_year = lines.fiscal_year
            and touches.fiscal_period = lines.fiscal_period
    group by
        touches.source_system, touches.entity_id, touches.ledger_id, touches.fiscal_year, touches.fiscal_period,
        touches.posted_account_id
),

summaries as (
    select
        source_system,
        entity_id,
        ledger_id,
        fiscal_year,
        fiscal_period,
        posted_account_id
    from around_single_accounts
    where with_others = 0 and with_profit_and_loss = 1 and with_equity = 1
),

marked as (
    select
        lines.*,
        summaries.posted_account_id is not null as is_summary
    from lines
    left join summaries
        on
            lines.source_system = summaries.source_system
            and lines.entity_id = summaries.entity_id
            and lines.ledger_id = summaries.ledger_id
            and lines.fiscal_year = summaries.fiscal_year
            and lines.fiscal_period = summaries.fiscal_period
            and lines.posted_account_id = summaries.posted_account_id
),

candidates as (
    select
        source_system,
        entity_id,
        ledger_id,
        journal_entry_id,
        posted_on,
        min(fiscal_year) as fiscal_year,
        min(fiscal_period) as fiscal_period,
        max(case when is_last_of_year then 1 else 0 end) = 1 as is_last_of_year,
        min(ends_on) as ends_on,
        sum(case when is_of_profit_and_loss and not is_summary then amount else 0 end) as closed_amount,
        coalesce(
            'account ' || max(case when is_summary then posted_account_id end),
            'entry ' || journal_entry_id || ' of ' || cast(posted_on as {{ dbt.type_string() }})
        ) as closed_by
    from marked
    group by source_system, entity_id, ledger_id, journal_entry_id, posted_on
    having
        min(case when is_of_profit_and_loss or is_equity or is_summary then 1 else 0 end) = 1
        and max(case when is_of_profit_and_loss or is_summary then 1 else 0 end) = 1
        and max(case when is_equity or is_summary then 1 else 0 end) = 1
)
{% endmacro %}

{# The condition that a line of the journal, `lines`, is posted to an account of a step on one of its days. #}
{% macro is_posted_to(step) -%}
    lines.source_system = {{ step }}.source_system
    and lines.entity_id = {{ step }}.entity_id
    and lines.ledger_id = {{ step }}.ledger_id
    and lines.account_id = {{ step }}.posted_account_id
    and lines.posted_on = {{ step }}.posted_on
    and coalesce(lines.period_label, '') = {{ step }}.period_label
{%- endmacro %}

{# The ordinary lines of the journal that are of one of the entries of a step. #}
{% macro ordinary_lines_of(entries) %}
    select
        lines.source_system,
        lines.entity_id,
        lines.ledger_id,
        lines.journal_entry_id,
        lines.posted_on,
        coalesce(lines.period_label, '') as period_label,
        lines.account_id,
        lines.amount
    from {{ ref('journal_line') }} as lines
    inner join {{ few_rows(entries, ['source_system', 'entity_id', 'ledger_id', 'journal_entry_id', 'posted_on']) }}
        as entries
        on
            lines.source_system = entries.source_system
            and lines.entity_id = entries.entity_id
            and lines.ledger_id = entries.ledger_id
            and lines.journal_entry_id = entries.journal_entry_id
            and lines.posted_on = entries.posted_on
    where lines.entry_type = 'ordinary'
{% endmacro %}

{#
  The rows of a step that has few of them, for a join with many. DuckDB cannot know how many rows a step of several joins gives, and
  would hold the journal in memory to look these rows up in it; a list it takes for one row, and looks each row of the journal up in it.
#}
{% macro few_rows(step, columns) -%}
    (
        select unnest(few.kept, recursive := true)
        from (
            select
                list({ {%- for column in columns %}'{{ column }}': {{ column }}{{ ', ' if not loop.last }}{% endfor -%} }) as kept
            from {{ step }}
        ) as few
    )
{%- endmacro %}
