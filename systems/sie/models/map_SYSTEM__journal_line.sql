-- Grain: one row per line of a voucher that counts, and per opening balance of an account.
-- Openings (#IB) are no vouchers: they are lines of one entry on the fiscal year's first day. Some programs post them as
-- a voucher too. Such a voucher is of the first day, on balance accounts only, and none of its lines is other than the
-- opening of its account; where the file states closings, they must not come out with it, else its text or all of its
-- lines must say so. Its lines that repeat #IB are left out, the others are openings; what was left out is told by
-- `assert_SYSTEM__openings_count_once`. Numbers of vouchers may be empty or come again, so the line of the file makes an
-- entry unique.
with

made as (
    select source_file, max(value) as made_on, max(known_at) as known_at
    from {{ ref('stg_SYSTEM__company') }}
    where label = 'GEN'
    group by source_file
),

-- A file holds its fiscal year from the first day on, so of several files of a year the one that was made last counts.
years as (
    select
        fiscal_years.source_file,
        fiscal_years.first_day,
        fiscal_years.last_day,
        row_number() over (
            partition by fiscal_years.first_day
            order by made.made_on desc nulls last, fiscal_years.known_at desc, fiscal_years.source_file desc
        ) = 1 as is_current
    from {{ ref('stg_SYSTEM__fiscal_year') }} as fiscal_years
    left join made on fiscal_years.source_file = made.source_file
    where fiscal_years.year_index = 0
),

vouchers as (
    select
        lines.*,
        years.first_day,
        lines.source_file || ':' || coalesce(lines.series, '') || ':' || coalesce(lines.voucher_number, '')
        || ':' || lines.voucher_row as entry_key
    from {{ ref('stg_SYSTEM__voucher_line') }} as lines
    left join years on lines.source_file = years.source_file
    where lines.is_counted and coalesce(years.is_current, true)
),

openings as (
    select balances.*, years.first_day
    from {{ ref('stg_SYSTEM__balance') }} as balances
    inner join years on balances.source_file = years.source_file
    where balances.kind = 'ib' and balances.year_index = 0 and years.is_current
),

closing_balances as (
    select source_file, account_code, sum(amount) as amount
    from {{ ref('stg_SYSTEM__balance') }}
    where kind = 'ub' and year_index = 0
    group by source_file, account_code
),

voucher_accounts as (
    select
        entry_key,
        source_file,
        posted_on = first_day as is_on_first_day,
        account_code,
        sum(amount) as amount,
        sum(sum(amount)) over (partition by source_file, account_code) as amount_of_year,
        bool_or(regexp_matches(
            strip_accents(lower(coalesce(voucher_text, '') || ' ' || coalesce(line_text, ''))),
            'ingaende|ing\.? ?(balans|saldo)|oppning|opening|^ib( |$)'
        )) as is_named_opening
    from vouchers
    group by entry_key, source_file, posted_on, first_day, account_code
),

compared as (
    select
        voucher_accounts.*,
        openings.amount as opening,
        voucher_accounts.amount <> 0 and voucher_accounts.amount = coalesce(openings.amount, 0) as is_repeated,
        openings.amount + voucher_accounts.amount_of_year - closing_balances.amount as beyond_closing
    from voucher_accounts
    left join openings
        on voucher_accounts.source_file = openings.source_file and voucher_accounts.account_code = openings.account_code
    left join closing_balances
        on
            voucher_accounts.source_file = closing_balances.source_file
            and voucher_accounts.account_code = closing_balances.account_code
),

doubled_openings as (
    select entry_key
    from compared
    group by entry_key
    having
        bool_and(is_on_first_day)
        and bool_and(substr(account_code, 1, 1) in ('1', '2'))
        and bool_or(is_repeated)
        and bool_and(is_repeated or opening is null)
        and not coalesce(bool_or(is_repeated and beyond_closing = 0), false)
        and (
            coalesce(bool_or(is_repeated and beyond_closing = amount), false)
            or bool_or(is_named_opening)
            or bool_and(is_repeated)
        )
),

closings as (
    select vouchers.entry_key
    from vouchers
    inner join years on vouchers.source_file = years.source_file
    group by vouchers.entry_key
    having
        min(vouchers.posted_on) >= min(years.last_day) - interval 31 day
        and bool_and(vouchers.account_code between '3' and '8999' or vouchers.account_code in ('2099', '2019'))
        and count(distinct vouchers.account_code) filter (where vouchers.account_code < '8990') > 2
        and bool_or(vouchers.account_code in ('2099', '2019', '8999'))
)

select
    vouchers.batch_id || ':' || vouchers.source_row as journal_line_id,
    vouchers.entry_key as journal_entry_id,
    cast(null as {{ dbt.type_string() }}) as ledger_id,
    'ENTITY' as entity_id,
    vouchers.posted_on,
    cast(vouchers.registered_on as {{ dbt.type_timestamp() }}) as entered_at,
    cast(null as {{ dbt.type_string() }}) as period_label,
    case
        when doubled_openings.entry_key is not null then 'opening'
        when closings.entry_key is not null then 'closing'
        else 'ordinary'
    end as entry_type,
    vouchers.account_code,
    cast(vouchers.amount as decimal(38, 6)) as amount,
    cast(null as decimal(38, 6)) as transaction_amount,
    cast(null as {{ dbt.type_string() }}) as transaction_currency_code,
    cast(null as {{ dbt.type_string() }}) as partner_entity_id,
    vouchers.department_code,
    json_extract_string(vouchers.objects, '$."8"') as customer_id,
    json_extract_string(vouchers.objects, '$."9"') as supplier_id,
    cast(null as {{ dbt.type_string() }}) as product_id,
    vouchers.series as document_type,
    json_extract_string(vouchers.objects, '$."10"') as document_id,
    cast(null as {{ dbt.type_string() }}) as reconciliation_id,
    coalesce(vouchers.line_text, vouchers.voucher_text) as description,
    {{ lineage_columns('vouchers') }}
from vouchers
left join doubled_openings on vouchers.entry_key = doubled_openings.entry_key
left join closings on vouchers.entry_key = closings.entry_key
left join compared on vouchers.entry_key = compared.entry_key and vouchers.account_code = compared.account_code
where doubled_openings.entry_key is null or not coalesce(compared.is_repeated, false)

union all

select
    batch_id || ':' || source_row as journal_line_id,
    source_file || ':IB' as journal_entry_id,
    cast(null as {{ dbt.type_string() }}) as ledger_id,
    'ENTITY' as entity_id,
    first_day as posted_on,
    cast(null as {{ dbt.type_timestamp() }}) as entered_at,
    cast(null as {{ dbt.type_string() }}) as period_label,
    'opening' as entry_type,
    account_code,
    cast(amount as decimal(38, 6)) as amount,
    cast(null as decimal(38, 6)) as transaction_amount,
    cast(null as {{ dbt.type_string() }}) as transaction_currency_code,
    cast(null as {{ dbt.type_string() }}) as partner_entity_id,
    cast(null as {{ dbt.type_string() }}) as department_code,
    cast(null as {{ dbt.type_string() }}) as customer_id,
    cast(null as {{ dbt.type_string() }}) as supplier_id,
    cast(null as {{ dbt.type_string() }}) as product_id,
    'IB' as document_type,
    cast(null as {{ dbt.type_string() }}) as document_id,
    cast(null as {{ dbt.type_string() }}) as reconciliation_id,
    cast(null as {{ dbt.type_string() }}) as description,
    {{ lineage_columns() }}
from openings
