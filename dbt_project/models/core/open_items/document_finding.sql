-- Grain: one row per finding, system and kind of document: how many documents are kept although something about them is odd, what they
-- amount to in the group's currency, else how much they are where they have one unit, and what they name (a key that no system knows,
-- else the document), the largest first. Nothing is dropped for a finding; a warning tells them. No fault, and told without a warning,
-- are documents from before the books of their entity, from one to the next of which are at most two years (a mistyped year is far
-- from the others), and statistical lines that do not say whether they are movements or balances, unless others of their quantity
-- are movements.
{% set names_shown = 5 %}
{% set most_days_between = 2 * 366 %}
{% set due_later = 'due_on between ordered_on and ' ~ dbt.dateadd('year', 1, 'ordered_on') %}
{% set no_quantity = 'cast(null as decimal(38, 6)) as quantity, cast(null as ' ~ dbt.type_string() ~ ') as unit' %}
with

group_entity as (
    select entity_id, currency_code, time_zone from {{ ref('entity') }}
    where is_group
),

entities as (select * from {{ ref('entity') }}),

calendar as (select * from {{ ref('calendar_day') }}),

last_rates as (
    select
        from_currency_code,
        to_currency_code,
        rate,
        row_number() over (partition by from_currency_code, to_currency_code order by rate_on desc) as age
    from {{ ref('day_rate') }}
),

last_closing as (
    select closings.closing_id
    from {{ ref('closing') }} as closings
    inner join (
        select max(period_number) as period_number from {{ ref('closing') }}
        where closing_type = 'regular'
    ) as lasts on closings.period_number = lasts.period_number
    where closings.closing_type = 'regular'
),

out_of_place as materialized (
    {{ rows_out_of_place(contract_tables()) }}
),

books as (
    select
        entity_id,
        min(date_day) as first_on
    from calendar
    group by entity_id
),

early_days as (
    select distinct
        misplaced.source_system,
        misplaced.document_type,
        misplaced.entity_id,
        misplaced.counts_on,
        books.first_on
    from out_of_place as misplaced
    cross join group_entity
    inner join books on coalesce(misplaced.entity_id, group_entity.entity_id) = books.entity_id
    where misplaced.is_in_no_period and misplaced.counts_on < books.first_on
),

days_apart as (
    select
        *,
        {{ dbt.datediff('counts_on', 'lead(counts_on, 1, first_on) over each_day', 'day') }} as days_to_next
    from early_days
    window each_day as (partition by source_system, document_type, entity_id order by counts_on)
),

before_the_books as (
    select
        source_system,
        document_type,
        entity_id,
        counts_on
    from (
        select
            *,
            max(days_to_next) over (
                partition by source_system, document_type, entity_id order by counts_on
                rows between current row and unbounded following
            ) as most_days
        from days_apart
    ) as apart
    where most_days <= {{ most_days_between }}
),

placed as (
    select
        misplaced.*,
        early.counts_on is not null as is_before_the_books
    from out_of_place as misplaced
    left join before_the_books as early
        on
            misplaced.source_system = early.source_system
            and misplaced.document_type = early.document_type
            and misplaced.counts_on = early.counts_on
            and coalesce(misplaced.entity_id, '') = coalesce(early.entity_id, '')
            and misplaced.is_in_no_period
),

last_stock as (
    select
        source_system,
        max(balance_on) as last_on
    from {{ ref('stock_balance') }}
    group by source_system
),

kinds as (
    select
        source_system,
        quantity_name,
        account_code,
        quantity_name || case when account_code = 'none' then '' else ' of account ' || account_code end as named,
        max(case when kind = 'movement' then 1 else 0 end) = 1 as has_movements
    from {{ ref('statistical_line') }}
    group by source_system, quantity_name, account_code
),

