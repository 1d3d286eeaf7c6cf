{# The key of what a document names, unique over all systems of a company: two systems may use the same number. #}
{% macro system_key(system, id) -%}
    {{ system }} || '/' || {{ id }}
{%- endmacro %}

{# The business date of a time in UTC: the date that the clocks of a time zone show, whatever zone the machine is in. #}
{% macro business_date(timestamp, time_zone) -%}
    {{ return(adapter.dispatch('business_date', 'tieout')(timestamp, time_zone)) }}
{%- endmacro %}

{% macro default__business_date(timestamp, time_zone) -%}
    cast(from_utc_timestamp({{ timestamp }}, coalesce({{ time_zone }}, 'UTC')) as date)
{%- endmacro %}

{% macro duckdb__business_date(timestamp, time_zone) -%}
    cast(timezone(coalesce({{ time_zone }}, 'UTC'), timezone('UTC', {{ timestamp }})) as date)
{%- endmacro %}

{#
  An amount of a document in another currency, rounded half up to its smallest unit; unchanged where the currency is the same.
  No rate gives NULL, which the test document_amounts_have_a_rate refuses.
#}
{% macro translated(amount, from_currency, to_currency, rate) -%}
    case
        when {{ from_currency }} = {{ to_currency }} then cast({{ amount }} as decimal(38, 6))
        else {{ in_smallest_unit('cast(' ~ amount ~ ' as decimal(38, 6)) * ' ~ rate, to_currency) }}
    end
{%- endmacro %}

{# As much of an amount as there is of `cap`, and nothing of an amount of the other sign. #}
{% macro up_to(amount, cap) -%}
    case
        when {{ cap }} >= 0 then least(greatest({{ amount }}, 0), {{ cap }})
        else greatest(least({{ amount }}, 0), {{ cap }})
    end
{%- endmacro %}

{#
  The joins that find what a document names: `alias` by the number of its own system, `alias`_elsewhere by that of another system
  where its own does not have the number (an ERP that keeps the products of a shop). `found_key` says what was found. A number that
  was found is not looked for again.
#}
{% macro named_by(documents, id, table, alias, key) -%}
    left join {{ ref(table) }} as {{ alias }}
        on {{ documents }}.{{ id }} = {{ alias }}.{{ id }} and {{ documents }}.source_system = {{ alias }}.source_system
    left join (
        select {{ id }}, min({{ key }}) as {{ key }} from {{ ref(table) }} group by {{ id }}
    ) as {{ alias }}_elsewhere
        on case when {{ alias }}.{{ key }} is null then {{ documents }}.{{ id }} end = {{ alias }}_elsewhere.{{ id }}
{%- endmacro %}

{% macro found_key(alias, key) -%}
    coalesce({{ alias }}.{{ key }}, {{ alias }}_elsewhere.{{ key }}, 'unknown')
{%- endmacro %}

{# The same for a product: by its version where the document names one, else the version of the document's day. #}
{% macro product_named_by(documents, day) -%}
    {{ named_by(documents, 'product_version_id', 'product', 'product_version', 'product_key') }}
    left join {{ ref('product_validity') }} as product_on_day
        on
            case
                when coalesce(product_version.product_key, product_version_elsewhere.product_key) is null
                    then {{ documents }}.product_id
            end = product_on_day.product_id
            and {{ documents }}.source_system = product_on_day.scope_system
            and {{ documents }}.{{ day }} between product_on_day.from_on and product_on_day.to_on
    left join {{ ref('product_validity') }} as product_elsewhere
        on
            case
                when
                    coalesce(
                        product_version.product_key, product_version_elsewhere.product_key, product_on_day.product_key
                    ) is null
                    then {{ documents }}.product_id
            end = product_elsewhere.product_id
            and product_elsewhere.scope_system = 'any'
            and {{ documents }}.{{ day }} between product_elsewhere.from_on and product_elsewhere.to_on
{%- endmacro %}

{% macro found_product_key() -%}
    coalesce(
        product_version.product_key, product_version_elsewhere.product_key, product_on_day.product_key,
        product_elsewhere.product_key, 'unknown'
    )
{%- endmacro %}

{#
  Documents that name a line of an order, with `order_system`: the system whose order it is. That is their own, or where it does not
  have the line and just one other does, that one (a warehouse that ships the orders of a shop). `lines`: the step with the documents.
#}
{% macro with_order_system(lines, document_table, order_table, order_id, order_line_id) -%}
{%- if has_other_systems(document_table, order_table) %}
, order_numbers as (
    {{ order_numbers(order_table, order_id, order_line_id) }}
)

, elsewhere as (
    select {{ order_id }}, {{ order_line_id }}, min(source_system) as source_system
    from order_numbers
    group by {{ order_id }}, {{ order_line_id }}
    having count(distinct source_system) = 1
)

select
    {{ lines }}.*,
    coalesce(own.source_system, elsewhere.source_system, {{ lines }}.source_system) as order_system
from {{ lines }}
left join (select distinct source_system, {{ order_id }}, {{ order_line_id }} from order_numbers) as own
    on
        {{ lines }}.source_system = own.source_system
        and {{ lines }}.{{ order_id }} = own.{{ order_id }}
        and {{ lines }}.{{ order_line_id }} = own.{{ order_line_id }}
left join elsewhere
    on
        case when own.source_system is null then {{ lines }}.{{ order_id }} end = elsewhere.{{ order_id }}
        and {{ lines }}.{{ order_line_id }} = elsewhere.{{ order_line_id }}
{%- else %}

select
    *,
    source_system as order_system
from {{ lines }}
{%- endif %}
{%- endmacro %}

{% macro order_numbers(order_table, order_id, order_line_id) -%}
    {{ supplied(table=order_table, columns={order_id: 'string', order_line_id: 'string'}) }}
{%- endmacro %}

{# Whether a quantity of a document counts in the unit of its order line: one that says none is in the other's. #}
{% macro is_same_unit(unit, order_unit) -%}
    coalesce({{ unit }}, {{ order_unit }}, '') = coalesce({{ order_unit }}, {{ unit }}, '')
{%- endmacro %}
