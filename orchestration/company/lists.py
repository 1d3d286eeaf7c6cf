"""The CSV files that a company declares itself with, as text: `0870` and `870` are two accounts.

`accounts.csv`, `tie_outs.csv` and each file of `lists/` is a table of the schema `company`, all its columns VARCHAR.
"""

from pathlib import Path

import duckdb

SCHEMA = "company"
_FILES = ("accounts.csv", "tie_outs.csv")


def list_files(company: Path) -> dict[str, Path]:
    """Return the CSV files of a company's folder by the name of the table that each becomes."""
    files = [company / name for name in _FILES if (company / name).is_file()]
    return {file.stem: file for file in [*files, *sorted((company / "lists").glob("*.csv"))]}


def write_lists(connection: duckdb.DuckDBPyConnection, company: Path) -> None:
    """Replace the tables of the lists by what the files say now."""
    connection.execute(f"create schema if not exists {SCHEMA}")
    for name, file in list_files(company).items():
        path = str(file).replace("'", "''")
        connection.execute(
            f'create or replace table {SCHEMA}."{name}" as '
            f"select * from read_csv('{path}', all_varchar = true, header = true, delim = ',', quote = '\"')"
        )
