{#
  The rows that mapping models give of an entity that company.yaml does not have, without a day, or of a day that is in no period of
  their entity: what they are, their money and their quantity as they state them. `contract`: what the contract says, by table. Reads the steps
  `entities`, `group_entity` and `calendar` of model row_out_of_place. The tables of the ledger have tests of their own, which block.
  All rows are put under each other first and looked up once: a look-up for each table holds its memory as long as the query runs.
#}
{% macro rows_out_of_place(contract) %}
{%- set tables = {} %}
{%- for table, rules in contract.items()
    if 'entity_id' in rules.types and table not in ['journal_line', 'reported_balance', 'budget_line'] %}
    {%- do tables.update({table: rules}) %}
{%- endfor %}
{%- set key_columns = tables.values() | map(attribute='key') | map('length') | max %}
with

stated as (
{%- for table, rules in tables.items() %}
{%- for model in mapping_models(table) %}
{%- set amounts = ['net_amount', 'amount', 'gross_amount', 'total_amount'] | select('in', rules.types) | list %}
{%- set money = [amounts[0], 'currency_code'] if amounts and 'currency_code' in rules.types else [] %}
{#- What stands on a day (a stock, a head count) does not add up over days. #}
{%- set counted = [] %}
{%- if 'unit' in rules.types and table not in ['stock_balance', 'statistical_line'] %}
    {%- set quantities = rules.types.items() | selectattr(1, 'equalto', 'quantity') | map('first') | list %}
    {%- if quantities %}{% do counted.extend([quantities[0], 'unit']) %}{% endif %}
{%- endif %}
{%- set needed = (['source_system', 'entity_id'] + rules.key | list + rules.counts_on | list + money + counted) | unique | list %}
{%- set days = [] %}
{%- set times = [] %}
{%- for column in rules.counts_on %}
    {%- if rules.types[column] == 'time' %}{% do times.append(column) %}{% else %}{% do days.append('cast(' ~ column ~ ' as date)') %}{% endif %}
{%- endfor %}
    select
        source_system,
        '{{ table | replace("_", " ") }}' as document_type,
        {%- for place in range(key_columns) %}
        {% if place < rules.key | length -%}
        coalesce(cast({{ rules.key[place] }} as {{ dbt.type_string() }}), '(none)')
        {%- else %}cast(null as {{ dbt.type_string() }}){% endif %} as key_{{ place }},
        {%- endfor %}
        cast(entity_id as {{ dbt.type_string() }}) as entity_id,
        {{ 'true' if rules.counts_on else 'false' }} as has_a_day,
        coalesce({{ (['cast(null as date)'] + days) | join(', ') }}) as stated_on,
        cast({{ times[0] if times else 'null' }} as timestamp) as stated_at,
        cast({{ money[0] if money else 'null' }} as decimal(38, 6)) as amount,
        {{ "nullif(trim(cast(currency_code as " ~ dbt.type_string() ~ ")), '')" if money
            else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as currency_code,
        cast({{ counted[0] if counted else 'null' }} as decimal(38, 6)) as quantity,
        cast({{ 'unit' if counted else 'null' }} as {{ dbt.type_string() }}) as unit
    from {{ with_columns(ref(model), needed) }}
    union all
{%- endfor %}
{%- endfor %}
    select
        {%- for column in ['source_system', 'document_type'] %} cast(null as {{ dbt.type_string() }}) as {{ column }},{% endfor %}
        {%- for place in range(key_columns) %} cast(null as {{ dbt.type_string() }}) as key_{{ place }},{% endfor %}
        cast(null as {{ dbt.type_string() }}) as entity_id, false as has_a_day, cast(null as date) as stated_on,
        cast(null as timestamp) as stated_at, cast(null as decimal(38, 6)) as amount,
        cast(null as {{ dbt.type_string() }}) as currency_code, cast(null as decimal(38, 6)) as quantity,
        cast(null as {{ dbt.type_string() }}) as unit
    where 1 = 0
),

dated as (
    select
        stated.*,
        coalesce(
            stated.stated_on,
            {{ business_date('stated.stated_at', 'coalesce(entities.time_zone, group_entity.time_zone)') }}
        ) as counts_on,
        stated.entity_id is not null and entities.entity_id is null as is_of_unknown_entity,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(stated.currency_code, entities.currency_code, group_entity.currency_code) as known_currency_code
    from stated
    cross join group_entity
    left join entities on stated.entity_id = entities.entity_id
)

select
    dated.source_system,
    dated.document_type,
    concat_ws('/'{% for place in range(key_columns) %}, dated.key_{{ place }}{% endfor %}) as document_id,
    dated.entity_id,
    dated.is_of_unknown_entity,
    dated.has_a_day and calendar.closing_id is null as is_in_no_period,
    dated.counts_on,
    dated.amount,
    dated.known_currency_code as currency_code,
    dated.quantity,
    dated.unit
from dated
left join calendar on dated.counts_on = calendar.date_day and dated.known_entity_id = calendar.entity_id
where dated.is_of_unknown_entity or (dated.has_a_day and calendar.closing_id is null)
{% endmacro %}
