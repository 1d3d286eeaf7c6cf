-- Grain: one row per rule, entity and period: two amounts that should agree, or that the reader may think do.
-- `is_expected_to_tie` tells the two apart: the first kind blocks publishing when it fails, the second is shown.
with

lines as (
    select * from {{ ref('statement_line') }}
    where scenario = 'actual'
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

closings as (select * from {{ ref('closing') }}),

pivoted as (
    select
        entity_id,
        closing_id,
        period_end,
        currency_code,
        closing_type,
        fiscal_period,
        max(case when line_code = 'total_assets' then amount end) as total_assets,
        max(case when line_code = 'total_liabilities_and_equity' then amount end) as total_liabilities_and_equity,
        max(case when line_code = 'cash' then amount end) as cash,
        max(case when line_code = 'net_change_in_cash' then amount end) as net_change_in_cash,
        max(case when line_code = 'net_income' then amount end) as net_income,
        max(case when line_code = 'current_retained_earnings' then amount end) as current_retained_earnings,
        max(case when line_code = 'trade_sales' then amount end) as trade_sales,
        max(case when line_code = 'net_sales' then amount end) as net_sales,
        max(case when line_code = 'cost_of_sales' then amount end) as cost_of_sales,
        max(case when line_code = 'inventory' then amount end) as inventory,
        max(case when line_code = 'intercompany_receivables' then amount end) as intercompany_receivables,
        max(case when line_code = 'intercompany_payables' then amount end) as intercompany_payables
    from lines
    group by entity_id, closing_id, period_end, currency_code, closing_type, fiscal_period
),

moves as (
    select
        *,
        current_retained_earnings - case
            when fiscal_period = 1 then 0
            else
                coalesce(
                    lag(current_retained_earnings) over (
                        partition by entity_id, closing_type = 'year_end_adjustment' order by period_end
                    ),
                    0
                )
        end as retained_earnings_movement,
        cash - lag(cash) over (
            partition by entity_id, closing_type = 'year_end_adjustment' order by period_end
        ) as cash_movement
    from pivoted
),

ledger_postings as (
    select
        entity_id,
        closing_id,
        -sum(amount) as net_income
    from {{ ref('trial_balance') }}
    where statement = 'profit_and_loss'
    group by entity_id, closing_id
),

adjustment_postings as (
    select
        entity_id,
        closing_on as period_end,
        currency_code,
        sum(case when amount > 0 then amount else 0 end) as debit_amount,
        -sum(case when amount < 0 then amount else 0 end) as credit_amount
    from {{ ref('trial_balance') }}
    where closing_type = 'year_end_adjustment'
    group by entity_id, closing_on, currency_code
),

orders as (
    select
        closing_id,
        sum(case when channel = 'reseller' then sales_amount else 0 end) as reseller_amount,
        sum(sales_amount) as all_amount,
        sum(product_cost_amount) as cost_amount
    from {{ ref('sales_order_line') }}
    where not is_cancelled
    group by closing_id
),

ledger_orders as (
    select
        moves.entity_id,
        moves.closing_id,
        moves.period_end,
        moves.currency_code,
        moves.trade_sales,
        moves.net_sales,
        moves.cost_of_sales,
        moves.inventory,
        moves.intercompany_receivables,
        moves.intercompany_payables,
        orders.reseller_amount,
        orders.all_amount,
        orders.cost_amount
    from moves
    inner join group_entity on moves.entity_id = group_entity.entity_id
    left join orders on moves.closing_id = orders.closing_id
    where moves.closing_type = 'regular'
),

stock_values as (
    select
        measures.closing_id,
        measures.amount as stock_value_amount
    from {{ ref('operations_measure') }} as measures
    inner join group_entity on measures.entity_id = group_entity.entity_id
    where measures.measure_id = 'stock_value_amount' and measures.dimension = 'total'
),

stock_periods as (
    select
        entity_id,
        closing_id,
        max(balance_on) as last_balance_on,
        sum(received_qty - issued_qty) as moved_qty,
        sum(case when is_period_end then balance_qty else 0 end) as closing_qty
    from {{ ref('stock_balance') }}
    group by entity_id, closing_id
    having max(case when is_period_end then 1 else 0 end) = 1
),

stock_rolls as (
    select
        stock_periods.entity_id,
        closings.period_end,
        lag(stock_periods.closing_qty) over (
            partition by stock_periods.entity_id order by stock_periods.last_balance_on
        ) + stock_periods.moved_qty as expected_qty,
        stock_periods.closing_qty,
        row_number() over (
            partition by stock_periods.entity_id order by stock_periods.last_balance_on
        ) as period_number
    from stock_periods
    inner join closings on stock_periods.closing_id = closings.closing_id
),

heads as (
    select
        closing_id,
        closing_on as period_end,
        sum(quantity) as headcount
    from {{ ref('statistical_balance') }}
    where quantity_name = 'headcount'
    group by closing_id, closing_on
),

employees_hired as (
    select
        heads.period_end,
        heads.headcount,
        count(employees.employee_id) as employee_count
    from heads
    left join {{ ref('employee') }} as employees
        on
            heads.period_end >= employees.hired_on
            and (employees.left_on is null or heads.period_end < employees.left_on)
    group by heads.period_end, heads.headcount
),

purchase_orders as (
    select
        orders.purchase_order_id,
        orders.period_end,
        orders.subtotal_amount,
        sum(order_lines.document_amount) as line_amount
    from {{ ref('purchase_order') }} as orders
    inner join {{ ref('purchase_order_line') }} as order_lines
        on
            orders.source_system = order_lines.source_system
            and orders.purchase_order_id = order_lines.purchase_order_id
    -- Orders of a day that no closing has, such as those before the ledger begins, belong to no period's tie-out.
    where orders.subtotal_amount is not null and orders.period_end is not null
    group by orders.purchase_order_id, orders.period_end, orders.subtotal_amount
),

quotas as (
    select
        max(from_on) as period_end,
        sum(case when is_leading then amount else 0 end) as sales_amount,
        sum(case when is_leading then 0 else amount end) as erp_amount
    from {{ ref('target_line') }}
    where target_name = 'sales_quota_amount'
),

candidates as (
    select
        'balance_sheet' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        total_assets as amount_a,
        total_liabilities_and_equity as amount_b
    from moves
    where total_assets is not null
    union all
    select
        'retained_earnings' as tie_out_id,
        moves.entity_id,
        moves.period_end,
        moves.currency_code,
        moves.net_income as amount_a,
        moves.retained_earnings_movement as amount_b
    from moves
    where moves.current_retained_earnings is not null and moves.closing_type <> 'opening'
    union all
    select
        'cash_flow' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        net_change_in_cash as amount_a,
        cash_movement as amount_b
    from moves
    where net_change_in_cash is not null
    union all
    select
        'ledger_to_statement' as tie_out_id,
        moves.entity_id,
        moves.period_end,
        max(moves.currency_code) as currency_code,
        sum(ledger_postings.net_income) as amount_a,
        sum(moves.net_income) as amount_b
    from ledger_postings
    inner join moves on ledger_postings.entity_id = moves.entity_id and ledger_postings.closing_id = moves.closing_id
    group by moves.entity_id, moves.period_end
    union all
    select
        'year_end_adjustments' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        debit_amount as amount_a,
        credit_amount as amount_b
    from adjustment_postings
    union all
    select
        'purchase_orders' as tie_out_id,
        group_entity.entity_id,
        purchase_orders.period_end,
        group_entity.currency_code,
        sum(purchase_orders.subtotal_amount) as amount_a,
        sum(purchase_orders.line_amount) as amount_b
    from purchase_orders
    cross join group_entity
    group by group_entity.entity_id, purchase_orders.period_end, group_entity.currency_code
    union all
    select
        'sales_quotas' as tie_out_id,
        group_entity.entity_id,
        quotas.period_end,
        group_entity.currency_code,
        quotas.sales_amount as amount_a,
        quotas.erp_amount as amount_b
    from quotas
    cross join group_entity
    union all
    select
        'stock_movements' as tie_out_id,
        stock_rolls.entity_id,
        stock_rolls.period_end,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        stock_rolls.expected_qty as amount_a,
        stock_rolls.closing_qty as amount_b
    from stock_rolls
    where stock_rolls.period_number > 1
    union all
    select
        'sales_reseller_orders' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        trade_sales as amount_a,
        reseller_amount as amount_b
    from ledger_orders
    union all
    select
        'sales_all_orders' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        net_sales as amount_a,
        all_amount as amount_b
    from ledger_orders
    union all
    select
        'cost_of_sales_orders' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        cost_of_sales as amount_a,
        cost_amount as amount_b
    from ledger_orders
    union all
    select
        'inventory_stock_ledger' as tie_out_id,
        ledger_orders.entity_id,
        ledger_orders.period_end,
        ledger_orders.currency_code,
        ledger_orders.inventory as amount_a,
        stock_values.stock_value_amount as amount_b
    from ledger_orders
    left join stock_values on ledger_orders.closing_id = stock_values.closing_id
    union all
    select
        'intercompany' as tie_out_id,
        entity_id,
        period_end,
        currency_code,
        intercompany_receivables as amount_a,
        intercompany_payables as amount_b
    from ledger_orders
    union all
    select
        'headcount_employees' as tie_out_id,
        group_entity.entity_id,
        employees_hired.period_end,
        cast(null as {{ dbt.type_string() }}) as currency_code,
        employees_hired.headcount as amount_a,
        employees_hired.employee_count as amount_b
    from employees_hired
    cross join group_entity
),

rules as (select * from {{ source('company', 'tie_out_rule') }}),

final as (
    select
        candidates.tie_out_id,
        rules.tie_out_name,
        candidates.entity_id,
        candidates.period_end,
        rules.amount_a_name,
        cast(candidates.amount_a as decimal(38, 2)) as amount_a,
        rules.amount_b_name,
        cast(candidates.amount_b as decimal(38, 2)) as amount_b,
        cast(candidates.amount_a - candidates.amount_b as decimal(38, 2)) as difference,
        coalesce(abs(candidates.amount_a - candidates.amount_b) < 0.01, false) as ties,
        rules.is_expected_to_tie,
        candidates.currency_code,
        rules.explanation
    from candidates
    inner join rules on candidates.tie_out_id = rules.tie_out_id
    where candidates.amount_a is not null or candidates.amount_b is not null
)

select * from final
