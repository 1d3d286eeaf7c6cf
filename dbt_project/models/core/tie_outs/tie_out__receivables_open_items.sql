-- Grain: one row per entity and closing from its first invoice to a customer on: trade receivables in the ledger, and the open invoices to customers
-- at the closing rates; a payment without an invoice is among them.
{{ open_items_in_ledger('receivable', 'trade_receivables') }}
