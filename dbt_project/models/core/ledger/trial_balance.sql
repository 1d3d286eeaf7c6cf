-- Grain: one row per entity, closing, account and department of the actual ledger; debit positive.
-- A balance-sheet account carries its balance at a regular closing and its movement at a year-end adjustment;
-- a profit and loss account carries its movement always.
{{ ledger_amounts(table='trial_balance') }}
