{# The demo company that is loaded: TIEOUT_DEMO. #}
{% macro demo() %}
    {{ return(env_var('TIEOUT_DEMO', 'adventureworks')) }}
{% endmacro %}
