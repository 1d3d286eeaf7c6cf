{#
  The rows that a company's systems supply for a table of the contract, in the columns and types that core gives them; none
  gives an empty table. Which mapping models there are, map_<system>__<table>, is found from their names and handed over in
  TIEOUT_MAPPING_MODELS. A column that a mapping does not have is NULL; `tieout check` says which, and whether the contract
  lets it be missing. The lineage columns come along, unless rows are of no single source row (`has_lineage`).
#}
{% macro supplied(table, columns, has_lineage=true) %}
    {%- set types = {
        'string': dbt.type_string(), 'int': dbt.type_int(), 'bigint': dbt.type_bigint(), 'timestamp': dbt.type_timestamp()
    } -%}
    {%- set lineage = {
        'source_system': 'string', 'source_table': 'string', 'batch_id': 'string', 'source_row': 'bigint',
        'known_at': 'timestamp'
    } -%}
    {%- set typed = dict(columns, **lineage) if has_lineage else columns -%}
    {%- for model in mapping_models(table) %}
    select
        {%- for column, type in typed.items() %}
        cast({{ column }} as {{ types.get(type, type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ with_columns(ref(model), typed.keys()) }}
    {{ 'union all' if not loop.last }}
    {%- else %}
    select
        {%- for column, type in typed.items() %}
        cast(null as {{ types.get(type, type) }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    where 1 = 0
    {%- endfor %}
{% endmacro %}

{# A relation with those of `columns` that it lacks as NULL. #}
{% macro with_columns(relation, columns) %}
    {{ return(adapter.dispatch('with_columns', 'tieout')(relation, columns)) }}
{% endmacro %}

{% macro default__with_columns(relation, columns) %}
    {{ return(relation) }}
{% endmacro %}

{% macro duckdb__with_columns(relation, columns) -%}
    {%- set nulls = [] -%}
    {%- for column in columns %}{% do nulls.append('null as ' ~ column) %}{% endfor -%}
    {{ return('(select * from ' ~ relation ~ ' union all by name select ' ~ nulls | join(', ') ~ ' where 1 = 0) as supplied') }}
{%- endmacro %}

{# The mapping models of a table of the contract, in the order of their names. #}
{% macro mapping_models(table) %}
    {%- set found = [] -%}
    {%- for model in env_var('TIEOUT_MAPPING_MODELS', '').split() if model.endswith('__' ~ table) -%}
        {%- do found.append(model) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# The tables of the contract that some system of the company supplies. #}
{% macro supplied_tables() %}
    {%- set found = [] -%}
    {%- for model in env_var('TIEOUT_MAPPING_MODELS', '').split() if model.split('__')[-1] not in found -%}
        {%- do found.append(model.split('__')[-1]) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# The systems that supply one table of the contract and not another: those whose stock is the sum of their movements. #}
{% macro systems_without(table, other_table) %}
    {%- set having = [] -%}
    {%- for model in mapping_models(table) -%}{%- do having.append(model.split('__')[0]) -%}{%- endfor -%}
    {%- set found = [] -%}
    {%- for model in mapping_models(other_table) if model.split('__')[0] not in having -%}
        {%- do found.append(model.split('__')[0]) -%}
    {%- endfor -%}
    {{ return(found) }}
{% endmacro %}

{# Whether documents of a table may be about orders of another system: both tables are not of one and the same system. #}
{% macro has_other_systems(document_table, order_table) %}
    {%- set systems = [] -%}
    {%- for model in mapping_models(document_table) + mapping_models(order_table)
        if model.split('__')[0] not in systems -%}
        {%- do systems.append(model.split('__')[0]) -%}
    {%- endfor -%}
    {{ return(systems | length > 1) }}
{% endmacro %}

{# What the contract says of the rows of its tables, by table; handed over in TIEOUT_CONTRACT. #}
{% macro contract_tables() %}
    {{ return(fromjson(env_var('TIEOUT_CONTRACT', '{}'))) }}
{% endmacro %}
