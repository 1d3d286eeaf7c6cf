-- Grain: one row per sales person and quarter: the sales target of the reseller channel, EUR.
select
    'sales_quota_amount' as target_name,
    entity_id,
    sales_person_id as owner_id,
    'reseller' as channel,
    quarter_starts_on as from_on,
    quota_amount as amount,
    'EUR' as currency_code,
    true as is_leading,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__sales_quota') }}
