"""A simulated manufacturer whose every operational event posts to the ledger, and whose true numbers it writes down.

What the company is and what it delivers: docs/simulated-company.md. Nothing of the product imports this package but
the command line, and it imports nothing of the product.
"""
