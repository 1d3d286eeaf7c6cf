-- Grain: one row per pair of entities and closing, from their first posting with each other on: what the first has of the other (claims
-- less debts, positive: a claim), and what the other owes it, in the group's currency. Amounts are those of the transactions, so
-- that what two entities booked in one currency is equal whatever rates they took; both at the closing rate.
with

postings as (
    select
        least(lines.entity_id, lines.partner_entity_id) as entity_id,
        greatest(lines.entity_id, lines.partner_entity_id) as partner_entity_id,
        lines.entity_id < lines.partner_entity_id as is_first,
        lines.entity_id as posting_entity_id,
        lines.posted_on,
        case when lines.transaction_amount is null then entities.currency_code else lines.transaction_currency_code end
            as currency_code,
        sum(coalesce(lines.transaction_amount, lines.amount)) as amount
    from {{ ref('journal_line') }} as lines
    inner join {{ ref('account') }} as accounts
        on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
    inner join {{ ref('layout_line') }} as layout_lines
        on
            accounts.line_code = layout_lines.line_code
            and layout_lines.role in ('intercompany_receivables', 'intercompany_payables')
    inner join {{ ref('entity') }} as entities on lines.entity_id = entities.entity_id
    inner join (
        select distinct entity_id, ledger_id from {{ ref('posting_period') }}
        where is_leading_ledger
    ) as ledgers on lines.entity_id = ledgers.entity_id and lines.ledger_id = ledgers.ledger_id
    where lines.partner_entity_id is not null and lines.entry_type not in ('opening', 'closing')
    group by
        lines.entity_id, lines.partner_entity_id, lines.posted_on,
        case when lines.transaction_amount is null then entities.currency_code else lines.transaction_currency_code end
),

balances as (
    select
        postings.entity_id,
        postings.partner_entity_id,
        postings.is_first,
        periods.closing_id,
        postings.currency_code,
        sum(postings.amount) as amount
    from postings
    inner join {{ ref('entity_period') }} as periods
        on
            postings.posting_entity_id = periods.entity_id
            and postings.posted_on <= periods.period_end
            and coalesce(periods.has_balances, true)
    group by
        postings.entity_id, postings.partner_entity_id, postings.is_first, periods.closing_id, postings.currency_code
),

translated as (
    select
        balances.entity_id,
        balances.partner_entity_id,
        balances.is_first,
        balances.closing_id,
        group_entity.currency_code,
        {{ translated(
            'balances.amount', 'balances.currency_code', 'group_entity.currency_code', 'rates.closing_rate'
        ) }} as amount
    from balances
    cross join (
        select currency_code from {{ ref('entity') }}
        where is_group
    ) as group_entity
    left join {{ ref('closing_rate') }} as rates
        on balances.currency_code = rates.currency_code and balances.closing_id = rates.closing_id
),

totals as (
    select
        entity_id,
        partner_entity_id,
        closing_id,
        currency_code,
        count(*) > count(amount) as is_without_rate,
        coalesce(sum(case when is_first then amount end), 0) as amount_a,
        coalesce(-sum(case when not is_first then amount end), 0) as amount_b
    from translated
    group by entity_id, partner_entity_id, closing_id, currency_code
)

select
    totals.entity_id,
    totals.partner_entity_id,
    closings.period_end,
    totals.currency_code,
    case when not totals.is_without_rate then totals.amount_a end as amount_a,
    totals.amount_b,
    'with ' || totals.partner_entity_id
    || case when totals.is_without_rate then '; no closing rate for some currency' else '' end as detail
from totals
inner join {{ ref('closing') }} as closings
    on totals.closing_id = closings.closing_id and closings.closing_type = 'regular'
