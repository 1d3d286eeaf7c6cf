{{ config(materialized='view') }}
-- Grain: one row per line of a journal entry of all systems; debit positive, in the entity's currency.
-- A line without an account is on `(no account)`: it is shown, and its entry still balances.
with

lines as (
    {{ supplied(
        table='journal_line',
        columns={
            'journal_line_id': 'string',
            'journal_entry_id': 'string',
            'ledger_id': 'string',
            'entity_id': 'string',
            'posted_on': 'date',
            'entered_at': 'timestamp',
            'period_label': 'string',
            'entry_type': 'string',
            'account_id': 'string',
            'account_code': 'string',
            'amount': 'decimal(38, 6)',
            'transaction_amount': 'decimal(38, 6)',
            'transaction_currency_code': 'string',
            'partner_entity_id': 'string',
            'department_code': 'string',
            'customer_id': 'string',
            'supplier_id': 'string',
            'product_id': 'string',
            'document_type': 'string',
            'document_id': 'string',
            'reconciliation_id': 'string',
            'description': 'string',
        },
    ) }}
)

select
    journal_line_id,
    journal_entry_id,
    coalesce(ledger_id, 'main') as ledger_id,
    entity_id,
    posted_on,
    entered_at,
    period_label,
    coalesce(entry_type, 'ordinary') as entry_type,
    coalesce(nullif(trim(account_id), ''), nullif(trim(account_code), ''), '(no account)') as account_id,
    coalesce(nullif(trim(account_code), ''), nullif(trim(account_id), ''), '(no account)') as account_code,
    amount,
    transaction_amount,
    transaction_currency_code,
    partner_entity_id,
    coalesce(nullif(trim(department_code), ''), 'none') as department_code,
    customer_id,
    supplier_id,
    product_id,
    document_type,
    document_id,
    reconciliation_id,
    description,
    {{ lineage_columns() }}
from lines
