-- Grain: one row per scenario, statement, line (subtotals too), entity or group, and closing; debit negative, inflow positive.
-- The group is the sum of its entities, translated.
with

ledger_amounts as (
    select
        scenario,
        statement,
        line_code,
        entity_id,
        closing_id,
        -amount as amount,
        -group_amount as group_amount
    from {{ ref('ledger_line_amount') }}
    where statement = 'profit_and_loss' or balance_type = 'balance'
    union all
    select
        'actual' as scenario,
        'cash_flow' as statement,
        line_code,
        entity_id,
        closing_id,
        amount,
        group_amount
    from {{ ref('cash_flow_amount') }}
),

line_totals as (
    select
        ledger_amounts.scenario,
        ledger_amounts.statement,
        ancestors.ancestor_line_code as line_code,
        ledger_amounts.entity_id,
        ledger_amounts.closing_id,
        sum(ledger_amounts.amount) as amount,
        sum(ledger_amounts.group_amount) as group_amount
    from ledger_amounts
    left join {{ ref('statement_ancestor') }} as ancestors on ledger_amounts.line_code = ancestors.line_code
    group by
        ledger_amounts.scenario, ledger_amounts.statement, ancestors.ancestor_line_code,
        ledger_amounts.entity_id, ledger_amounts.closing_id
)

select
    line_totals.scenario,
    line_totals.statement,
    line_totals.line_code,
    line_totals.entity_id,
    line_totals.closing_id,
    entities.currency_code,
    'entity' as consolidation,
    cast(line_totals.amount as decimal(38, 6)) as amount
from line_totals
left join {{ ref('entity') }} as entities on line_totals.entity_id = entities.entity_id
where line_totals.amount is not null
union all
select
    line_totals.scenario,
    line_totals.statement,
    line_totals.line_code,
    group_entity.entity_id,
    line_totals.closing_id,
    group_entity.currency_code,
    'group_before_eliminations' as consolidation,
    cast(sum(line_totals.group_amount) as decimal(38, 6)) as amount
from line_totals
cross join (
    select entity_id, currency_code from {{ ref('entity') }}
    where is_group
) as group_entity
group by
    line_totals.scenario, line_totals.statement, line_totals.line_code,
    group_entity.entity_id, line_totals.closing_id, group_entity.currency_code
