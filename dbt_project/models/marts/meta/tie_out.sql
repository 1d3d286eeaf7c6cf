-- Grain: one row per rule, entity, partner and period: two amounts that should agree, or that the reader may think do.
-- `is_expected_to_tie` tells the two apart: the first kind blocks publishing when it fails, the second is shown. A rule is a
-- model tie_out__<rule> with two sides, and a row of the rules: the product's, with the company's tolerance, owner and explanation.
with

candidates as (
    {% for rule in tie_out_models() -%}
        select
            {{ 'tie_out_id' if rule == 'line_to_channel' else "'" ~ rule ~ "' as tie_out_id" }},
            entity_id,
            {{ 'partner_entity_id' if rule == 'intercompany_pairs' else "'all' as partner_entity_id" }},
            period_end,
            currency_code,
            cast(amount_a as decimal(38, 6)) as amount_a,
            cast(amount_b as decimal(38, 6)) as amount_b,
            detail
        from {{ ref('tie_out__' ~ rule) }}
        where amount_a is not null or amount_b is not null
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    candidates.tie_out_id,
    rules.tie_out_name,
    candidates.entity_id,
    candidates.partner_entity_id,
    candidates.period_end,
    rules.amount_a_name,
    candidates.amount_a,
    rules.amount_b_name,
    candidates.amount_b,
    cast(candidates.amount_a - candidates.amount_b as decimal(38, 6)) as difference,
    coalesce(abs(candidates.amount_a - candidates.amount_b) <= rules.tolerance, false) as ties,
    rules.is_expected_to_tie,
    candidates.currency_code,
    cast(rules.tolerance as decimal(38, 6)) as tolerance,
    rules.tolerance_reason,
    rules.owner,
    candidates.detail,
    rules.explanation
from candidates
inner join {{ source('company', 'tie_out_rule') }} as rules
    on candidates.tie_out_id = rules.tie_out_id and rules.off_reason is null
