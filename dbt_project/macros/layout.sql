{# The roles of lines that are equity: what is left of assets and liabilities, and what translation may treat apart. #}
{% macro equity_roles() -%}
    ('capital', 'share_premium', 'reserves', 'retained_earnings', 'result_of_year', 'distributions', 'minority_interest')
{%- endmacro %}

{# The lines of a role, as a relation with the one column line_code. #}
{% macro lines_of_role(role) -%}
    (select line_code from {{ ref('layout_line') }} where role = '{{ role }}')
{%- endmacro %}
