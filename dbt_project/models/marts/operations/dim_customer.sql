-- Grain: one row per customer; consumers are known by their key alone.
select
    customer_id,
    channel,
    customer_name,
    business_type,
    country_name
from {{ ref('customer') }}
