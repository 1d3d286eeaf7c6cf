"""Data quality: suites of expectations, one YAML file per checked table, run by Great Expectations as SQL in DuckDB.

Only `runner` and `data_docs_view` import Great Expectations: it costs 5 to 7 seconds, so they are imported only where
checks run. Structure, keys and identities belong to the dbt tests, not here.
"""
