-- Grain: one row per account that was posted on; of several names the newest counts.
select
    account_code,
    coalesce(nullif(trim(account_name), ''), account_code) as account_name,
    cast(null as {{ dbt.type_string() }}) as parent_account_code,
    'class ' || substr(account_code, 1, 1) as source_account_type,
    {{ lineage_columns() }}
from {{ ref('stg_SYSTEM__entry_line') }}
where account_code is not null
qualify row_number() over (
    partition by account_code
    order by account_name is null, posted_on desc, known_at desc, batch_id desc, source_row desc
) = 1
