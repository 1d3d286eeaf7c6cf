{# Currencies (ISO 4217) by the decimals of their smallest unit, where it is not a hundredth. #}
{% macro currencies_by_decimals() -%}
    {{ return({
        0: "('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF')",
        3: "('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND')",
        4: "('CLF', 'UYW')",
    }) }}
{%- endmacro %}

{#
  A computed amount (translated, a share of another) rounded half up to the smallest unit of its currency. What was posted or said by
  a document is never rounded: its sums are exact in all the decimals that it came with.
#}
{% macro in_smallest_unit(amount, currency_code) -%}
    case
        {% for decimals, currencies in currencies_by_decimals().items() -%}
            when {{ currency_code }} in {{ currencies }}
                then cast(round({{ amount }}, {{ decimals }}) as decimal(38, 6))
        {% endfor -%}
        else cast(round({{ amount }}, 2) as decimal(38, 6))
    end
{%- endmacro %}

{# The smallest unit of a currency. #}
{% macro smallest_unit(currency_code) -%}
    case
        {% for decimals, currencies in currencies_by_decimals().items() -%}
            when {{ currency_code }} in {{ currencies }} then cast('1e-{{ decimals }}' as decimal(38, 6))
        {% endfor -%}
        else cast(0.01 as decimal(38, 6))
    end
{%- endmacro %}
