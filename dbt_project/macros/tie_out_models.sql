{#
  The rules of tie-outs that the product computes; each is a model, tie_out__<rule>, with two sides. A rule of a company's own
  compares a line of its statements with the orders of a channel: line_to_channel has all of them.
#}
{% macro tie_out_models() -%}
    {{ return([
        'balance_sheet',
        'cash_flow',
        'cost_of_sales_orders',
        'headcount_employees',
        'intercompany',
        'intercompany_pairs',
        'inventory_stock_ledger',
        'ledger_to_statement',
        'line_to_channel',
        'payables_open_items',
        'payroll',
        'purchase_orders',
        'receivables_open_items',
        'retained_earnings',
        'revenue_invoices',
        'sales_all_orders',
        'sales_quotas',
        'stock_movements',
        'unexplained_cash_flow',
        'unmapped_accounts',
        'year_end_adjustments',
    ]) }}
{%- endmacro %}
