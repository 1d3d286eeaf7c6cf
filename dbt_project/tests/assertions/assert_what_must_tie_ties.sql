-- Fails for each tie-out that must agree and does not: an unbalanced balance sheet, a cash flow that does not give the
-- change of cash, a statement that is not the ledger. Nobody can trust a mart in which these differ, so it blocks.
select
    tie_out_id,
    entity_id,
    period_end,
    amount_a,
    amount_b,
    difference
from {{ ref('tie_out') }}
where is_expected_to_tie and not ties
