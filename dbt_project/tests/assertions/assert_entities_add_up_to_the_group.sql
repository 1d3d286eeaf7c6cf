-- Fails for each closing whose group profit and loss line is not the sum of the entities' translated amounts, summed
-- here from the trial balance and the rates and not from the statements.
with

entities as (select * from {{ ref('entity') }}),

entity_sums as (
    select
        ledger.closing_id,
        ledger.line_code,
        sum(
            case
                when entities.currency_code = group_entity.currency_code then ledger.amount
                else {{ in_smallest_unit('ledger.amount * rates.average_rate', 'group_entity.currency_code') }}
            end
        ) as amount
    from {{ ref('trial_balance') }} as ledger
    inner join entities on ledger.entity_id = entities.entity_id
    inner join entities as group_entity on group_entity.is_group
    inner join {{ ref('closing_rate') }} as rates
        on entities.currency_code = rates.currency_code and ledger.closing_id = rates.closing_id
    where ledger.statement = 'profit_and_loss'
    group by ledger.closing_id, ledger.line_code
),

group_lines as (
    select
        lines.closing_id,
        lines.line_code,
        lines.amount * structure.presentation_sign as amount
    from {{ ref('statement_line') }} as lines
    inner join entities on lines.entity_id = entities.entity_id and entities.is_group
    inner join {{ ref('layout_line') }} as structure on lines.line_code = structure.line_code
    where lines.statement = 'profit_and_loss' and lines.scenario = 'actual' and not lines.is_subtotal
)

select
    entity_sums.closing_id,
    entity_sums.line_code,
    entity_sums.amount,
    group_lines.amount as group_amount
from entity_sums
full outer join group_lines
    on entity_sums.closing_id = group_lines.closing_id and entity_sums.line_code = group_lines.line_code
where coalesce(entity_sums.amount, 0) <> coalesce(group_lines.amount, 0)
