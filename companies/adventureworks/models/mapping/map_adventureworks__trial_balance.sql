-- Grain: one row per entity, closing, account and department of the actual ledger; debit positive.
{{ adventureworks_ledger('Actual') }}
