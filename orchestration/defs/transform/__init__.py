"""The dbt models."""
