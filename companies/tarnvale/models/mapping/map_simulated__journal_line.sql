-- Grain: one row per journal line.
select
    journal_id || '-' || line_number as journal_line_id,
    journal_id as journal_entry_id,
    entity_id,
    posted_on,
    entered_on as entered_at,
    period_id as period_label,
    case journal_type
        when 'opening' then 'opening'
        when 'year_end_adjustment' then 'adjustment'
        when 'year_end_close' then 'closing'
        else 'ordinary'
    end as entry_type,
    account_code,
    amount,
    transaction_amount,
    currency_code as transaction_currency_code,
    case when journal_type like 'intercompany%' then partner_id end as partner_entity_id,
    department_code,
    product_id,
    document_type,
    document_id,
    {{ lineage_columns() }}
from {{ ref('stg_simulated__journal_line') }}
