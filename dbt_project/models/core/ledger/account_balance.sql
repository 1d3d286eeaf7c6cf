-- Grain: one row per entity, closing (opening or regular), account and department of the journal's balance sheet: what stands.
-- Running sums over the closings: each posting is added at the first closing that holds it, and carried on from there until the next
-- opening entry starts the balances anew. The last closing of a fiscal year holds its adjustments, too.
with

-- Where a system reports what stands at its closings, its movements are in that already.
reporting as (
    select distinct entity_id from {{ ref('reported_amount') }}
    where statement = 'balance_sheet'
),

closings as (
    select closings.*
    from {{ ref('entity_closing') }} as closings
    left join reporting on closings.entity_id = reporting.entity_id
    where closings.closing_type in ('opening', 'regular') and closings.has_balances and reporting.entity_id is null
),

ranges as (
    select
        *,
        coalesce(
            lag(balance_order) over (partition by entity_id, anchor_order order by closing_order), anchor_order - 1
        ) as after_order
    from closings
),

added as (
    select
        ranges.entity_id,
        ranges.anchor_order,
        ranges.closing_order,
        movements.account_id,
        movements.department_code,
        sum(movements.amount) as amount,
        max(movements.source_system) as source_system,
        max(movements.source_table) as source_table,
        max(movements.batch_id) as batch_id,
        max(movements.known_at) as known_at
    from ranges
    inner join {{ ref('ledger_movement') }} as movements
        on
            ranges.entity_id = movements.entity_id
            and ranges.ledger_id = movements.ledger_id
            and movements.fiscal_year * 1000 + movements.stage > ranges.after_order
            and movements.fiscal_year * 1000 + movements.stage <= ranges.balance_order
    where movements.statement = 'balance_sheet'
    group by
        ranges.entity_id, ranges.anchor_order, ranges.closing_order, movements.account_id, movements.department_code
),

kept as (
    select
        entity_id,
        anchor_order,
        account_id,
        department_code,
        min(closing_order) as first_order
    from added
    group by entity_id, anchor_order, account_id, department_code
),

carried as (
    select
        closings.entity_id,
        closings.closing_id,
        closings.closing_type,
        kept.account_id,
        kept.department_code,
        sum(coalesce(added.amount, 0)) over carrying as amount,
        max(added.source_system) over carrying as source_system,
        max(added.source_table) over carrying as source_table,
        max(added.batch_id) over carrying as batch_id,
        max(added.known_at) over carrying as known_at
    from kept
    inner join closings
        on
            kept.entity_id = closings.entity_id
            and kept.anchor_order = closings.anchor_order
            and kept.first_order <= closings.closing_order
    left join added
        on
            kept.entity_id = added.entity_id
            and kept.anchor_order = added.anchor_order
            and kept.account_id = added.account_id
            and kept.department_code = added.department_code
            and closings.closing_order = added.closing_order
    window
        carrying as (
            partition by kept.entity_id, kept.anchor_order, kept.account_id, kept.department_code
            order by closings.closing_order rows between unbounded preceding and current row
        )
)

select * from carried
