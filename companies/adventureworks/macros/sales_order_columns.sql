{# The columns that both sales channels' extracts share. #}
{% macro sales_order_columns() -%}
    sales_order_number,
    sales_order_line_number,
    product_key,
    sales_territory_key,
    currency_key,
    ordered_on,
    due_on,
    shipped_on,
    ordered_qty,
    unit_price,
    extended_amount as gross_amount,
    discount_amount,
    sales_amount,
    product_cost_amount,
    tax_amount,
    freight_amount,
    {{ lineage_columns() }}
{%- endmacro %}
