"""The ledger, its sub-ledgers and posting rules, and the tables that the company delivers."""
