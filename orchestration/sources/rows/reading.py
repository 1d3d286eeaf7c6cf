"""What every kind of source has in common.

What reading a source gave, the rows that go to quarantine, and writing both as the lake's files. How a format or a
kind of source gets its rows belongs there, not here.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import ClassVar, Protocol

import duckdb

from orchestration.settings import settings
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import DriftError
from orchestration.sources.lake.raw_lake import REJECTS_FILE, LandedColumn
from orchestration.sources.rows.typed_values import TypedColumn, sound_rows
from orchestration.sources.sql import literal

PARQUET = "(FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd)"
"""How the lake's files are written. Version 2 takes about a sixth less CPU time and space than version 1."""
_REJECTS_AT_ONCE = 20_000
_DECIMAL_COMMA = re.compile(r"\"[-+]?[0-9.' ]*,[0-9]{1,2}\" does not fit (DECIMAL|DOUBLE|FLOAT)")
_OPTIONS = {"csv": "csv", "json": "json", "jsonl": "json", "excel": "excel"}
_PLACES = {"csv": "line", "jsonl": "line", "json": "record", "fec": "line", "sie": "line"}


class Origin(Protocol):
    """Where rows come from: its name in the lake, and how messages name it and its kind (file, answer)."""

    what: ClassVar[str]

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def path(self) -> Path | str: ...  # noqa: D102


@dataclass(frozen=True)
class Reject:
    """A row in quarantine. `column_name` and `reason` name several, joined, where several are wrong."""

    source_row: int
    column_name: str | None
    reason: str
    raw_text: str


@dataclass(frozen=True)
class Reading:
    """What reading one file gave. The reader has written data.parquet, and rejects.parquet if rows were quarantined."""

    columns: tuple[LandedColumn, ...]
    rows_read: int
    rows_landed: int
    rows_quarantined: int
    warnings: tuple[str, ...] = field(default=())
    rows_unchanged: int = 0
    first_row: int | None = None
    """See `raw_lake.BatchManifest.first_row`."""
    has_unique_keys: bool = False
    """Whether the source itself guarantees that each row has a key of its own."""


def told(error: duckdb.Error) -> str:
    """Return what DuckDB says of a fault as a sentence, without its name for the kind of fault."""
    if isinstance(error, duckdb.OutOfMemoryException):
        return "it takes more memory than is allowed (TIEOUT_MEMORY_LIMIT); a text in it may be far too long."
    return re.sub(r"^[\w ]+ Error: ", "", str(error).splitlines()[0]).rstrip(". ") + "."


def duckdb_connection(workplace: Path, *, at_once: int = 1) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB in memory that spills into a folder, one of `at_once` within the installation's limits."""
    limits = settings()
    connection = duckdb.connect(
        config={
            "memory_limit": limits.memory_share(at_once),
            "threads": limits.threads,
            "temp_directory": str(workplace / "spill"),
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def write_sound_rows(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[TypedColumn], rows: str, data: Path, *numbers: str
) -> int:
    """Write the rows whose values fit their types to a Parquet file, in order, and return how many they are.

    `rows` stands after FROM; its columns `numbers` are kept.
    """
    # The optimizer would push the filter below the casts, and type every value twice.
    with without_optimizer(connection, "filter_pushdown"):
        written = connection.execute(
            f"COPY ({sound_rows(columns, rows, *numbers)}) TO {literal(str(data))} {PARQUET}"
        ).fetchone()
    return int(written[0]) if written else 0


@contextmanager
def without_optimizer(connection: duckdb.DuckDBPyConnection, name: str) -> Iterator[None]:
    """Let DuckDB run queries as they are written in one respect; `duckdb_optimizers()` lists the names."""
    connection.execute(f"SET disabled_optimizers = {literal(name)}")
    try:
        yield
    finally:
        connection.execute("RESET disabled_optimizers")


def write_rejects(connection: duckdb.DuckDBPyConnection, file: Origin, rejects: Iterable[Reject], target: Path) -> int:
    """Write rejects.parquet in the order given and return how many there were. Memory holds one portion at a time."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE quarantine "
        "(source_file VARCHAR, source_row BIGINT, column_name VARCHAR, reason VARCHAR, raw_text VARCHAR)"
    )
    for portion in _portions(rejects):
        connection.execute(
            "INSERT INTO quarantine SELECT $file, unnest($rows::BIGINT[]), unnest($columns::VARCHAR[]), "
            "unnest($reasons::VARCHAR[]), unnest($texts::VARCHAR[])",
            {
                "file": file.name,
                "rows": [reject.source_row for reject in portion],
                "columns": [reject.column_name for reject in portion],
                "reasons": [reject.reason for reject in portion],
                "texts": [reject.raw_text for reject in portion],
            },
        )
    written = connection.execute(f"COPY quarantine TO {literal(str(target / REJECTS_FILE))} {PARQUET}").fetchone()
    return int(written[0]) if written else 0


def _portions(rejects: Iterable[Reject]) -> Iterable[Sequence[Reject]]:
    remaining = iter(rejects)
    while portion := list(islice(remaining, _REJECTS_AT_ONCE)):
        yield portion


def row_word(table: SourceTable) -> str:
    """Return what messages call a row by its number: a line of text, a record of a JSON array, else a row."""
    return _PLACES.get(table.format or "", "row")


def mostly_unfit(rows_read: int, rows_unfit: int) -> bool:
    """Return whether so many rows are unfit that not the rows are wrong, but the format: more than half of them."""
    return rows_unfit * 2 > rows_read


def refuse_if_mostly_unfit(
    connection: duckdb.DuckDBPyConnection,
    file: Origin,
    table: SourceTable,
    rows_read: int,
    rows_unfit: int,
    listing: str,
) -> None:
    """Raise `DriftError` if more than half of a file's rows would go to quarantine.

    `listing` is a query that gives (source_row, column_name, reason) of each misfit.
    """
    if not mostly_unfit(rows_read, rows_unfit):
        return
    place = row_word(table)
    groups = connection.execute(
        f"SELECT coalesce(column_name, 'the whole {place}'), count(*), min(source_row), arg_min(reason, source_row) "
        f"FROM ({listing}) misfit(source_row, column_name, reason) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 5"
    ).fetchall()
    found = "; ".join(
        f"{column}: {count} rows, first in {place} {row}: {reason}" for column, count, row, reason in groups
    )
    raise DriftError(
        f"{file.path}: {rows_unfit} of {rows_read} rows do not fit the declaration. {found}. "
        f"{_hint(table, found)}Correct the {file.what}, or the types and options in defs.yaml; until then the data "
        "landed before stays in use."
    )


def _hint(table: SourceTable, found: str) -> str:
    """Return what most likely has to be declared, as a sentence, for misfits as they are told."""
    options = "json" if table.resource else _OPTIONS.get(table.format or "")
    if not options:
        return ""
    texts = table.texts
    if options == "csv" and texts.decimal == "." and _DECIMAL_COMMA.search(found):
        return 'If a comma marks decimals, say csv.decimal: "," (and csv.thousands: "."). '
    for kind, declared in (("DATE", texts.date_format), ("TIMESTAMP", texts.timestamp_format)):
        if declared is None and f'" does not fit {kind} ' in found:
            return f"If dates are written otherwise than 2014-01-31, say {options}.{kind.lower()}_format. "
    return ""
