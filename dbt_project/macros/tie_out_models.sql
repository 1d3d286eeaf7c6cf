{# The rules of tie-outs that the product computes; each is a model, tie_out__<rule>. #}
{% macro tie_out_models() -%}
    {{ return([
        'balance_sheet',
        'cash_flow',
        'cost_of_sales_orders',
        'headcount_employees',
        'intercompany',
        'inventory_stock_ledger',
        'ledger_to_statement',
        'purchase_orders',
        'retained_earnings',
        'sales_all_orders',
        'sales_quotas',
        'sales_reseller_orders',
        'stock_movements',
        'unexplained_cash_flow',
        'unmapped_accounts',
        'year_end_adjustments',
    ]) }}
{%- endmacro %}
