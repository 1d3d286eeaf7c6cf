-- Fails for each key of a published fact that does not find exactly one row of its dimension: a join would lose rows of the fact, or give
-- some of them twice. An empty key finds none; only the closing of a document may be empty, where no period covers its day.
with

joins as (
    {%- set dimensions = {
        'account_id': 'dim_account', 'closing_id': 'dim_closing', 'department_code': 'dim_department', 'entity_id': 'dim_entity',
        'product_key': 'dim_product', 'customer_key': 'dim_customer', 'supplier_key': 'dim_supplier',
        'territory_key': 'dim_territory', 'kpi_id': 'kpi_definition', 'tie_out_id': 'tie_out_rule',
    } %}
    {%- set documents = ['fct_sales_order_line', 'fct_purchase_order_line', 'fct_stock_balance', 'fct_service_shift'] %}
    {%- for fact, keys in [
        ('fct_trial_balance', ['account_id', 'closing_id', 'department_code', 'entity_id']),
        ('fct_statistical_balance', ['closing_id', 'department_code', 'entity_id']),
        ('fct_exchange_rate', ['closing_id']),
        ('statement_line', ['closing_id', 'entity_id']),
        ('fct_sales_order_line', [
            'product_key', 'customer_key', 'territory_key', 'entity_id', 'closing_id', 'due_closing_id', 'shipped_closing_id'
        ]),
        ('fct_purchase_order_line', ['product_key', 'supplier_key', 'entity_id', 'due_closing_id']),
        ('fct_stock_balance', ['product_key', 'entity_id', 'closing_id']),
        ('fct_service_shift', ['entity_id', 'closing_id']),
        ('kpi_value', ['kpi_id', 'entity_id', 'closing_id']),
        ('measure_value', ['entity_id', 'closing_id']),
        ('tie_out', ['tie_out_id', 'entity_id']),
    ] %}
        {%- set is_last = loop.last %}
        {%- for key in keys %}
            {%- set dimension_key = 'closing_id' if key.endswith('closing_id') else key %}
            select
                '{{ fact }}' as fact,
                '{{ key }}' as fact_key,
                cast(facts.{{ key }} as {{ dbt.type_string() }}) as key_value,
                facts.row_count,
                count(dimensions.{{ dimension_key }}) as dimension_row_count
            from (
                select {{ key }}, count(*) as row_count from {{ ref(fact) }}
                {% if key.endswith('closing_id') and fact in documents %}where {{ key }} is not null{% endif %}
                group by {{ key }}
            ) as facts
            left join {{ ref(dimensions[dimension_key]) }} as dimensions
                on facts.{{ key }} = dimensions.{{ dimension_key }}
            group by facts.{{ key }}, facts.row_count
            having count(dimensions.{{ dimension_key }}) <> 1
            {{ 'union all' if not (is_last and loop.last) }}
        {%- endfor %}
    {%- endfor %}
)

select * from joins
