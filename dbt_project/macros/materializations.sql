{#
  How models become tables and views: replaced in one statement that commits itself. dbt's own way builds beside what is
  there, renames twice, drops, and commits for each model, which other databases need for their readers. Nobody reads this
  warehouse while it is built, and what is published of it is copied. Hooks, grants and indexes, which no model here has,
  are refused rather than left out in silence.
#}
{% materialization view, adapter='duckdb' %}
    {{ return(replaced('view', 'create or replace view ' ~ this ~ ' as (' ~ sql ~ '\n)')) }}
{% endmaterialization %}

{% materialization table, adapter='duckdb' %}
    {% if config.get('contract').enforced %}
        {% set created = 'create or replace table ' ~ this ~ get_table_columns_and_constraints() ~ ';' %}
        {% set filled = 'insert into ' ~ this ~ ' ' ~ get_column_names() ~ ' (' ~ get_select_subquery(sql) ~ '\n)' %}
        {{ get_assert_columns_equivalent(sql) }}
        {{ return(replaced('table', created ~ filled)) }}
    {% endif %}
    {{ return(replaced('table', 'create or replace table ' ~ this ~ ' as (' ~ sql ~ '\n)')) }}
{% endmaterialization %}

{% macro replaced(kind, statement_text) %}
    {% for option in ['pre-hook', 'post-hook', 'grants', 'indexes'] if config.get(option) %}
        {{ exceptions.raise_compiler_error(this ~ ' has the config ' ~ option ~ ', which is not supported here.') }}
    {% endfor %}
    {% set existing = load_cached_relation(this) %}
    {% if existing is not none and existing.type != kind %}{{ adapter.drop_relation(existing) }}{% endif %}
    {% call statement('main', auto_begin=false) %}{{ statement_text }}{% endcall %}
    {{ return({'relations': [this.incorporate(type=kind)]}) }}
{% endmacro %}
