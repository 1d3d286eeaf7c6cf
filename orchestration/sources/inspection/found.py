"""What inspection finds out about a source: values and the evidence for each of them.

Data only. Looking belongs in the modules per kind of source, the text of the drafts in the modules `*_draft`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Scalar = str | int | float | bool


@dataclass(frozen=True)
class Guess:
    """One line of a declaration, and what speaks for it; a person is to check it."""

    value: object
    because: str


@dataclass(frozen=True)
class FoundColumn:
    """A column under the name that the source gives it; the figures are of the rows that were looked at."""

    name: str
    type: str
    """As a declaration writes it, e.g. DECIMAL(18, 2)."""
    because: str = ""
    """What speaks for the type, where it is not plain."""
    rounding: Literal["exact", "half_even"] = "exact"
    is_optional: bool = False
    """Whether a record may leave it out, as JSON's do."""
    rows: int = 0
    nulls: int = 0
    distinct: int = 0
    low: str | None = None
    """The least value of a number, date or time; None of text, and of what may be personal."""
    high: str | None = None
    longest: int | None = None
    """Characters of the longest text."""
    values: tuple[str, ...] = ()
    """All values, where they are few and look like codes."""
    at_midnight: bool = False
    """A TIMESTAMP of which every value is a whole day."""
    unfit: int = 0
    """Rows whose value does not fit the type and would go to quarantine."""

    @property
    def is_full(self) -> bool:
        """Whether every row has a value."""
        return self.rows > 0 and self.nulls == 0


@dataclass(frozen=True)
class FoundTable:
    """One table: where it is, how it is written, its columns and its key."""

    name: str
    place: dict[str, object]
    """What the declaration says of where the table is: files and format, relation, or resource."""
    columns: tuple[FoundColumn, ...]
    rows: int
    """Rows that were looked at."""
    state_rows: int
    """Those of them that staging keeps: fewer where files repeat rows."""
    is_whole: bool
    """Whether these are all rows that are there."""
    section: str = ""
    """The part of the declaration that the options belong to: csv, json or excel."""
    options: dict[str, Guess] = field(default_factory=dict)
    """How the table's files are written."""
    load: Guess = Guess("full", "")
    more: dict[str, Guess] = field(default_factory=dict)
    """What belongs to the load mode: cursor, overlap, full_every_days."""
    key: tuple[str, ...] = ()
    key_because: str = ""
    is_newest_file: bool = False
    """Whether each file repeats the whole table, so that only the rows of the newest one count."""
    notes: tuple[str, ...] = ()
    """What a person should know before using the draft."""
    unfit_rows: tuple[str, ...] = ()
    """What would go to quarantine, in words, after landing what was looked at with the draft."""


@dataclass(frozen=True)
class FoundSystem:
    """A source system as it could be declared."""

    name: str
    description: str
    place: dict[str, Guess]
    """root, database or api."""
    tables: tuple[FoundTable, ...]
    max_age_hours: Guess
    left_out: tuple[str, ...] = ()
    """What is there and was not drafted, with the reason."""


@dataclass(frozen=True)
class Sample:
    """Rows to look at: Parquet files that hold a table's values as its reader gives them."""

    files: tuple[Path, ...]
    types: dict[str, str]
    """DuckDB's type of each column, in the order of the source."""
    is_whole: bool
