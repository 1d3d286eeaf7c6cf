"""The columns of the product's own tables, as a build of a company without any source has them.

`python -m tests.unit.product_columns WAREHOUSE` writes them anew; `tieout check` reads them.
"""

import sys
from pathlib import Path

import duckdb

from orchestration.folder.product_tables import COLUMNS

SCHEMAS = ("core", "finance", "operations", "kpi", "meta")


def columns_of(warehouse: Path) -> str:
    """Return the columns of each table of a warehouse as YAML, a line per table."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        tables = connection.execute(
            "SELECT table_schema || '.' || table_name, "
            "list(column_name || ': \"' || data_type || '\"' ORDER BY ordinal_position) FROM information_schema.columns WHERE list_contains($schemas, table_schema) GROUP BY 1 ORDER BY 1",
            {"schemas": list(SCHEMAS)},
        ).fetchall()
    return "".join(f"{table}: {{{', '.join(columns)}}}\n" for table, columns in tables)


if __name__ == "__main__":
    COLUMNS.write_text(columns_of(Path(sys.argv[1])), encoding="utf-8")
