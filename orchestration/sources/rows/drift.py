"""Columns that came, went or changed: what a file has, held against what was declared and what was landed last.

A missing declared column refuses the file; a new column is kept and reported. Values that do not fit a type belong in
`typed_values`.
"""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from orchestration.sources.declaration.tables import RESERVED_COLUMNS, SourceTable
from orchestration.sources.errors import DriftError, UnreadableSourceError, shortened
from orchestration.sources.lake.raw_lake import LandedColumn

_LONGEST_NAME = 300


def check_names(path: Path | str, found: Sequence[str]) -> None:
    """Raise `UnreadableSourceError` for a column without a name, a name used twice, or one that landing needs."""
    seen: dict[str, int] = {}
    for position, name in enumerate(found, start=1):
        key = name.casefold()
        if not name.strip():
            raise UnreadableSourceError(
                f"{path}: column {position} has no name. Name it at the source, or take the column away there."
            )
        if key in seen:
            first = found[seen[key] - 1]
            both = f"both named {name!r}" if name == first else f"named {first!r} and {name!r}, alike but for case"
            raise UnreadableSourceError(
                f"{path}: columns {seen[key]} and {position} are {both}. Give each column its own name."
            )
        if key in RESERVED_COLUMNS:
            raise UnreadableSourceError(
                f"{path}: column {position} is named {name!r}, which landing uses itself. Rename it at the source."
            )
        seen[key] = position


def refuse_long_names(path: Path, found: Sequence[str]) -> None:
    """Raise `UnreadableSourceError` for a name so long that it must be text that slipped into the header."""
    for position, name in enumerate(found, start=1):
        if len(name) > _LONGEST_NAME:
            raise UnreadableSourceError(
                f"{path}: the name of column {position} has {len(name)} characters; it begins with {name[:40]!r}. Most "
                "likely a quote in the header is opened and never closed. Close it."
            )


def against_declaration(
    path: Path | str, found: Sequence[str], table: SourceTable, what: str = "file", *, keeps_types: bool = False
) -> list[str]:
    """Return warnings for columns that are not declared (none if the table declares no columns at all).

    `what` is what messages call the source; `keeps_types` says that an undeclared column keeps the source's type.

    Raises `DriftError` naming each declared column that is missing, with the undeclared column it may have been
    renamed to.
    """
    undeclared = [name for name in found if name not in table.columns]
    missing = [name for name in table.columns if name not in found]
    if missing:
        told = shortened(", ".join(name + _renamed(name, undeclared) for name in missing))
        raise DriftError(
            f"{path}: declared columns are missing: {told}. The {what} has: {shortened(', '.join(found))}. "
            f"Correct the {what}, or the columns of table {table.name} in defs.yaml; until then the data landed before "
            "stays in use."
        )
    if not table.columns:
        return []
    kept = "its own type" if keeps_types or table.format == "parquet" else "text"
    return [f"column {name!r} is not declared; it was kept as {kept}" for name in undeclared]


def against_last_batch(found: Sequence[LandedColumn], last: Sequence[LandedColumn], table: SourceTable) -> list[str]:
    """Return warnings for undeclared columns that went or changed their type since the last batch of the same file."""
    now = {column.name: column.type for column in found}
    warnings = []
    for column in last:
        if column.name in table.columns:
            continue
        if column.name not in now:
            warnings.append(f"column {column.name!r}, which the last batch had, is gone{_renamed(column.name, now)}")
        elif now[column.name] != column.type:
            warnings.append(f"column {column.name!r} was {column.type} in the last batch and is {now[column.name]} now")
    return warnings


def _renamed(name: str, candidates: Sequence[str] | dict[str, str]) -> str:
    by_folded = {candidate.casefold().strip(): candidate for candidate in candidates}
    close = get_close_matches(name.casefold(), list(by_folded), n=1, cutoff=0.6)
    return f" (renamed to {by_folded[close[0]]!r}?)" if close else ""
