-- Grain: one row per calendar and fiscal period: from company.yaml, or from a system that closes on days of its own.
with

periods as (
    {{ supplied(
        table='fiscal_period',
        columns={
            'calendar_id': 'string',
            'period_id': 'string',
            'fiscal_year': 'int',
            'fiscal_period': 'int',
            'fiscal_quarter': 'int',
            'starts_on': 'date',
            'ends_on': 'date',
            'periods_in_year': 'int',
        },
        has_lineage=false,
    ) }}
    union all
    select
        calendar_id,
        period_id,
        fiscal_year,
        fiscal_period,
        fiscal_quarter,
        starts_on,
        ends_on,
        periods_in_year
    from {{ source('company', 'fiscal_period') }}
)

select
    calendar_id,
    period_id,
    fiscal_year,
    fiscal_period,
    coalesce(
        fiscal_quarter, least(cast(floor((fiscal_period - 1) / 3) as {{ dbt.type_int() }}) + 1, 4)
    ) as fiscal_quarter,
    starts_on,
    ends_on,
    coalesce(periods_in_year, max(fiscal_period) over (partition by calendar_id)) as periods_in_year,
    ends_on = max(ends_on) over (partition by calendar_id, fiscal_year) as is_last_of_year
from periods
