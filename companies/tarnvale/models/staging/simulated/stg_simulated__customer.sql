-- Grain: one row per customer.
select
    customer_id,
    customer_name,
    entity_id,
    territory_id,
    channel,
    country_code,
    currency_code,
    payment_terms_days,
    credit_limit_amount,
    created_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'customer') }}
