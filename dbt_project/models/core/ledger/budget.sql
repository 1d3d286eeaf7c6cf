-- Grain: one row per entity, closing, account and department of the budget; debit positive.
{{ ledger_amounts(table='budget') }}
