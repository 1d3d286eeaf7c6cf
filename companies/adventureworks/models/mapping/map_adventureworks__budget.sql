-- Grain: one row per entity, closing, account and department of the budget; debit positive.
{{ adventureworks_ledger('Budget') }}
