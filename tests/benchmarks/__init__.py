"""Benchmarks of landing, against what DuckDB alone does with the same input. `make bench-landing` runs them."""
