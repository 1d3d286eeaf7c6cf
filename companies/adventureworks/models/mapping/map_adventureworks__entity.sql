-- Grain: one row per organisation unit, and one for what no unit's ledger covers.
with

organizations as (select * from {{ ref('stg_adventureworks_finance__dim_organization') }}),

currencies as (select * from {{ ref('stg_adventureworks_finance__dim_currency') }}),

ledger_organizations as (
    select distinct organization_key from {{ ref('stg_adventureworks_finance__fact_finance') }}
),

units as (
    select
        {{ entity_id('organizations.organization_key') }} as entity_id,
        organizations.organization_name as entity_name,
        {{ entity_id('organizations.parent_organization_key') }} as parent_entity_id,
        currencies.currency_code,
        organizations.ownership_share,
        organizations.parent_organization_key is null as is_group,
        ledger_organizations.organization_key is not null as has_ledger,
        {{ lineage_columns('organizations') }}
    from organizations
    inner join currencies on organizations.currency_key = currencies.currency_key
    left join ledger_organizations on organizations.organization_key = ledger_organizations.organization_key
),

without_ledger as (
    select
        'AW-00' as entity_id,
        'No ledger entity' as entity_name,
        entity_id as parent_entity_id,
        currency_code,
        cast(null as decimal(9, 4)) as ownership_share,
        false as is_group,
        false as has_ledger,
        {{ lineage_columns() }}
    from units
    where is_group
),

final as (
    select * from units
    union all
    select * from without_ledger
)

select * from final
