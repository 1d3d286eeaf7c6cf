"""HTTP APIs, read with dlt: requests, pages, and what goes wrong.

Landing begins in `rest_api`. Records are typed by `formats.json_files`.
"""
