"""The dirt of --dirty: rows that cannot be read, rows that are there twice, columns that nobody declared.

Malformed rows are added to the sound ones, so that quarantining them leaves the sound rows whole.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from orchestration.simulation.books.columns import TableData, rows
from orchestration.simulation.books.contract import Table
from orchestration.simulation.setting.randomness import Draws, Ints

_DUPLICATED_FILES, _MALFORMED_FILES = 0.06, 0.06
_ADDED_FILES, _REORDERED_FILES = 0.01, 0.01
_MOST = 5
_EXTRA_COLUMN = "legacy_code"


@dataclass(frozen=True)
class Dirt:
    """What is wrong with one file."""

    duplicates: Ints
    """Places of rows that are there twice."""
    malformed: int
    is_extra_column: bool
    is_reordered: bool

    @property
    def drifted_columns(self) -> str | None:
        """What the columns have that the contract has not, in words."""
        said = [f"{_EXTRA_COLUMN} added"] if self.is_extra_column else []
        said += ["columns in another order"] if self.is_reordered else []
        return ", ".join(said) or None


CLEAN = Dirt(np.empty(0, dtype=np.int64), 0, False, False)


def plan(draws: Draws, table: Table, number: int, data: TableData, *, is_csv: bool) -> Dirt:
    """Draw the dirt of a file; `number` tells the files of the table apart."""
    key, count = f"dirt/{table.name}", rows(data)
    if count < 2 * _MOST:
        return CLEAN
    copies = int(draws.integers(f"{key}/copies", 1, _MOST, number))
    place = np.arange(copies, dtype=np.int64)
    twice = bool(draws.chance(f"{key}/twice", _DUPLICATED_FILES, number))
    chosen = np.unique(draws.integers(f"{key}/row", 0, count - 1, number, place)) if twice else place[:0]
    broken = is_csv and bool(draws.chance(f"{key}/broken", _MALFORMED_FILES, number))
    return Dirt(
        duplicates=chosen,
        malformed=int(draws.integers(f"{key}/lines", 1, _MOST, number)) if broken else 0,
        is_extra_column=bool(draws.chance(f"{key}/extra", _ADDED_FILES, number)),
        is_reordered=bool(draws.chance(f"{key}/order", _REORDERED_FILES, number)),
    )


def soiled(data: TableData, dirt: Dirt) -> TableData:
    """Return the rows with the duplicates below them."""
    if not len(dirt.duplicates):
        return data
    place = np.concatenate([np.arange(rows(data), dtype=np.int64), dirt.duplicates])
    return {name: column[place] for name, column in data.items()}


def drifted(query: str, table: Table, dirt: Dirt) -> str:
    """Return the query of a file's rows with the columns as the file has them."""
    names = [f'"{column.name}"' for column in table.columns]
    if dirt.is_reordered:
        names = [*names[1:], names[0]]
    if dirt.is_extra_column:
        names.append(f"'L' || row_number() OVER () AS {_EXTRA_COLUMN}")
    return f"SELECT {', '.join(names)} FROM ({query})" if dirt.drifted_columns else query


def add_malformed(path: Path, table: Table, dirt: Dirt) -> None:
    """Add lines that cannot be read to a CSV file: too short, words for numbers, days that there are not."""
    if not dirt.malformed:
        return
    with path.open(encoding="utf-8") as handle:
        header, sound = next(handle).rstrip("\n"), next(handle).rstrip("\n")
    names = header.split(",")
    typed = [(c.name, c.kind) for c in table.columns if c.kind not in ("VARCHAR", "BOOLEAN")]
    lines = []
    for number in range(dirt.malformed):
        fields = _fields(sound)
        name, kind = typed[number % len(typed)]
        if number % 3 == 0:
            lines.append(",".join(fields[: len(fields) // 2]))
            continue
        fields[names.index(name)] = "2024-13-45" if kind in ("DATE", "TIMESTAMP") else "12.3.4x"
        lines.append(",".join(fields))
    with path.open("a", encoding="utf-8", newline="") as handle:
        handle.write("".join(f"{line}\n" for line in lines))


def _fields(line: str) -> list[str]:
    """Split a line of a file that DuckDB wrote; texts of the company have neither commas nor quotes."""
    return line.split(",")
