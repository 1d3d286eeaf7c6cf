-- Grain: one row per entity, closing, account and department of the budget; debit positive.
{{ ledger_amounts(by=['map_adventureworks__budget', 'map_simulated__budget']) }}
