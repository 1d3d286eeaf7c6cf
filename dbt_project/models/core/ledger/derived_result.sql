-- Grain: one row per entity, closing (opening or regular), part of the equity that the books carry once a year only and fiscal year
-- of which it is.
-- `result_of_year`: profit and loss of the fiscal year so far; its closing entries come after its last balance (`balance_order`).
-- `results_of_earlier_years`: what earlier years of the same books left in profit and loss, their closing entries included, so
-- nothing where the books closed them. `result_not_carried_over`: what an opening entry lacks to balance. All three together make
-- the balance sheet balance exactly when every entry does; debit positive. A result of 0 is there where something was earned or
-- spent: it may be another in the group's currency. The result of the year sits on the account of that role in a chart of the
-- entity's own systems, where one has it; each part else on an account of its name.
with

result_accounts as (
    select
        books.entity_id,
        min(accounts.account_id) as account_id
    from (
        select entity_id, source_system from {{ ref('ledger_movement') }}
        union
        select entity_id, source_system from {{ ref('reported_amount') }}
    ) as books
    inner join {{ ref('account') }} as accounts on books.source_system = accounts.source_system and accounts.is_in_chart
    inner join {{ lines_of_role('result_of_year') }} as structure on accounts.line_code = structure.line_code
    group by books.entity_id
),

reported as (
    select
        entity_id,
        closing_id,
        sum(case when statement = 'balance_sheet' then amount else 0 end) as balance_amount
    from {{ ref('reported_amount') }}
    group by entity_id, closing_id
),

-- Where a system reports balances, they carry the result themselves, or lack exactly the year's; a closing that it has not reported
-- has no balances, and lacks nothing.
closings as (
    select
        closings.*,
        reported.balance_amount
    from {{ ref('entity_closing') }} as closings
    left join reported on closings.entity_id = reported.entity_id and closings.closing_id = reported.closing_id
    where
        closings.closing_type in ('opening', 'regular')
        and closings.has_balances
        and (
            reported.closing_id is not null
            or closings.entity_id not in (
                select amounts.entity_id from {{ ref('reported_amount') }} as amounts
                where amounts.statement = 'balance_sheet'
            )
        )
),

-- A trial balance reports profit and loss as the year so far: what it grew by is of its closing.
postings as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        stage,
        statement,
        amount,
        {{ lineage_columns() }}
    from {{ ref('ledger_movement') }}
    where fiscal_year is not null
    union all
    select
        reported.entity_id,
        closings.ledger_id,
        closings.fiscal_year,
        closings.closing_order - closings.fiscal_year * 1000 as stage,
        reported.statement,
        reported.amount,
        {{ lineage_columns('reported') }}
    from {{ ref('reported_amount') }} as reported
    inner join closings on reported.entity_id = closings.entity_id and reported.closing_id = closings.closing_id
    where reported.statement = 'profit_and_loss'
),

movements as (
    select
        entity_id,
        ledger_id,
        fiscal_year,
        fiscal_year * 1000 + stage as posted_order,
        stage,
        sum(case when statement = 'profit_and_loss' then amount else 0 end) as result_amount,
        max(case when statement = 'profit_and_loss' and amount <> 0 then 1 else 0 end) as is_result,
        sum(case when stage = 0 then amount else 0 end) as opening_amount,
        max(source_system) as source_system,
        max(source_table) as source_table,
        max(batch_id) as batch_id,
        max(known_at) as known_at
    from postings
    group by entity_id, ledger_id, fiscal_year, stage
),

sums as (
    select
        closings.entity_id,
        closings.closing_id,
        closings.closing_type,
        movements.fiscal_year,
        sum(
            case
                when movements.fiscal_year = closings.fiscal_year then movements.result_amount
                else 0
            end
        ) as result_of_year,
        sum(
            case
                when movements.fiscal_year = closings.fiscal_year then 0
                else movements.result_amount
            end
        ) as results_of_earlier_years,
        -sum(movements.opening_amount) as result_not_carried_over,
        max(movements.is_result) = 1
        and sum(case when movements.stage < 950 then movements.result_amount else 0 end) = 0 as is_result_of_nothing,
        max(movements.fiscal_year) = max(closings.fiscal_year) as is_of_this_year,
        max(closings.balance_amount) as balance_amount,
        max(movements.source_system) as source_system,
        max(movements.source_table) as source_table,
        max(movements.batch_id) as batch_id,
        max(movements.known_at) as known_at
    from closings
    inner join movements
        on
            closings.entity_id = movements.entity_id
            and closings.ledger_id = movements.ledger_id
            and movements.posted_order between closings.anchor_order and closings.balance_order
    group by closings.entity_id, closings.closing_id, closings.closing_type, movements.fiscal_year
    having
        max(closings.balance_amount) is null
        or max(closings.balance_amount) = -sum(
            case
                when movements.fiscal_year = closings.fiscal_year then movements.result_amount
                else 0
            end
        )
)

{% for part in ['result_of_year', 'results_of_earlier_years', 'result_not_carried_over'] -%}
    select
        sums.entity_id,
        sums.closing_id,
        sums.closing_type,
        '{{ part }}' as part,
        {% if part == 'result_of_year' -%}
            coalesce(result_accounts.account_id, '{{ part }}') as account_id,
        {%- else -%}
            '{{ part }}' as account_id,
        {%- endif %}
        sums.fiscal_year,
        cast(sums.{{ part }} as decimal(38, 6)) as amount,
        sums.source_system,
        sums.source_table,
        sums.batch_id,
        sums.known_at
    from sums
    {% if part == 'result_of_year' -%}
        left join result_accounts on sums.entity_id = result_accounts.entity_id
        where sums.result_of_year <> 0 or (sums.is_result_of_nothing and sums.is_of_this_year)
    {%- elif part == 'results_of_earlier_years' -%}
        where
            sums.balance_amount is null
            and (
                sums.results_of_earlier_years <> 0
                or (sums.is_result_of_nothing and not sums.is_of_this_year)
            )
    {%- else -%}
        where sums.balance_amount is null and sums.{{ part }} <> 0
    {%- endif %}
    {{ 'union all' if not loop.last }}
{% endfor %}
