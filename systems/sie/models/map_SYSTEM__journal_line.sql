-- Grain: one row per line of a voucher that counts, and per opening balance of an account.
-- Openings (#IB) are no vouchers: they are lines of one entry on the fiscal year's first day. Programs that post them as
-- a voucher too would count them twice: a voucher of the first day, on balance accounts only, each line of which is the
-- opening of its account, is left out. Which vouchers count as such, the test `assert_SYSTEM__openings_count_once` tells.
-- #TRANS carries the series and number of its voucher; numbers may be empty or come again, so the line of the file makes
-- an entry unique.
with

years as (
    select source_file, first_day, last_day
    from {{ ref('stg_SYSTEM__fiscal_year') }}
    where year_index = 0
),

vouchers as (
    select
        lines.*,
        years.first_day,
        lines.source_file || ':' || coalesce(lines.series, '') || ':' || coalesce(lines.voucher_number, '')
            || ':' || lines.voucher_row as entry_key
    from {{ ref('stg_SYSTEM__voucher_line') }} as lines
    left join years on lines.source_file = years.source_file
    where lines.is_counted
),

openings as (
    select balances.*, years.first_day
    from {{ ref('stg_SYSTEM__balance') }} as balances
    inner join years on balances.source_file = years.source_file
    where balances.kind = 'ib' and balances.year_index = 0
),

voucher_accounts as (
    select entry_key, source_file, posted_on, first_day, account_code, sum(amount) as amount
    from vouchers
    group by all
),

doubled_openings as (
    select voucher_accounts.entry_key
    from voucher_accounts
    left join openings
        on voucher_accounts.source_file = openings.source_file and voucher_accounts.account_code = openings.account_code
    group by voucher_accounts.entry_key
    having bool_and(voucher_accounts.posted_on = voucher_accounts.first_day)
        and bool_and(coalesce(openings.amount = voucher_accounts.amount, false) and voucher_accounts.amount <> 0)
),

closings as (
    select vouchers.entry_key
    from vouchers
    inner join years on vouchers.source_file = years.source_file
    group by vouchers.entry_key
    having min(vouchers.posted_on) >= min(years.last_day) - interval 31 day
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
    case when closings.entry_key is not null then 'closing' else 'ordinary' end as entry_type,
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
where doubled_openings.entry_key is null

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
