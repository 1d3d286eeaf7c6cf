{# The joins that find the fiscal year and the stage of journal lines (the relation `lines`): `posted` and `closing_entries`. #}
{% macro with_posting_period() -%}
    left join {{ ref('posting_period') }} as posted
        on
            lines.entity_id = posted.entity_id
            and lines.ledger_id = posted.ledger_id
            and lines.posted_on = posted.posted_on
            and coalesce(lines.period_label, '') = coalesce(posted.period_label, '')
            and lines.entry_type = posted.entry_type
            and posted.posting_kind = 'journal'
    left join {{ ref('closing_entry') }} as closing_entries
        on
            closing_entries.is_recognised
            and lines.source_system = closing_entries.source_system
            and lines.entity_id = closing_entries.entity_id
            and lines.ledger_id = closing_entries.ledger_id
            and lines.journal_entry_id = closing_entries.journal_entry_id
            and lines.posted_on = closing_entries.posted_on
{%- endmacro %}

{# The join that finds the fiscal year and the stage of reported movements (the relation `balances`): `posted`. #}
{% macro with_posting_period_of_reports() -%}
    left join {{ ref('posting_period') }} as posted
        on
            balances.entity_id = posted.entity_id
            and balances.ledger_id = posted.ledger_id
            and balances.closing_on = posted.posted_on
            and balances.entry_type = posted.entry_type
            and posted.posting_kind = 'movement'
{%- endmacro %}

{# The stage of a journal line: a recognised closing entry is a stage of its own. #}
{% macro posting_stage() -%}
    case when closing_entries.journal_entry_id is null then posted.stage else 950 end
{%- endmacro %}
