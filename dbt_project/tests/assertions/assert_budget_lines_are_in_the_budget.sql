-- Fails for each line of a budget of an entity that is not declared, a period that its calendar does not have, or an account
-- that is neither in the chart nor in accounts.csv: it would be in no comparison.
select
    lines.version_id,
    lines.entity_id,
    lines.period_id,
    lines.budgeted_on,
    lines.account_code,
    lines.amount,
    case
        when entities.entity_id is null then 'no such entity'
        when periods.period_id is null then 'no such period'
        else 'no such account'
    end as reason
from {{ ref('budget_line') }} as lines
left join {{ ref('entity') }} as entities on lines.entity_id = entities.entity_id and entities.is_declared
left join {{ ref('fiscal_period') }} as periods
    on
        entities.calendar_id = periods.calendar_id
        and (
            lines.period_id = periods.period_id
            or (lines.period_id is null and lines.budgeted_on between periods.starts_on and periods.ends_on)
        )
left join {{ ref('account') }} as accounts
    on lines.source_system = accounts.source_system and lines.account_id = accounts.source_account_id
where
    entities.entity_id is null
    or periods.period_id is null
    or not coalesce(accounts.is_in_chart or accounts.is_posting_account, false)
