-- Fails for each join that the docs show which loses rows of the fact or gives some of them twice.
with

joins as (
    {%- for fact, dimension, key in [
        ('fct_sales_order_line', 'dim_product', 'product_key'), ('fct_sales_order_line', 'dim_customer', 'customer_key'),
        ('fct_sales_order_line', 'dim_territory', 'territory_key'), ('fct_sales_order_line', 'dim_entity', 'entity_id'),
        ('fct_purchase_order_line', 'dim_product', 'product_key'),
        ('fct_purchase_order_line', 'dim_supplier', 'supplier_key'),
        ('fct_purchase_order_line', 'dim_entity', 'entity_id'), ('fct_stock_balance', 'dim_product', 'product_key'),
        ('fct_stock_balance', 'dim_entity', 'entity_id'), ('kpi_value', 'dim_closing', 'closing_id'),
        ('kpi_value', 'dim_entity', 'entity_id'), ('kpi_value', 'kpi_definition', 'kpi_id'),
        ('measure_value', 'dim_closing', 'closing_id'), ('measure_value', 'dim_entity', 'entity_id'),
        ('statement_line', 'dim_closing', 'closing_id'), ('statement_line', 'dim_entity', 'entity_id'),
        ('fct_trial_balance', 'dim_account', 'account_code'), ('fct_trial_balance', 'dim_closing', 'closing_id'),
        ('fct_trial_balance', 'dim_entity', 'entity_id'),
    ] %}
        select
            '{{ fact }}' as fact,
            '{{ dimension }}' as dimension,
            (select count(*) from {{ ref(fact) }}) as row_count,
            (
                select count(*) from {{ ref(fact) }} as facts
                inner join {{ ref(dimension) }} as dimensions on facts.{{ key }} = dimensions.{{ key }}
            ) as joined_count
        {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from joins
where row_count <> joined_count
