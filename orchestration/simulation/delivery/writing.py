"""Writing tables as Parquet or CSV, byte for byte the same each time. Which files there are belongs in `delivery`.

DuckDB casts and writes; each file on one thread, several files at once. The rows are sorted before.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import duckdb
import numpy as np
import pandas as pd

from orchestration.simulation.books.columns import NULL, Coded, ColumnData, TableData
from orchestration.simulation.books.contract import Column, Table
from orchestration.simulation.delivery.dirt import CLEAN, Dirt, drifted
from orchestration.simulation.setting.calendars import ORIGIN
from orchestration.simulation.setting.randomness import Bools, Ints

Format = Literal["parquet", "csv"]
_OPTIONS = {
    "parquet": "(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)",
    "csv": "(FORMAT csv, HEADER, NULLSTR '')",
}


def ordered(table: Table, data: TableData) -> TableData:
    """Return the columns of the contract, in its order, rows by day of entry and key.

    Raises `ValueError` if columns are missing or not in the contract.
    """
    names = [column.name for column in table.columns]
    if set(names) != set(data):
        raise ValueError(f"{table.name} has the columns {sorted(data)}, the contract {sorted(names)}")
    keys = [_sortable(data[name]) for name in reversed(table.key)]
    if table.delivery == "dated":
        keys.append(_sortable(data["entered_on"]))
    order = np.lexsort(keys)
    return {name: data[name][order] for name in names}


def _sortable(column: ColumnData) -> "Ints | Bools":
    return column.places if isinstance(column, Coded) else column


def load(connection: duckdb.DuckDBPyConnection, data: TableData) -> None:
    """Bring rows into the connection's table `batch`, in their order."""
    connection.register("source_rows", frame(data))
    connection.execute("CREATE OR REPLACE TEMP TABLE batch AS SELECT * FROM source_rows")
    connection.unregister("source_rows")


def write_file(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    path: Path,
    kind: Format,
    *,
    part: tuple[int, int] | None = None,
    dirt: Dirt = CLEAN,
) -> None:
    """Write the loaded rows, or those from one place to another, to a file; its folder must be there."""
    query = drifted(select(table, part), table, dirt)
    connection.execute(f"COPY ({query}) TO '{_quoted(path)}' {_OPTIONS[kind]}")


def select(table: Table, part: tuple[int, int] | None = None) -> str:
    """Return the query that gives the loaded rows in the contract's types."""
    chosen = f" WHERE rowid >= {part[0]} AND rowid < {part[1]}" if part else ""
    return f"SELECT {', '.join(_cast(column) for column in table.columns)} FROM batch{chosen}"


def frame(data: TableData) -> pd.DataFrame:
    """Return a table as a data frame: codes as categories, all else as it is held."""
    return pd.DataFrame({name: _series(column) for name, column in data.items()}, copy=False)


def _series(column: ColumnData) -> "pd.Series[Any]":
    if not isinstance(column, Coded):
        return pd.Series(column, copy=False)
    from_codes: Any = pd.Categorical.from_codes  # the stubs know lists only
    return pd.Series(from_codes(column.places, categories=list(column.texts)))


def _cast(column: Column) -> str:
    name = f'"{column.name}"'
    value = f"nullif({name}, {NULL})" if column.is_nullable and column.kind not in ("VARCHAR", "BOOLEAN") else name
    if column.kind == "DATE":
        value = f"DATE '{ORIGIN}' + {value}::INTEGER"
    elif column.kind == "TIMESTAMP":
        value = f"make_timestamp({value} * 1000000)"
    elif column.kind.startswith("DECIMAL"):
        digits = int(column.kind.partition(",")[2].rstrip(")"))
        unit = "1" if digits == 0 else f"0.{'0' * (digits - 1)}1"
        value = f"({value}::DECIMAL(18,0) * {unit}::DECIMAL({digits},{digits}))::{column.kind}"
    else:
        value = f"{value}::{column.kind}"
    return f"{value} AS {name}"


def slices(data: TableData, days: Ints) -> Iterator[tuple[int, tuple[int, int]]]:
    """Split a table sorted by entered_on at the first days given; yields the place of the day and of its rows.

    Days before ORIGIN (they stand for all before START) are there also without rows, so that every table has a file.
    """
    bounds = np.searchsorted(_sortable(data["entered_on"]), np.append(days, np.iinfo(np.int64).max))
    for place in range(len(days)):
        if days[place] < 0 or bounds[place] < bounds[place + 1]:
            yield place, (int(bounds[place]), int(bounds[place + 1]))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
