-- Grain: one row per entity and closing from its first invoice of a supplier on: trade payables in the ledger, and the open invoices of suppliers
-- at the closing rates; a payment without an invoice is among them.
{{ open_items_in_ledger('payable', 'trade_payables') }}
