-- Grain: one row per order.
select
    sales_order_id,
    order_type,
    entity_id,
    customer_id,
    buying_entity_id,
    channel,
    territory_id,
    sales_person_id,
    currency_code,
    ordered_on,
    requested_on,
    promised_on,
    entered_on,
    {{ lineage_columns() }}
from {{ source('simulated', 'sales_order') }}
