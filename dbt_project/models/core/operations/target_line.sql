-- Grain: one row per system, target (a measure's name), entity, owner and first day. Several systems may keep a target; KPIs are
-- computed from the leading one's. Amounts in the group's currency at the end of the first day.
with

targets as (
    {{ supplied(
        table='target_line',
        columns={
            'target_name': 'string',
            'entity_id': 'string',
            'owner_id': 'string',
            'channel': 'string',
            'from_on': 'date',
            'amount': 'decimal(38, 6)',
            'currency_code': 'string',
            'is_leading': 'boolean',
        },
    ) }}
),

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

placed as (
    select
        targets.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(targets.currency_code, entities.currency_code, group_entity.currency_code) as known_currency_code,
        group_entity.currency_code as group_currency_code
    from targets
    cross join group_entity
    left join entities on targets.entity_id = entities.entity_id
),

calendar as (select * from {{ ref('calendar_day') }})

select
    placed.target_name,
    placed.known_entity_id as entity_id,
    placed.owner_id,
    placed.channel,
    placed.from_on,
    calendar.closing_id,
    {{ translated('placed.amount', 'placed.known_currency_code', 'placed.group_currency_code', 'rates.rate') }}
        as amount,
    placed.group_currency_code as currency_code,
    placed.amount as document_amount,
    placed.known_currency_code as document_currency_code,
    coalesce(placed.is_leading, true) as is_leading,
    {{ lineage_columns('placed') }}
from placed
left join {{ ref('day_rate') }} as rates
    on
        placed.known_currency_code = rates.from_currency_code
        and placed.group_currency_code = rates.to_currency_code
        and placed.from_on = rates.rate_on
left join calendar on placed.from_on = calendar.date_day and placed.known_entity_id = calendar.entity_id
