{#
  The rows that mapping models give of an entity that company.yaml does not have, without a day, or of a day that is in no period of
  their entity: what they are, their money and their quantity as they state them. `contract`: what the contract says, by table. Reads the steps
  `entities`, `group_entity` and `calendar` of model document_finding. The tables of the ledger have tests of their own, which block.
#}
{% macro rows_out_of_place(contract) %}
{%- for table, rules in contract.items()
    if 'entity_id' in rules.types and table not in ['journal_line', 'reported_balance', 'budget_line'] %}
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
{%- set days = ['cast(null as date)'] %}
{%- for column in rules.counts_on %}
    {%- if rules.types[column] == 'time' %}
        {%- do days.append(business_date('lines.' ~ column, 'coalesce(entities.time_zone, group_entity.time_zone)')) %}
    {%- else %}
        {%- do days.append('cast(lines.' ~ column ~ ' as date)') %}
    {%- endif %}
{%- endfor %}
{%- set day = 'coalesce(' ~ days | join(', ') ~ ')' %}
select
    lines.source_system,
    '{{ table | replace("_", " ") }}' as document_type,
    {% for column in rules.key -%}
    coalesce(cast(lines.{{ column }} as {{ dbt.type_string() }}), '(none)')
    {{- " || '/' || " if not loop.last }}
    {%- endfor %} as document_id,
    cast(lines.entity_id as {{ dbt.type_string() }}) as entity_id,
    lines.entity_id is not null and entities.entity_id is null as is_of_unknown_entity,
    {{ 'calendar.closing_id is null' if rules.counts_on else 'false' }} as is_in_no_period,
    {{ day }} as counts_on,
    cast({{ 'lines.' ~ money[0] if money else 'null' }} as decimal(38, 6)) as amount,
    coalesce(
        {{ "nullif(trim(cast(lines.currency_code as " ~ dbt.type_string() ~ ")), '')" if money else 'null' }},
        entities.currency_code, group_entity.currency_code
    ) as currency_code,
    cast({{ 'lines.' ~ counted[0] if counted else 'null' }} as decimal(38, 6)) as quantity,
    cast({{ 'lines.unit' if counted else 'null' }} as {{ dbt.type_string() }}) as unit
from (select {{ needed | join(', ') }} from {{ with_columns(ref(model), needed) }}) as lines
cross join group_entity
left join entities on lines.entity_id = entities.entity_id
{%- if rules.counts_on %}
left join calendar
    on {{ day }} = calendar.date_day and coalesce(entities.entity_id, group_entity.entity_id) = calendar.entity_id
{%- endif %}
where
    (lines.entity_id is not null and entities.entity_id is null)
    {%- if rules.counts_on %} or calendar.closing_id is null{% endif %}
union all
{%- endfor %}
{%- endfor %}
select
    null as source_system, null as document_type, null as document_id, null as entity_id, false as is_of_unknown_entity,
    false as is_in_no_period, cast(null as date) as counts_on, cast(null as decimal(38, 6)) as amount, null as currency_code,
    cast(null as decimal(38, 6)) as quantity, null as unit
where 1 = 0
{% endmacro %}
