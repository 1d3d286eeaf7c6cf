-- Grain: one row per finding, system, kind of document and what is named: rows of an unknown entity, without a day, from before the books
-- of their entity (by year), and of a day outside every period.
with

group_entity as (
    select currency_code from {{ ref('entity') }}
    where is_group
),

last_rates as (
    select
        from_currency_code,
        to_currency_code,
        rate,
        row_number() over (partition by from_currency_code, to_currency_code order by rate_on desc) as age
    from {{ ref('day_rate') }}
),

translated as (
    select
        misplaced.*,
        {{ translated(
            'misplaced.amount', 'misplaced.currency_code', 'group_entity.currency_code',
            'coalesce(rates.rate, last_rates.rate)'
        ) }} as group_amount
    from {{ ref('row_out_of_place') }} as misplaced
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
),

findings as (
    {%- for finding, condition, named in [
        ('unknown entity', 'is_of_unknown_entity', "'entity_id ' || entity_id"),
        ('without a day', 'is_in_no_period and counts_on is null', 'null'),
        ('before the books', 'is_before_the_books', 'cast(extract(year from counts_on) as ' ~ dbt.type_string() ~ ')'),
        ('outside every period', 'is_in_no_period and counts_on is not null and not is_before_the_books', 'null'),
    ] %}
        select
            '{{ finding }}' as finding,
            source_system,
            document_type,
            document_id,
            {{ named }} as named,
            group_amount as amount,
            quantity,
            unit
        from translated
        where {{ condition }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

{{ named_findings('findings') }}
