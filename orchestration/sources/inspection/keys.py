"""Which columns identify a row, which one tells what is new, and what several files of a table are to each other."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice

import duckdb

from orchestration.sources.inspection.found import FoundColumn
from orchestration.sources.inspection.names import snake_case
from orchestration.sources.sql import identifier

_KEY_NAME = re.compile(r"(^|_)(id|key|no|nr|num|number|nummer|code|uuid|guid|sku|iban)$")
_PART_NAME = re.compile(
    r"(^|_)(line|zeile|pos|position|item|seq|date|datum|day|period|year|month|type|art|language)(_|$)"
)
_LINE_NAME = re.compile(r"(^|_)(line|zeile|pos|position|item|seq)(_|$)")
_CURSORS = (
    re.compile(r"(^|_)(updated|modified|changed|last_(update|change)|geaendert|aenderung|write_date|mtime)"),
    re.compile(r"(^|_)(created|inserted|entered|loaded|angelegt|erfasst)"),
)
_CANDIDATES = 10
_COMBINATIONS = 120
_LARGEST_KEY = 4
_LONGEST_KEY_TEXT = 64
_SNAPSHOT = 0.5


@dataclass(frozen=True)
class Repetition:
    """What the same keys in several files of a table mean."""

    is_newest_file: bool
    """Each file repeats the whole table; if not, some keys come again, as corrections do."""
    because: str


def key_of(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[FoundColumn], table: str, *, by_file: bool
) -> tuple[tuple[str, ...], str]:
    """Return the smallest, most key-like columns that are different and full in every row, and what speaks for them.

    With `by_file`, different within each file (the relation's `__file`). Empty if there is none of up to four columns.
    """
    full = [column for column in columns if column.is_full and _may_be_key(column)]
    rows = columns[0].rows if columns else 0
    ranked = sorted(full, key=lambda column: _rank(column, table, columns))[:_CANDIDATES]
    tried = 0
    for size in range(1, _LARGEST_KEY + 1):
        choices = list(islice(combinations(ranked, size), _COMBINATIONS - tried))
        tried += len(choices)
        for chosen in sorted(choices, key=lambda group: _rank_together(group, table, columns)):
            if size == 1 and not _is_named_like_a_key(chosen[0], columns):
                continue
            if size > 1 and not any(_rank(column, table, columns)[0] <= 2 for column in chosen):  # noqa: PLR2004
                continue
            if _is_unique(connection, relation, [column.name for column in chosen], rows, by_file=by_file):
                names = tuple(column.name for column in sorted(chosen, key=columns.index))
                where = "different in every row of each file" if by_file else f"different and full in all {rows:,} rows"
                return names, where
    return (), ""


def cursor_of(columns: Sequence[FoundColumn]) -> FoundColumn | None:
    """Return the column that says when a row was last changed, or else made; None if no name says so."""
    for pattern in _CURSORS:
        for column in columns:
            if column.type in {"TIMESTAMP", "DATE"} and pattern.search(snake_case(column.name)):
                return column
    return None


def repetition(connection: duckdb.DuckDBPyConnection, relation: str, key: Iterable[str]) -> Repetition:
    """Return what it means that keys are different in each file, but occur in several."""
    names = ", ".join(identifier(name) for name in key)
    shares = connection.execute(
        f"WITH keys AS (SELECT DISTINCT __file, {names} FROM {relation}), "
        f"next AS (SELECT * REPLACE (__file - 1 AS __file) FROM keys), "
        f"counted AS (SELECT __file, count(*) AS n FROM keys GROUP BY 1), "
        f"kept AS (SELECT __file, count(*) AS n FROM (SELECT * FROM keys INTERSECT SELECT * FROM next) GROUP BY 1) "
        f"SELECT median(coalesce(kept.n, 0) / counted.n) FROM counted LEFT JOIN kept USING (__file) "
        f"WHERE __file < (SELECT max(__file) FROM keys)"
    ).fetchone()
    share = float(shares[0]) if shares and shares[0] is not None else 0.0
    if share >= _SNAPSHOT:
        return Repetition(
            True,
            f"each file repeats the table: {share:.0%} of the keys come again in the next; the newest file counts",
        )
    return Repetition(
        False, "some keys come again in a later file, as corrections do; of each key the newest row counts"
    )


def state_rows(
    connection: duckdb.DuckDBPyConnection, relation: str, key: Sequence[str], repeated: Repetition | None
) -> int:
    """Return how many rows the table consists of, once those that later files repeat are counted once."""
    rows = relation
    if repeated and repeated.is_newest_file:
        rows = f"{relation} WHERE __file = (SELECT max(__file) FROM {relation})"
    elif repeated:
        rows = f"(SELECT DISTINCT {', '.join(map(identifier, key))} FROM {relation})"
    found = connection.execute(f"SELECT count(*) FROM {rows}").fetchone()
    return int(found[0]) if found else 0


def is_key_like(name: str) -> bool:
    """Tell whether a column names a thing, by its own name: an id, a number, a code."""
    return bool(_KEY_NAME.search(snake_case(name)))


def _may_be_key(column: FoundColumn) -> bool:
    if column.type == "VARCHAR":
        return (column.longest or 0) <= _LONGEST_KEY_TEXT
    return (
        column.type in {"DATE", "TIMESTAMP"}
        or "INT" in column.type
        or bool(re.fullmatch(r"DECIMAL\(\d+, 0\)", column.type))
    )


def _is_named_like_a_key(column: FoundColumn, columns: Sequence[FoundColumn]) -> bool:
    return is_key_like(column.name) or (column is columns[0] and column.type not in {"DATE", "TIMESTAMP"})


def _rank(column: FoundColumn, table: str, columns: Sequence[FoundColumn]) -> tuple[int, int]:
    """Return how key-like a column is (0 is best), then where it stands."""
    name, place = snake_case(column.name), columns.index(column)
    subject = table.removesuffix("s")
    if name in {"id", "key"} or (_KEY_NAME.search(name) and name.startswith(subject)):
        return 0, place
    if _KEY_NAME.search(name):
        return 1, place
    return (2 if place == 0 or _PART_NAME.search(name) else 3), place


def _rank_together(group: Sequence[FoundColumn], table: str, columns: Sequence[FoundColumn]) -> tuple[int, bool, int]:
    """Return how key-like some columns are; a document and its line, named alike, go before two references."""
    ranks = [_rank(column, table, columns)[0] for column in group]
    names = [snake_case(column.name) for column in group]
    return sum(ranks), not any(map(_LINE_NAME.search, names)), len({name.split("_")[0] for name in names})


def _is_unique(
    connection: duckdb.DuckDBPyConnection, relation: str, names: Sequence[str], rows: int, *, by_file: bool
) -> bool:
    parts = ", ".join([*(identifier(name) for name in names), *(["__file"] if by_file else [])])
    found = connection.execute(f"SELECT count(*) FROM (SELECT DISTINCT {parts} FROM {relation})").fetchone()
    return rows > 0 and found is not None and found[0] == rows
