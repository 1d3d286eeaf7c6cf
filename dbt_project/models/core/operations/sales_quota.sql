-- Grain: one row per system, sales person and quarter: the sales target of the reseller channel, the group's currency.
-- Several systems may keep the quotas; the KPIs are computed from the leading one's.
with

quotas as (
    {{ supplied(
        table='sales_quota',
        columns={
            'sales_person_key': 'int',
            'entity_id': 'string',
            'quota_from_on': 'date',
            'quota_amount': 'decimal(19, 4)',
            'is_leading': 'boolean',
        },
    ) }}
),

calendar as (select * from {{ ref('calendar_day') }})

select
    quotas.sales_person_key,
    quotas.entity_id,
    quotas.quota_from_on,
    calendar.closing_id,
    quotas.quota_amount,
    quotas.is_leading,
    {{ lineage_columns('quotas') }}
from quotas
left join calendar on quotas.quota_from_on = calendar.date_day and quotas.entity_id = calendar.entity_id
