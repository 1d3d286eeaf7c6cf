-- Grain: one row per system, entity, ledger, day, label of a period and type of entry that something was posted with.
-- Small, whatever the journal's size: what depends on days only is decided here once, and not for each line.
select
    source_system,
    entity_id,
    ledger_id,
    posted_on,
    coalesce(period_label, '') as period_label,
    entry_type,
    'journal' as posting_kind,
    count(*) as line_count,
    max(entered_at) as last_entered_at,
    max(known_at) as known_at
from {{ ref('journal_line') }}
group by source_system, entity_id, ledger_id, posted_on, coalesce(period_label, ''), entry_type
union all
select
    source_system,
    entity_id,
    ledger_id,
    closing_on as posted_on,
    '' as period_label,
    entry_type,
    kind as posting_kind,
    count(*) as line_count,
    cast(null as {{ dbt.type_timestamp() }}) as last_entered_at,
    max(known_at) as known_at
from {{ ref('reported_balance') }}
group by source_system, entity_id, ledger_id, closing_on, entry_type, kind
