-- Grain: one row per entity, closing after its first and line of a pair: what the indirect method shows elsewhere than where
-- the balances changed. The result comes out of the owners' line; depreciation, and the result of asset sales, out of
-- investing and into operations. Each pair adds up to nothing; a layout without one of its lines does not have the pair.
with

-- Year-end adjustments are in the balances of the year's last closing, and so in its cash flow.
flows as (
    select
        amounts.entity_id,
        coalesce(year_ends.closing_id, amounts.closing_id) as closing_id,
        lines.role,
        amounts.amount,
        amounts.group_amount
    from {{ ref('ledger_line_amount') }} as amounts
    inner join {{ ref('layout_line') }} as lines on amounts.line_code = lines.line_code
    left join {{ ref('year_end_closing') }} as year_ends
        on amounts.entity_id = year_ends.entity_id and amounts.closing_id = year_ends.adjustment_closing_id
    where amounts.scenario = 'actual' and amounts.statement = 'profit_and_loss'
),

results as (
    select
        flows.entity_id,
        flows.closing_id,
        -sum(flows.amount) as result,
        -sum(flows.group_amount) as result_group,
        sum(case when flows.role = 'depreciation' then flows.amount else 0 end) as depreciation,
        sum(case when flows.role = 'depreciation' then flows.group_amount else 0 end) as depreciation_group,
        sum(case when flows.role = 'asset_sales_result' then flows.amount else 0 end) as asset_sales,
        sum(case when flows.role = 'asset_sales_result' then flows.group_amount else 0 end) as asset_sales_group
    from flows
    inner join {{ ref('cash_flow_period') }} as periods
        on flows.entity_id = periods.entity_id and flows.closing_id = periods.closing_id and not periods.is_first
    group by flows.entity_id, flows.closing_id
),

pairs as (
    {% for quantity, shown, taken_out in [
        ('result', 'cf_result', 'cf_owners'),
        ('depreciation', 'cf_depreciation', 'cf_capital_expenditure'),
        ('asset_sales', 'cf_asset_sales_result', 'cf_asset_sales'),
    ] -%}
        select
            results.entity_id,
            results.closing_id,
            case when signs.sign = 1 then shown.line_code else taken_out.line_code end as line_code,
            signs.sign * results.{{ quantity }} as amount,
            signs.sign * results.{{ quantity }}_group as group_amount
        from results
        cross join (
            select 1 as sign
            union all
            select -1 as sign
        ) as signs
        cross join {{ lines_of_role(shown) }} as shown
        cross join {{ lines_of_role(taken_out) }} as taken_out
        {{ 'union all' if not loop.last }}
    {% endfor %}
)

select
    entity_id,
    closing_id,
    line_code,
    cast(sum(amount) as decimal(38, 6)) as amount,
    cast(sum(group_amount) as decimal(38, 6)) as group_amount
from pairs
group by entity_id, closing_id, line_code
