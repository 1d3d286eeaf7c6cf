{{ config(materialized='table') }}
-- Grain: one row per entity or group and closing: the lines of the statements that tie-outs compare, side by side; by their
-- roles, so that they are there in every layout. As presented: assets, equity and liabilities, profit and inflows positive.
with

amounts as (
    select
        amounts.entity_id,
        amounts.closing_id,
        amounts.currency_code,
        amounts.statement,
        amounts.amount,
        lines.role,
        lines.is_subtotal,
        lines.parent_line_code is null as is_total,
        lines.presentation_sign
    from {{ ref('statement_amount') }} as amounts
    inner join {{ ref('layout_line') }} as lines on amounts.line_code = lines.line_code
    where amounts.scenario = 'actual'
)

select
    amounts.entity_id,
    amounts.closing_id,
    closings.period_end,
    closings.closing_type,
    closings.fiscal_year,
    amounts.currency_code,
    entities.is_group,
    max(case when amounts.role in ('intercompany_receivables', 'intercompany_payables') then 1 else 0 end) = 1
        as has_intercompany,
    max(case when amounts.statement = 'balance_sheet' then 1 else 0 end) = 1 as has_balance_sheet,
    max(case when amounts.statement = 'cash_flow' then 1 else 0 end) = 1 as has_cash_flow,
    {% for name, sign, condition in [
        ('assets', '-', "statement = 'balance_sheet' and amounts.is_total and amounts.presentation_sign = 1"),
        ('liabilities_and_equity', '', "statement = 'balance_sheet' and amounts.is_total and amounts.presentation_sign = -1"),
        ('net_income', '', "statement = 'profit_and_loss' and amounts.is_total"),
        ('net_change_in_cash', '', "statement = 'cash_flow' and amounts.is_total"),
        ('result_of_year', '', "role = 'result_of_year'"),
        ('cash', '-', "role = 'cash'"),
        ('revenue', '', "role = 'revenue'"),
        ('intercompany_revenue', '', "role = 'intercompany_revenue'"),
        ('cost_of_sales', '-', "role in ('cost_of_sales', 'materials', 'stock_change')"),
        ('personnel', '-', "role = 'personnel'"),
        ('trade_receivables', '-', "role = 'trade_receivables'"),
        ('inventory', '-', "role = 'inventory'"),
        ('trade_payables', '', "role = 'trade_payables'"),
        ('intercompany_receivables', '-', "role = 'intercompany_receivables'"),
        ('intercompany_payables', '', "role = 'intercompany_payables'"),
        ('unexplained_cash_flow', '', "role = 'cf_unexplained'"),
    ] -%}
    cast({{ sign }}sum(case when amounts.{{ condition }} then amounts.amount else 0 end) as decimal(38, 6))
        as {{ name }}{{ ',' if not loop.last }}  -- noqa: LT02

{% endfor %}
from amounts
inner join {{ ref('closing') }} as closings on amounts.closing_id = closings.closing_id
inner join {{ ref('entity') }} as entities on amounts.entity_id = entities.entity_id
group by
    amounts.entity_id, amounts.closing_id, closings.period_end, closings.closing_type, closings.fiscal_year,
    amounts.currency_code, entities.is_group
