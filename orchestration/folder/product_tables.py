"""The columns of the tables that the product builds, for what is said of them before anything is built."""

from functools import cache
from pathlib import Path

import yaml

COLUMNS = Path(__file__).with_name("product_columns.yaml")
"""Made of a build: `python -m tests.unit.product_columns`."""


@cache
def product_columns() -> dict[str, dict[str, str]]:
    """Return the columns of each table, `schema.table`, with their types, in order."""
    columns: dict[str, dict[str, str]] = yaml.safe_load(COLUMNS.read_text(encoding="utf-8"))
    return columns
