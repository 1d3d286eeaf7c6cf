{#
  The rows that companies supply for a core table, in the columns and types that core gives them; none gives an empty table.
  `by` names the mapping models: adding a company is adding its model here. A demo company's model counts only while
  TIEOUT_DEMO names the demo. The lineage columns come along, unless rows are of no single source row (`has_lineage`).
#}
{% macro supplied(by, columns, has_lineage=true) %}
    {%- set types = {
        'string': dbt.type_string(), 'int': dbt.type_int(), 'bigint': dbt.type_bigint(), 'timestamp': dbt.type_timestamp()
    } -%}
    {%- set lineage = {
        'source_system': 'string', 'source_table': 'string', 'batch_id': 'string', 'source_row': 'bigint',
        'known_at': 'timestamp'
    } -%}
    {%- set typed = dict(columns, **lineage) if has_lineage else columns -%}
    {%- for model in by if is_loaded(model) %}
    select
        {%- for column, type in typed.items() %}
        cast({{ column }} as {{ types.get(type, type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref(model) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for column, type in typed.items() %}
        cast(null as {{ types.get(type, type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{# Whether a mapping model, map_<company>__<table>, is of a company that is loaded: the demo that is chosen, or no demo. #}
{% macro is_loaded(model) %}
    {%- set company = model.split('__')[0] | replace('map_', '') -%}
    {{ return(company not in var('demos') or company == demo()) }}
{% endmacro %}
