"""Databases: one module per kind, with what it gives exactly and what not.

Landing begins in `database`; what a kind must offer is in `relations`.
"""
