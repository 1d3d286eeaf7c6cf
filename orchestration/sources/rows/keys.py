"""Keys: a row whose key was already used in its batch, or that has none, goes to quarantine.

Of the rows with one key the first in the source stays. Rows that are in quarantine for another reason use no key.
Belongs here: finding such rows in what has been written, for every kind of source. How a key replaces rows of earlier
batches does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import DriftError
from orchestration.sources.lake.raw_lake import DATA_FILE
from orchestration.sources.rows.reading import PARQUET, Origin, Reject, refuse_if_mostly_unfit, row_word
from orchestration.sources.sql import identifier, literal

ALREADY_USED = "was already used"
"""What the reason of a repeated key says; the first row with the key is sound, so it has not been mended."""

_KEPT = "kept.parquet"


def check_keys(path: Path | str, names: Sequence[str], table: SourceTable) -> None:
    """Raise `DriftError` if a column of the key is not among the source's columns."""
    if missing := [key for key in table.keys if key not in names]:
        raise DriftError(
            f"{path}: {', '.join(missing)} of the key is missing. The source has: {', '.join(names)}. "
            f"Correct the source, or the keys of table {table.name} in defs.yaml."
        )


def keys_increase(connection: duckdb.DuckDBPyConnection, rows: str, keys: Sequence[str]) -> bool:
    """Return whether each key is greater than the one before, as in most exports: then each row has one of its own.

    It costs a twentieth of grouping by the key. Without keys there is nothing to be wrong.
    """
    if not keys:
        return True
    before = ", ".join(f"lag({identifier(name)}) OVER () AS __before_{n}" for n, name in enumerate(keys))
    greater = "false"
    for n, name in reversed(list(enumerate(keys))):
        now, last = identifier(name), f"__before_{n}"
        greater = f"({now} > {last} OR ({now} = {last} AND {greater}))"
    found = connection.execute(
        f"SELECT count(*) FILTER ({greater} IS NOT TRUE), count(*) FILTER ({_any_missing(keys)}) "
        f"FROM (SELECT {_listed(keys)}, {before} FROM {rows})"
    ).fetchone()
    not_greater, missing = found or (1, 1)
    the_first = 1
    return not_greater <= the_first and not missing


def _keys_differ(connection: duckdb.DuckDBPyConnection, rows: str, keys: Sequence[str]) -> bool:
    """Return whether the keys' hashes all differ: then the keys do, as equal ones have one hash.

    Grouping by a number costs three quarters of grouping by a text. Hashes that are equal prove nothing.
    """
    found = connection.execute(
        f"SELECT NOT EXISTS (SELECT 1 FROM {rows} WHERE {_any_missing(keys)}) AND "
        f"NOT EXISTS (SELECT 1 FROM {rows} GROUP BY hash({_listed(keys)}) HAVING count(*) > 1)"
    ).fetchone()
    return found is not None and bool(found[0])


def quarantine_unkeyed(
    connection: duckdb.DuckDBPyConnection, file: Origin, table: SourceTable, rows: str, rows_read: int, target: Path
) -> int:
    """Take the rows without a key of their own out of data.parquet and return how many they are.

    `rows` are the rows of data.parquet for SQL, with source_row. If any goes, data.parquet is written again, with a
    column source_row, and `unkeyed_rejects` gives them. Raises `DriftError` if they are more than half of `rows_read`.
    """
    if keys_increase(connection, rows, table.keys) or _keys_differ(connection, rows, table.keys):
        return 0
    connection.execute(
        f"CREATE OR REPLACE TABLE repeated AS SELECT {_listed(table.keys)}, min(source_row) AS __first "
        f"FROM {rows} WHERE NOT ({_any_missing(table.keys)}) GROUP BY {_listed(table.keys)} HAVING count(*) > 1"
    )
    key = " || ', ' || ".join(
        f"{literal(f'{name} = ')} || left({identifier(name)}::VARCHAR, 100)" for name in table.keys
    )
    missing = ", ".join(f"CASE WHEN {identifier(name)} IS NULL THEN {literal(name)} END" for name in table.keys)
    connection.execute(
        "CREATE OR REPLACE TABLE unkeyed AS "
        f"SELECT source_row, {literal(', '.join(table.keys))} AS column_name, "
        f"'the key (' || {key} || ') {ALREADY_USED} in {row_word(table)} ' || __first AS reason "
        f"FROM {rows} JOIN repeated USING ({_listed(table.keys)}) WHERE source_row > __first "
        f"UNION ALL SELECT source_row, concat_ws(', ', {missing}) AS column_name, "
        f"column_name || ': has no value, but is part of the key' "
        f"FROM {rows} WHERE {_any_missing(table.keys)}"
    )
    found = connection.execute("SELECT count(*) FROM unkeyed").fetchone()
    unkeyed = int(found[0]) if found else 0
    if unkeyed:
        listing = "SELECT source_row, column_name, reason FROM unkeyed"
        refuse_if_mostly_unfit(connection, file, table, rows_read, unkeyed, listing)
        connection.execute(
            f"COPY (SELECT * FROM {rows} WHERE source_row NOT IN (SELECT source_row FROM unkeyed)) "
            f"TO {literal(str(target / _KEPT))} {PARQUET}"
        )
        (target / _KEPT).replace(target / DATA_FILE)
    return unkeyed


def unkeyed_lines(connection: duckdb.DuckDBPyConnection) -> list[int]:
    """Return the source_row of each row that `quarantine_unkeyed` found, in order."""
    return [row for (row,) in connection.execute("SELECT source_row FROM unkeyed ORDER BY 1").fetchall()]


def unkeyed_rejects(connection: duckdb.DuckDBPyConnection, raw_texts: Iterable[str]) -> Iterator[Reject]:
    """Yield what `quarantine_unkeyed` found; `raw_texts` are those of its rows, in order of source_row."""
    found = _fetched(connection, "SELECT source_row, column_name, reason FROM unkeyed ORDER BY source_row")
    for (source_row, column_name, reason), raw_text in zip(found, raw_texts, strict=True):
        yield Reject(source_row, column_name, reason, raw_text)


def unkeyed_texts(connection: duckdb.DuckDBPyConnection, rows: str) -> Iterator[str]:
    """Yield the raw texts for `unkeyed_rejects` out of `rows`, for SQL, that have source_row and raw_text."""
    query = f"SELECT raw_text FROM unkeyed JOIN {rows} USING (source_row) ORDER BY source_row"
    yield from (str(text) for (text,) in _fetched(connection, query))


def _fetched(connection: duckdb.DuckDBPyConnection, query: str) -> Iterator[tuple[Any, ...]]:
    found = connection.cursor().execute(query)
    while rows := found.fetchmany(10_000):
        yield from rows


def _any_missing(keys: Sequence[str]) -> str:
    return " OR ".join(f"{identifier(name)} IS NULL" for name in keys)


def _listed(keys: Sequence[str]) -> str:
    return ", ".join(identifier(name) for name in keys)
