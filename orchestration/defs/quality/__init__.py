"""Data quality checks."""