findings as (
    {%- for finding, condition, named in [
        ('unknown entity', 'misplaced.is_of_unknown_entity', "'entity_id ' || misplaced.entity_id"),
        ('without a day', 'misplaced.is_in_no_period and misplaced.counts_on is null', 'null'),
        (
            'before the books', 'misplaced.is_before_the_books',
            'cast(extract(year from misplaced.counts_on) as ' ~ dbt.type_string() ~ ')',
        ),
        (
            'outside every period',
            'misplaced.is_in_no_period and misplaced.counts_on is not null and not misplaced.is_before_the_books',
            'null',
        ),
    ] %}
        select
            '{{ finding }}' as finding,
            misplaced.source_system,
            misplaced.document_type,
            misplaced.document_id,
            {{ named }} as named,
            {{ translated(
                'misplaced.amount', 'misplaced.currency_code', 'group_entity.currency_code',
                'coalesce(rates.rate, last_rates.rate)'
            ) }} as amount,
            misplaced.quantity,
            misplaced.unit
        from placed as misplaced
        cross join group_entity
        left join {{ ref('day_rate') }} as rates
            on
                misplaced.currency_code = rates.from_currency_code
                and group_entity.currency_code = rates.to_currency_code
                and misplaced.counts_on = rates.rate_on
        left join last_rates
            on
                misplaced.currency_code = last_rates.from_currency_code
                and group_entity.currency_code = last_rates.to_currency_code
                and last_rates.age = 1
        where {{ condition }}
        union all
    {%- endfor %}
    {%- for finding, condition, named in [
        ('unknown product', "product_key = 'unknown' and line_type = 'goods'", 'product_id'),
        ('unknown customer', "customer_key = 'unknown'", 'customer_id'),
        ('unknown territory', "territory_key = 'unknown' and territory_id is not null", 'territory_id'),
        ('shipped before it was ordered', 'shipped_on < ordered_on', none),
        ('dated after its delivery', 'ordered_on > cast(known_at as date)', none),
        ('shipped in another unit', 'has_other_unit', none),
    ] %}
        select
            '{{ finding }}' as finding,
            source_system,
            'sales order line' as document_type,
            sales_order_number || '/' || sales_order_line_number as document_id,
            {{ "coalesce('" ~ named ~ " ' || " ~ named ~ ", 'no " ~ named ~ "')" if named else 'null' }} as named,
            sales_amount as amount,
            {{ no_quantity }}
        from {{ ref('sales_order_line') }}
        where {{ condition }}
        union all
    {%- endfor %}
    {%- for finding, condition, named in [
        ('unknown product', "product_key = 'unknown'", 'product_id'),
        ('unknown supplier', "supplier_key = 'unknown'", 'supplier_id'),
        ('outside every period', "due_closing_id is null and not coalesce(" ~ due_later ~ ", false)", none),
        ('received before it was ordered', 'received_on < ordered_on', none),
        ('received in another unit', 'has_other_unit', none),
        ('dated after its delivery', 'ordered_on > cast(known_at as date)', none),
    ] %}
        select
            '{{ finding }}' as finding,
            source_system,
            'purchase order line' as document_type,
            purchase_order_id || '/' || purchase_order_line_id as document_id,
            {{ "coalesce('" ~ named ~ " ' || " ~ named ~ ", 'no " ~ named ~ "')" if named else 'null' }} as named,
            line_amount as amount,
            {{ no_quantity }}
        from {{ ref('purchase_order_line') }}
        where {{ condition }}
        union all
    {%- endfor %}
    select
        'unknown product' as finding,
        source_system,
        'stock item' as document_type,
        max(site_id || '/' || stock_item_id) as document_id,
        null as named,
        cast(null as decimal(38, 6)) as amount,
        {{ no_quantity }}
    from {{ ref('stock_balance') }}
    where product_key = 'unknown'
    group by source_system, site_id, stock_item_id
    union all
    select
        'negative stock' as finding,
        stock.source_system,
        'stock item' as document_type,
        max(stock.site_id || '/' || stock.stock_item_id) as document_id,
        null as named,
        cast(null as decimal(38, 6)) as amount,
        max_by(stock.balance_qty, stock.balance_on) as quantity,
        max_by(stock.unit, stock.balance_on) as unit
    from {{ ref('stock_balance') }} as stock
    inner join last_stock on stock.source_system = last_stock.source_system
    left join last_closing on stock.closing_id = last_closing.closing_id
    where
        stock.balance_qty < 0
        and (stock.balance_on = last_stock.last_on or (stock.is_period_end and last_closing.closing_id is not null))
    group by stock.source_system, stock.site_id, stock.stock_item_id
    union all
    select
        'stock without a cost' as finding,
        source_system,
        'stock item' as document_type,
        max(site_id || '/' || stock_item_id) as document_id,
        null as named,
        cast(null as decimal(38, 6)) as amount,
        max_by(balance_qty, balance_on) as quantity,
        unit
    from {{ ref('stock_balance') }}
    where balance_qty <> 0 and stock_value_amount is null
    group by source_system, site_id, stock_item_id, unit
    union all
    select
        'returned more than was shipped' as finding,
        returned.source_system,
        'sales order line' as document_type,
        returned.sales_order_id || '/' || returned.sales_order_line_id as document_id,
        null as named,
        cast(null as decimal(38, 6)) as amount,
        returned.returned_qty - coalesce(returned.shipped_qty, 0) as quantity,
        returned.unit
    from {{ ref('returned_order_line') }} as returned
    where returned.returned_qty > coalesce(returned.shipped_qty, 0)
    union all
    {%- for table, id, quantity, order_table, order_id, number, line_number, is_line_needed in [
        (
            'shipment_line', 'shipment', 'shipped_qty', 'sales_order_line', 'sales_order', 'sales_order_number',
            'sales_order_line_number', true,
        ),
        (
            'sales_return_line', 'sales_return', 'returned_qty', 'sales_order_line', 'sales_order', 'sales_order_number',
            'sales_order_line_number', false,
        ),
        (
            'goods_receipt_line', 'goods_receipt', 'received_qty', 'purchase_order_line', 'purchase_order',
            'purchase_order_id', 'purchase_order_line_id', true,
        ),
    ] %}
        select
            'unknown order line' as finding,
            documents.source_system,
            '{{ table | replace("_", " ") }}' as document_type,
            documents.{{ id }}_id || '/' || documents.{{ id }}_line_id as document_id,
            '{{ order_id }}_id ' || documents.{{ order_id }}_id
            || coalesce('/' || documents.{{ order_id }}_line_id, ' without a line') as named,
            cast(null as decimal(38, 6)) as amount,
            documents.{{ quantity }} as quantity,
            documents.unit
        from {{ ref(table) }} as documents
        where
            documents.{{ order_id if is_line_needed else order_id ~ '_line' }}_id is not null
            and exists (select 1 from {{ ref(order_table) }})
            and not exists (
                select 1 from {{ ref(order_table) }} as known
                where
                    known.source_system = documents.order_system
                    and known.{{ number }} = documents.{{ order_id }}_id
                    and known.{{ line_number }} = documents.{{ order_id }}_line_id
            )
        union all
    {%- endfor %}
    {%- for table, id, document, keys in [
        (
            'customer_invoice_line', 'customer_invoice', 'customer invoice line',
            [('product', 'product', 'product_id'), ('customer', 'customer', 'customer_id')],
        ),
        (
            'supplier_invoice_line', 'supplier_invoice', 'supplier invoice line',
            [('product', 'product', 'product_id'), ('supplier', 'supplier', 'supplier_id')],
        ),
    ] %}
        {%- for what, party, key in keys %}
            select
                'unknown {{ what }}' as finding,
                lines.source_system,
                '{{ document }}' as document_type,
                lines.{{ id }}_id || '/' || lines.{{ id }}_line_id as document_id,
                '{{ key }} ' || lines.{{ key }} as named,
                {{ translated('lines.net_amount', 'lines.currency_code', 'group_entity.currency_code', 'rates.rate') }} as amount,  -- noqa: LT05
                {{ no_quantity }}
            from {{ ref(table) }} as lines
            cross join group_entity
            left join {{ ref('day_rate') }} as rates
                on
                    lines.currency_code = rates.from_currency_code
                    and group_entity.currency_code = rates.to_currency_code
                    and lines.invoiced_on = rates.rate_on
            where
                lines.{{ key }} is not null
                and not exists (
                    select 1 from {{ ref(party) }} as known
                    where known.{{ key }} = lines.{{ key }}
                )
            union all
        {%- endfor %}
    {%- endfor %}
    select
        case when kinds.has_movements then 'with and without a kind' else 'without a kind' end as finding,
        lines.source_system,
        'statistical line' as document_type,
        lines.entity_id || '/' || cast(lines.recorded_on as {{ dbt.type_string() }}) as document_id,
        kinds.named,
        cast(null as decimal(38, 6)) as amount,
        {{ no_quantity }}
    from {{ ref('statistical_line') }} as lines
    inner join kinds
        on
            lines.source_system = kinds.source_system
            and lines.quantity_name = kinds.quantity_name
            and lines.account_code = kinds.account_code
    where lines.kind is null
    union all
    select
        replace(movements.movement_type, '_', '-') || ' without an invoice' as finding,
        movements.document_system as source_system,
        movements.side as document_type,
        movements.document_id,
        null as named,
        {{ translated('-movements.amount', 'movements.currency_code', 'group_entity.currency_code', 'rates.rate') }} as amount,  -- noqa: LT05
        {{ no_quantity }}
    from {{ ref('open_item_movement') }} as movements
    cross join group_entity
    left join {{ ref('day_rate') }} as rates
        on
            movements.currency_code = rates.from_currency_code
            and group_entity.currency_code = rates.to_currency_code
            and movements.moved_on = rates.rate_on
    where not movements.has_invoice
    union all
    {%- for finding, condition in [
        ('paid more than its invoice', 'items.invoiced_amount * items.open_amount < 0'),
        ('open without a day due', 'items.due_on is null'),
    ] %}
        select
            '{{ finding }}' as finding,
            items.source_system,
            items.side as document_type,
            items.item_id as document_id,
            null as named,
            abs(items.open_group_amount) as amount,
            {{ no_quantity }}
        from {{ ref('open_item') }} as items
        inner join last_closing on items.closing_id = last_closing.closing_id
        where {{ condition }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

by_name as (
    select
        finding,
        source_system,
        document_type,
        coalesce(named, document_id) as named,
        named is not null as is_key,
        count(*) as document_count,
        cast(sum(amount) as decimal(38, 6)) as amount,
        cast(sum(quantity) as decimal(38, 6)) as quantity,
        max(coalesce(unit, '')) as unit,
        min(coalesce(unit, '')) as other_unit,
        min(document_id) as example_id,
        row_number() over (
            partition by finding, source_system, document_type
            order by
                abs(sum(amount)) desc nulls last, abs(sum(quantity)) desc nulls last, count(*) desc,
                coalesce(named, document_id)
        ) as place
    from findings
    group by finding, source_system, document_type, coalesce(named, document_id), named is not null
)

select
    by_name.finding,
    by_name.source_system,
    by_name.document_type,
    cast(sum(by_name.document_count) as {{ dbt.type_bigint() }}) as document_count,
    cast(sum(by_name.amount) as decimal(38, 6)) as amount,
    group_entity.currency_code,
    case
        when max(by_name.unit) = min(by_name.other_unit) then cast(sum(by_name.quantity) as decimal(38, 6))
    end as quantity,
    case when max(by_name.unit) = min(by_name.other_unit) then nullif(max(by_name.unit), '') end as unit,
    min(by_name.example_id) as example_id,
    string_agg(
        case
            when by_name.place <= {{ names_shown }} then by_name.named || case
                when by_name.is_key
                    then ' (' || cast(by_name.document_count as {{ dbt.type_string() }}) || case
                        when by_name.amount is null then ''
                        else ', ' || cast(cast(by_name.amount as decimal(38, 2)) as {{ dbt.type_string() }})
                    end || ')'
                else ''
            end
        end,
        ', ' order by by_name.place
    ) || case
        when count(*) > {{ names_shown }}
            then ' and ' || cast(count(*) - {{ names_shown }} as {{ dbt.type_string() }}) || ' more'
        else ''
    end as named
from by_name
cross join group_entity
group by by_name.finding, by_name.source_system, by_name.document_type, group_entity.currency_code
