-- Grain: one row per pair of currencies, day and kind of rate.
select
    from_currency as from_currency_code,
    to_currency as to_currency_code,
    cast(rate_on as date) as rate_on,
    kind,
    cast(rate as decimal(38, 12)) as rate,
    'cases' as source_system,
    'rates' as source_table,
    'one' as batch_id,
    row_number() over () as source_row,
    timestamp '2025-02-05 00:00:00' as known_at
from {{ source('company', 'rates') }}
