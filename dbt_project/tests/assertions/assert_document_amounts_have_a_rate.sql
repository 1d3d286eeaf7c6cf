-- Fails for each currency and day of documents that no exchange rate may translate under the company's rate policy: the amount
-- would be missing from the group's figures without anyone noticing. A document's gross amount, tax, discount and freight are in the
-- currency of its net amount, and translated at the same rate.
with

untranslated as (
    select
        'sales_order_line' as table_name,
        document_currency_code as currency_code,
        ordered_on as rate_on,
        document_amount as amount
    from {{ ref('sales_order_line') }}
    where
        document_amount is not null
        and (
            (sales_amount is null and document_currency_code <> currency_code)
            or (entity_amount is null and document_currency_code <> entity_currency_code)
        )
    union all
    select
        'cost of sales_order_line' as table_name,
        cost_currency_code as currency_code,
        ordered_on as rate_on,
        document_cost_amount as amount
    from {{ ref('sales_order_line') }}
    where document_cost_amount is not null and product_cost_amount is null and cost_currency_code <> currency_code
    union all
    select
        'stock_balance' as table_name,
        stock.currency_code,
        stock.balance_on as rate_on,
        stock.stock_value_amount as amount
    from {{ ref('stock_balance') }} as stock
    inner join {{ ref('entity') }} as group_entity
        on group_entity.is_group and stock.currency_code <> group_entity.currency_code
    left join {{ ref('closing_rate') }} as closing_rates
        on stock.currency_code = closing_rates.currency_code and stock.closing_id = closing_rates.closing_id
    left join {{ ref('day_rate') }} as day_rates
        on
            stock.currency_code = day_rates.from_currency_code
            and group_entity.currency_code = day_rates.to_currency_code
            and stock.balance_on = day_rates.rate_on
    where
        stock.closing_id is not null
        and stock.stock_value_amount <> 0
        and coalesce(closing_rates.closing_rate, day_rates.rate) is null
    union all
    select
        'purchase_order_line' as table_name,
        document_currency_code as currency_code,
        ordered_on as rate_on,
        document_amount as amount
    from {{ ref('purchase_order_line') }}
    where document_amount is not null and line_amount is null and document_currency_code <> currency_code
    union all
    select
        'target_line' as table_name,
        document_currency_code as currency_code,
        from_on as rate_on,
        document_amount as amount
    from {{ ref('target_line') }}
    where document_amount is not null and amount is null and document_currency_code <> currency_code
    union all
    select 'open_item' as table_name, items.currency_code, periods.period_end as rate_on, items.open_amount as amount
    from {{ ref('open_item') }} as items
    inner join {{ ref('entity_period') }} as periods
        on items.entity_id = periods.entity_id and items.closing_id = periods.closing_id
    where items.open_group_amount is null
),

lacking as (
    select
        table_name,
        currency_code,
        rate_on,
        count(*) as row_count,
        sum(amount) as amount
    from untranslated
    group by table_name, currency_code, rate_on
)

select
    lacking.table_name,
    cast(lacking.row_count as {{ dbt.type_string() }}) || ' rows of ' || lacking.table_name || ' ('
    || cast(cast(lacking.amount as decimal(38, 2)) as {{ dbt.type_string() }}) || ' ' || lacking.currency_code || ' of '
    || cast(lacking.rate_on as {{ dbt.type_string() }}) || ') have no rate, '
    || {{ last_known_rate('max(rates.rate_on)', 'lacking.rate_on') }}
    || ': deliver it, or let rates: of company.yaml allow another (missing, max_age_days)' as message
from lacking
cross join {{ source('company', 'rate_policy') }} as policy
left join {{ ref('group_rate') }} as rates
    on lacking.currency_code = rates.currency_code and lacking.rate_on >= rates.rate_on
group by
    lacking.table_name, lacking.currency_code, lacking.rate_on, lacking.row_count, lacking.amount,
    policy.missing, policy.max_age_days
