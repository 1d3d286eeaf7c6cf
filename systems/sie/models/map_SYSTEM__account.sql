-- Grain: one row per account of the chart; of several files the newest counts.
with

names as (
    select *
    from {{ ref('stg_SYSTEM__account') }}
    where kind = 'konto' and account_code is not null
    qualify row_number() over (partition by account_code order by known_at desc, source_file desc, source_row desc) = 1
),

types as (
    select *
    from {{ ref('stg_SYSTEM__account') }}
    where kind = 'ktyp' and account_code is not null
    qualify row_number() over (partition by account_code order by known_at desc, source_file desc, source_row desc) = 1
)

select
    names.account_code,
    coalesce(nullif(trim(names.value), ''), names.account_code) as account_name,
    cast(null as {{ dbt.type_string() }}) as parent_account_code,
    types.value as source_account_type,
    {{ lineage_columns('names') }}
from names
left join types on names.account_code = types.account_code
