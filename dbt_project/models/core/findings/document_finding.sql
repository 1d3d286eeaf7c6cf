-- Grain: one row per finding, system and kind of document: how many documents are kept although something about them is odd, what they
-- amount to in the group's currency, else how much they are where they have one unit, and what they name (a key that no system knows,
-- else the document), the largest first. Nothing is dropped for a finding; a warning tells them. No fault, and told without a warning,
-- are documents from before the books of their entity and statistical lines that do not say whether they are movements or balances,
-- unless others of their quantity are movements.
{% set names_shown = 5 %}
with

group_entity as (
    select currency_code from {{ ref('entity') }}
    where is_group
),

findings as (
    {%- for room in ['out_of_place', 'order_line', 'stock', 'reference', 'open_item', 'statistical'] %}
        select * from {{ ref(room ~ '_finding') }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

placed as (
    select
        *,
        row_number() over (
            partition by finding, source_system, document_type
            order by abs(amount) desc nulls last, abs(quantity) desc nulls last, document_count desc, named asc
        ) as place
    from findings
)

select
    placed.finding,
    placed.source_system,
    placed.document_type,
    cast(sum(placed.document_count) as {{ dbt.type_bigint() }}) as document_count,
    cast(sum(placed.amount) as decimal(38, 6)) as amount,
    group_entity.currency_code,
    case
        when max(placed.unit) = min(placed.other_unit) then cast(sum(placed.quantity) as decimal(38, 6))
    end as quantity,
    case when max(placed.unit) = min(placed.other_unit) then nullif(max(placed.unit), '') end as unit,
    min(placed.example_id) as example_id,
    string_agg(
        case
            when placed.place <= {{ names_shown }} then placed.named || case
                when placed.is_key
                    then ' (' || cast(placed.document_count as {{ dbt.type_string() }}) || case
                        when placed.amount is null then ''
                        else ', ' || cast(cast(placed.amount as decimal(38, 2)) as {{ dbt.type_string() }})
                    end || ')'
                else ''
            end
        end,
        ', ' order by placed.place
    ) || case
        when count(*) > {{ names_shown }}
            then ' and ' || cast(count(*) - {{ names_shown }} as {{ dbt.type_string() }}) || ' more'
        else ''
    end as named
from placed
cross join group_entity
group by placed.finding, placed.source_system, placed.document_type, group_entity.currency_code
