"""Small simulated companies for the tests, each made once, and their journal lines as flat arrays."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from orchestration.simulation.books.columns import Coded, TableData
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.simulate import Options, journal, last_entry_day, make_company

Ints = npt.NDArray[np.int64]


@lru_cache(maxsize=8)
def small_company(seed: int, years: int = 1, scale: float = 0.05) -> Company:
    """A company of a few hundred order lines a year."""
    return make_company(Options(years=years, scale=scale, seed=seed))[0]


@dataclass(frozen=True)
class Lines:
    """All journal lines; codes as places in their lists."""

    table: TableData

    def __getitem__(self, name: str) -> Ints:
        column = self.table[name]
        return column.places if isinstance(column, Coded) else np.asarray(column)

    def texts(self, name: str) -> list[str]:
        column = self.table[name]
        assert isinstance(column, Coded)
        return [column.texts[place] for place in column.places]

    def of(self, name: str, text: str) -> npt.NDArray[np.bool_]:
        """Whether each line has a text in a column."""
        column = self.table[name]
        assert isinstance(column, Coded)
        return column.places == (list(column.texts).index(text) if text in column.texts else -2)


def journal_lines(company: Company) -> Lines:
    return Lines(journal(company, -1, last_entry_day(company)))


def sums(amount: Ints, *groups: Ints) -> dict[tuple[int, ...], int]:
    """Amounts added up by group."""
    keys, place = np.unique(np.stack(groups), axis=1, return_inverse=True)
    total = np.zeros(keys.shape[1], dtype=np.int64)
    np.add.at(total, place.ravel(), amount)
    return {tuple(int(part) for part in key): int(value) for key, value in zip(keys.T, total, strict=True)}
