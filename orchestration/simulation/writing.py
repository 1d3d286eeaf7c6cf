"""Writing tables as Parquet or CSV, byte for byte the same each time. Which files there are belongs in `delivery`.

DuckDB casts and writes; each file on one thread, several files at once. The rows are sorted before.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pandas as pd

from orchestration.simulation.calendars import ORIGIN
from orchestration.simulation.columns import NULL, Coded, ColumnData, TableData, selected
from orchestration.simulation.contract import Column, Table
from orchestration.simulation.dirt import CLEAN, Dirt, drifted
from orchestration.simulation.randomness import Bools, Ints

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


def write_file(
    connection: duckdb.DuckDBPyConnection, table: Table, data: TableData, path: Path, kind: Format, dirt: Dirt = CLEAN
) -> None:
    """Write all rows of `data` to one file; its folder must be there."""
    query = drifted(select(connection, table, data), table, dirt)
    connection.execute(f"COPY ({query}) TO '{_quoted(path)}' {_OPTIONS[kind]}")
    connection.unregister("source_rows")


def select(connection: duckdb.DuckDBPyConnection, table: Table, data: TableData) -> str:
    """Register the rows as `source_rows` and return the query that gives them the contract's types."""
    connection.register("source_rows", frame(data))
    return f"SELECT {', '.join(_cast(column) for column in table.columns)} FROM source_rows"


def frame(data: TableData) -> pd.DataFrame:
    """Return a table as a data frame: codes as categories, all else as it is held."""
    return pd.DataFrame({name: _series(column) for name, column in data.items()}, copy=False)


def _series(column: ColumnData) -> "pd.Categorical | Ints | Bools":
    if isinstance(column, Coded):
        return pd.Categorical.from_codes(column.places, categories=pd.Index(column.texts, dtype=object))
    return column


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


def slices(data: TableData, days: Ints) -> Iterator[tuple[int, TableData]]:
    """Split a table sorted by entered_on at the first days given; yields the place of the day and the rows, if any."""
    bounds = np.searchsorted(data["entered_on"], np.append(days, np.iinfo(np.int64).max))  # type: ignore[call-overload]
    for place in range(len(days)):
        if bounds[place] < bounds[place + 1]:
            yield place, selected(data, slice(int(bounds[place]), int(bounds[place + 1])))


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
