{{ config(materialized='view') }}
-- Grain: one row per rule of what should tie, with or without data of both sides, switched off or not. A rule needs tables of the
-- contract, of alternatives one; `missing_source` names those that no system of the company supplies.
with

supplied as (
    {%- for table in supplied_tables() %}
        select '{{ table }}' as table_name
        {{- ' union all' if not loop.last }}
    {%- else %}
        select cast(null as {{ dbt.type_string() }}) as table_name
        where 1 = 0
    {%- endfor %}
),

needs as (
    select
        needs.tie_out_id,
        needs.need_number,
        string_agg(needs.table_name, ' or ' order by needs.table_name) as tables,
        count(supplied.table_name) as supplied_count
    from {{ source('company', 'tie_out_need') }} as needs
    left join supplied on needs.table_name = supplied.table_name
    group by needs.tie_out_id, needs.need_number
),

missing as (
    select
        tie_out_id,
        string_agg(tables, ', ' order by need_number) as missing_source
    from needs
    where supplied_count = 0
    group by tie_out_id
),

found as (
    select
        tie_out_id,
        count(case when amount_a is not null and amount_b is not null then 1 end) as pair_count,
        count(case when not ties then 1 end) as difference_count
    from {{ ref('tie_out') }}
    group by tie_out_id
)

select
    rules.tie_out_id,
    rules.tie_out_name,
    rules.amount_a_name,
    rules.amount_b_name,
    rules.is_expected_to_tie,
    cast(rules.tolerance as decimal(38, 6)) as tolerance,
    rules.tolerance_reason,
    rules.owner,
    rules.explanation,
    coalesce(found.pair_count, 0) > 0 as has_data,
    case
        when rules.off_reason is not null then 'off'
        when found.difference_count > 0 then 'differs'
        when found.pair_count > 0 then 'ties'
        when missing.missing_source is not null then 'no source'
        else 'no data'
    end as status,
    missing.missing_source,
    rules.off_reason
from {{ source('company', 'tie_out_rule') }} as rules
left join missing on rules.tie_out_id = missing.tie_out_id
left join found on rules.tie_out_id = found.tie_out_id
