-- Grain: one row per line of a journal entry.
-- An entry is a journal and a number of a file. Where the number is 0 or missing, or starts again so that the lines of
-- each day balance by themselves, the day belongs to it. Opening and closing entries have no mark in a FEC; they are
-- known by their pattern.
with

staged as (
    select
        *,
        debit - credit as amount,
        sum(debit - credit) over (partition by batch_id, journal_code, entry_number, posted_on) as amount_of_day
    from {{ ref('stg_SYSTEM__entry_line') }}
),

lines as (
    select
        *,
        batch_id || ':' || coalesce(journal_code, '') || ':' || coalesce(entry_number, '0') || case
            when
                entry_number is null
                or bool_and(amount_of_day = 0) over (partition by batch_id, journal_code, entry_number)
                then ':' || posted_on
            else ''
        end as entry_key,
        coalesce(substr(account_code, 1, 1), '') as account_class,
        min(posted_on) over (partition by batch_id) as first_day,
        max(posted_on) over (partition by batch_id) as last_day
    from staged
),

entries as (
    select
        entry_key,
        sum(amount) = 0 as is_balanced,
        min(posted_on) = min(first_day) as is_on_first_day,
        min(posted_on) >= min(last_day) - interval 35 day as is_at_year_end,
        bool_and(account_class between '1' and '5') as has_balance_accounts_only,
        bool_and(account_class in ('6', '7') or substr(account_code, 1, 2) = '12') as has_result_accounts_only,
        bool_or(account_class in ('6', '7')) and bool_or(substr(account_code, 1, 2) = '12') as closes_the_result,
        count(distinct account_code) as accounts,
        bool_or(
            upper(journal_code) in (
                'AN', 'ANO', 'RAN', 'AD', 'A-N', 'A.N', 'ANV', 'ANX', 'REPRISE', 'OUV', 'AA', 'AND', 'ANC'
            )
            or regexp_matches(
                strip_accents(lower(coalesce(journal_name, '') || ' ' || coalesce(description, ''))),
                '(a[- ]?nouveau|reports? a nouveau|ouverture|bilan d.ouverture|reprise des soldes)'
            )
        ) as is_named_opening
    from lines
    group by entry_key
),

typed as (
    select
        entry_key,
        case
            when closes_the_result and has_result_accounts_only and is_at_year_end and accounts > 2 then 'closing'
            when is_on_first_day and has_balance_accounts_only and (is_named_opening or (is_balanced and accounts >= 8))
                then 'opening'
            else 'ordinary'
        end as entry_type
    from entries
)

select
    lines.batch_id || ':' || lines.source_row as journal_line_id,
    lines.entry_key as journal_entry_id,
    cast(null as {{ dbt.type_string() }}) as ledger_id,
    'ENTITY' as entity_id,
    lines.posted_on,
    cast(null as {{ dbt.type_timestamp() }}) as entered_at,
    cast(null as {{ dbt.type_string() }}) as period_label,
    typed.entry_type,
    lines.account_code,
    cast(lines.amount as decimal(38, 6)) as amount,
    cast(
        case when lines.amount < 0 then -abs(lines.transaction_amount) else abs(lines.transaction_amount) end
        as decimal(38, 6)
    ) as transaction_amount,
    lines.transaction_currency_code,
    cast(null as {{ dbt.type_string() }}) as partner_entity_id,
    cast(null as {{ dbt.type_string() }}) as department_code,
    case when lines.account_code like '41%' then lines.partner_code end as customer_id,
    case when lines.account_code like '40%' then lines.partner_code end as supplier_id,
    cast(null as {{ dbt.type_string() }}) as product_id,
    lines.journal_code as document_type,
    lines.document_id,
    case
        when lines.reconciliation_code is not null
            then lines.account_code || ':' || coalesce(lines.partner_code, '') || ':' || lines.reconciliation_code
    end as reconciliation_id,
    lines.description,
    {{ lineage_columns('lines') }}
from lines
inner join typed on lines.entry_key = typed.entry_key
