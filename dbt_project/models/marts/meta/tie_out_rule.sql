{{ config(materialized='view') }}
-- Grain: one row per rule of what should tie, with or without data of both sides.
select
    rules.tie_out_id,
    rules.tie_out_name,
    rules.amount_a_name,
    rules.amount_b_name,
    rules.is_expected_to_tie,
    cast(rules.tolerance as decimal(38, 2)) as tolerance,
    rules.tolerance_reason,
    rules.owner,
    rules.explanation,
    coalesce(found.row_count, 0) > 0 as has_data
from {{ source('company', 'tie_out_rule') }} as rules
left join (
    select
        tie_out_id,
        count(case when amount_a is not null and amount_b is not null then 1 end) as row_count
    from {{ ref('tie_out') }}
    group by tie_out_id
) as found on rules.tie_out_id = found.tie_out_id
