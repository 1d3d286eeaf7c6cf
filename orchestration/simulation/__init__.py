"""A simulated manufacturer whose every operational event posts to the ledger, and whose true numbers it writes down.

What the company is and what it delivers: docs/simulated-company.md. Nothing of the product imports this package but
the command line, and it imports nothing of the product.

The rooms, each above those that it imports from: `setting` (what every process starts from), `books` (ledger, posting
rules, tables), `processes` (one module per business process) beside `delivery` (dated files, late, corrected, dirty),
`truth` (the true numbers). `simulate` makes a company of them, `database` fills a database with it.
"""
