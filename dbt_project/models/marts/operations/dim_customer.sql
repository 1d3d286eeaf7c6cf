-- Grain: one row per customer, and `unknown`.
select
    customer_key,
    customer_id,
    channel,
    customer_name,
    business_type,
    country_name,
    surviving_customer_key
from {{ ref('customer') }}
