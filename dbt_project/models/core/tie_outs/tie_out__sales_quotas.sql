-- Grain: one row per group with quotas in the leading system and in others: their sums.
select
    group_entity.entity_id,
    quotas.period_end,
    group_entity.currency_code,
    quotas.leading_amount as amount_a,
    quotas.other_amount as amount_b,
    cast(null as {{ dbt.type_string() }}) as detail
from (
    select
        max(from_on) as period_end,
        sum(case when is_leading then amount end) as leading_amount,
        sum(case when not is_leading then amount end) as other_amount
    from {{ ref('target_line') }}
    where target_name = 'sales_quota_amount'
) as quotas
cross join (
    select entity_id, currency_code from {{ ref('entity') }}
    where is_group
) as group_entity
where quotas.leading_amount is not null and quotas.other_amount is not null
