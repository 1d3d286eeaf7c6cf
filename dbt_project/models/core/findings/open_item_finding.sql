-- Grain: one row per finding, system, side and open item: settled without an invoice, by more than its invoice, or without a day due at the
-- last closing.
{% set no_quantity = 'cast(null as decimal(38, 6)) as quantity, cast(null as ' ~ dbt.type_string() ~ ') as unit' %}
with

group_entity as (
    select currency_code from {{ ref('entity') }}
    where is_group
),

last_closing as (
    {{ last_closing() }}
),

findings as (
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
)

{{ named_findings('findings') }}
