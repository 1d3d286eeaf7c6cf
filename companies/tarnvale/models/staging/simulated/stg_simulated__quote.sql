-- Grain: one row per quote.
select
    quote_id,
    entity_id,
    customer_id,
    quoted_on,
    valid_until_on,
    currency_code,
    quoted_amount,
    sales_order_id,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'quote') }}
