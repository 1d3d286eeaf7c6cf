-- Grain: one row per side, system, open item, currency, day due and closing at whose end it is open: by how much and for how long it
-- has been due. Of an invoice in instalments the oldest are settled first. What has no day due is never overdue.
with

entities as (select * from {{ ref('entity') }}),

group_entity as (
    select * from entities
    where is_group
),

days as (
    select
        side,
        source_system,
        item_id,
        currency_code,
        moved_on,
        min(entity_id) as entity_id,
        min(partner_id) as partner_id,
        sum(amount) as amount,
        sum(case when movement_type in ('invoice', 'credit_note') then amount else 0 end) as invoiced_amount
    from {{ ref('open_item_movement') }}
    group by side, source_system, item_id, currency_code, moved_on
),

balances as (
    select
        side,
        source_system,
        item_id,
        currency_code,
        moved_on,
        lead(moved_on) over item as next_on,
        first_value(entity_id) over item as entity_id,
        first_value(partner_id) over item as partner_id,
        first_value(moved_on) over item as opened_on,
        sum(amount) over item as open_amount,
        sum(invoiced_amount) over item as invoiced_amount
    from days
    window item as (partition by side, source_system, item_id, currency_code order by moved_on)
),

-- What is left of an item is of the instalments that are due last.
instalments as (
    select
        side,
        source_system,
        item_id,
        currency_code,
        due_on,
        sum(case when movement_type in ('invoice', 'credit_note') then amount else 0 end) as invoiced_amount,
        coalesce(
            sum(sum(case when movement_type in ('invoice', 'credit_note') then amount else 0 end)) over later, 0
        ) as later_amount,
        lag(side) over item is null as is_first
    from {{ ref('open_item_movement') }}
    group by side, source_system, item_id, currency_code, due_on
    window
        item as (partition by side, source_system, item_id, currency_code order by due_on),
        later as (
            partition by side, source_system, item_id, currency_code
            order by due_on desc
            rows between unbounded preceding and 1 preceding
        )
),

placed as (
    select
        balances.*,
        coalesce(entities.entity_id, group_entity.entity_id) as known_entity_id,
        coalesce(entities.currency_code, group_entity.currency_code) as entity_currency_code,
        group_entity.currency_code as group_currency_code
    from balances
    cross join group_entity
    left join entities on balances.entity_id = entities.entity_id
    where balances.open_amount <> 0
),

at_closings as (
    select
        placed.*,
        periods.closing_id,
        periods.period_end,
        instalments.due_on,
        {{ dbt.datediff('instalments.due_on', 'periods.period_end', 'day') }} as days_overdue,  -- noqa: LT05
        case when placed.invoiced_amount = 0 then 0 else instalments.invoiced_amount end as instalment_amount,
        case
            when instalments.is_first
                then placed.open_amount - {{ up_to('placed.open_amount', 'instalments.later_amount') }}
            else {{ up_to('placed.open_amount - instalments.later_amount', 'instalments.invoiced_amount') }}
        end as instalment_open_amount
    from placed
    inner join instalments
        on
            placed.side = instalments.side
            and placed.source_system = instalments.source_system
            and placed.item_id = instalments.item_id
            and placed.currency_code = instalments.currency_code
    inner join {{ ref('entity_period') }} as periods
        on
            placed.known_entity_id = periods.entity_id
            and placed.moved_on <= periods.period_end
            and coalesce(placed.next_on, date '9999-12-31') > periods.period_end
            and coalesce(periods.has_balances, true)
)

select
    at_closings.side,
    at_closings.source_system,
    at_closings.item_id,
    at_closings.known_entity_id as entity_id,
    at_closings.partner_id,
    at_closings.closing_id,
    at_closings.opened_on,
    at_closings.due_on,
    at_closings.days_overdue,
    case
        when at_closings.due_on is null then 'no day due'
        when at_closings.days_overdue <= 0 then 'not due'
        when at_closings.days_overdue <= 30 then '1 to 30 days'
        when at_closings.days_overdue <= 60 then '31 to 60 days'
        when at_closings.days_overdue <= 90 then '61 to 90 days'
        else 'over 90 days'
    end as age,
    cast(at_closings.instalment_amount as decimal(38, 6)) as invoiced_amount,
    cast(at_closings.instalment_open_amount as decimal(38, 6)) as open_amount,
    at_closings.currency_code,
    at_closings.entity_currency_code,
    {{ translated(
        'at_closings.instalment_open_amount', 'at_closings.currency_code', 'at_closings.group_currency_code', 'rates.rate'
    ) }} as open_group_amount,
    at_closings.group_currency_code
from at_closings
left join {{ ref('day_rate') }} as rates
    on
        at_closings.currency_code = rates.from_currency_code
        and at_closings.group_currency_code = rates.to_currency_code
        and at_closings.period_end = rates.rate_on
where at_closings.instalment_open_amount <> 0
