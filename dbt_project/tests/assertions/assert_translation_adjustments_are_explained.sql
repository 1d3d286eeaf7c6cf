-- Fails for each entity and closing whose translation adjustment is not what rates did to its net assets: more is left than
-- the rounding of its single amounts can be, so that something else than rates is in it.
select
    entity_id,
    closing_id,
    opening_amount,
    on_opening_net_assets_amount,
    on_result_amount,
    on_other_movements_amount,
    in_equity_accounts_amount,
    rounding_amount,
    closing_amount
from {{ ref('translation_roll_forward') }}
where coalesce(abs(rounding_amount) > rounding_limit_amount, true)
