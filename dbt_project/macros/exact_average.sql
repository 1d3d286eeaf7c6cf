{#
  In a query with grouping: the mean of a DECIMAL column, rounded half up to `scale` decimals, exactly. A quotient passes
  through floating point, which may put a mean that lies half-way on the wrong side; comparing the remainder mends it.
#}
{% macro exact_average(column, scale) -%}
    {%- set unit = '0.' ~ '0' * (scale - 1) ~ '1' -%}
    {%- set mean = 'cast(avg(' ~ column ~ ') as decimal(18, ' ~ scale ~ '))' -%}
    {%- set remainder = '2 * (sum(' ~ column ~ ') - ' ~ mean ~ ' * count(' ~ column ~ '))' -%}
    {{ mean }} + case
        when {{ remainder }} >= {{ unit }} * count({{ column }}) then {{ unit }}
        when {{ remainder }} < -{{ unit }} * count({{ column }}) then -{{ unit }}
        else 0
    end
{%- endmacro %}
