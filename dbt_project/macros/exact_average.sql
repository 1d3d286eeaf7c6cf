{#
  In a query with grouping: the mean of a DECIMAL column, rounded half up to `scale` decimals, exactly. A quotient passes
  through floating point, which may put a mean that lies half-way on the wrong side; comparing the remainder mends it.
#}
{% macro exact_average(column, scale) -%}
    {%- set unit = '0.' ~ '0' * (scale - 1) ~ '1' -%}
    {%- set mean = 'cast(avg(' ~ column ~ ') as decimal(38, ' ~ scale ~ '))' -%}
    {%- set remainder = '2 * (sum(' ~ column ~ ') - ' ~ mean ~ ' * count(' ~ column ~ '))' -%}
    {{ mean }} + case
        when {{ remainder }} >= {{ unit }} * count({{ column }}) then {{ unit }}
        when {{ remainder }} < -{{ unit }} * count({{ column }}) then -{{ unit }}
        else 0
    end
{%- endmacro %}

{#
  In a query with grouping: the mean of exchange rates, to eight decimals; to sixteen where a unit is worth less than a
  hundredth of the group's (rupiah, yen), so that amounts of billions are right to the cent.
#}
{% macro average_rate(column) -%}
    case
        when max({{ column }}) < 0.01 then cast({{ exact_average(column, 16) }} as decimal(38, 16))
        else cast({{ exact_average(column, 8) }} as decimal(38, 16))
    end
{%- endmacro %}

{# One currency in another, from the rates of both in a third, with as many decimals as count: see `average_rate`. #}
{% macro crossed_rate(rate, other_rate) -%}
    case
        when {{ rate }} < 0.01 * {{ other_rate }} then cast({{ rate }} / {{ other_rate }} as decimal(38, 16))
        else cast(cast(round({{ rate }} / {{ other_rate }}, 8) as decimal(38, 8)) as decimal(38, 16))
    end
{%- endmacro %}

{# An exchange rate with as many decimals as count: see `average_rate`. #}
{% macro rounded_rate(rate) -%}
    case when {{ rate }} < 0.01 then {{ rate }} else cast(round({{ rate }}, 8) as decimal(38, 16)) end
{%- endmacro %}
