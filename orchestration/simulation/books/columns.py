"""How columns of output tables are held before they are written: whole numbers, codes, and what stands for NULL.

A date is its day number, money is cents, DECIMAL(p, s) is the value times 10^s, a TIMESTAMP is seconds since 1970.
Writing them belongs in `writing`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from orchestration.simulation.setting.company import CURRENCIES, ENTITIES
from orchestration.simulation.setting.randomness import Bools, Ints

NULL = np.iinfo(np.int64).min
"""Stands for NULL in a column of whole numbers."""


@dataclass(frozen=True)
class Coded:
    """A text column: places in a list of texts; a place below zero is NULL."""

    places: Ints
    texts: Sequence[str]

    def __getitem__(self, rows: "slice | Ints | Bools") -> "Coded":
        """Return some rows."""
        return Coded(self.places[rows], self.texts)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.places)


ColumnData = Ints | Bools | Coded
TableData = dict[str, ColumnData]
"""A table: its columns by name, all of the same length, in the order of the contract."""

ENTITY_CODES = [entity.code for entity in ENTITIES]
SITE_CODES = [entity.site for entity in ENTITIES]


def entities(places: Ints) -> Coded:
    """Return entity codes."""
    return Coded(places, ENTITY_CODES)


def sites(places: Ints) -> Coded:
    """Return site codes: every entity has one site."""
    return Coded(places, SITE_CODES)


def currencies(places: Ints) -> Coded:
    """Return currency codes."""
    return Coded(places, CURRENCIES)


def texts(values: Sequence[str | None]) -> Coded:
    """Return a column of free text, for small tables."""
    known = list(dict.fromkeys(value for value in values if value is not None))
    place = {value: number for number, value in enumerate(known)}
    return Coded(np.array([-1 if v is None else place[v] for v in values], dtype=np.int64), known)


def rows(table: TableData) -> int:
    """Return the number of rows."""
    return len(next(iter(table.values())))


def selected(table: TableData, chosen: "slice | Ints | Bools") -> TableData:
    """Return some rows of a table."""
    return {name: column[chosen] for name, column in table.items()}
