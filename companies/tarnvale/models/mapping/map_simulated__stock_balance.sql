-- Grain: one row per site, product and day, in the currency of the site's entity.
with

balances as (select * from {{ ref('stg_simulated__stock_balance') }}),

entities as (select * from {{ ref('stg_simulated__entity') }})

select
    balances.entity_id,
    balances.site_id,
    balances.product_id as stock_item_id,
    balances.product_key,
    balances.balance_on,
    balances.received_qty,
    balances.issued_qty,
    balances.balance_qty,
    balances.unit_cost_amount,
    entities.currency_code,
    {{ lineage_columns('balances') }}
from balances
inner join entities on balances.entity_id = entities.entity_id
