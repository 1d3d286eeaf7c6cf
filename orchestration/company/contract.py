"""The contract between a company's mapping models and core, as data: tables, their columns, what may be missing."""

from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

ColumnType = Literal["text", "whole", "amount", "quantity", "price", "rate", "share", "day", "time", "flag"]
_FILE = Path(__file__).parent / "contract.yaml"

TYPES: dict[ColumnType, str] = {
    "text": "varchar",
    "whole": "integer",
    "amount": "decimal(38, 6)",
    "quantity": "decimal(38, 6)",
    "price": "decimal(38, 6)",
    "rate": "decimal(38, 12)",
    "share": "decimal(9, 6)",
    "day": "date",
    "time": "timestamp",
    "flag": "boolean",
}
"""The SQL type of each kind of column."""


class ContractColumn(BaseModel):
    """A column of a table of the contract."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ColumnType
    description: str
    optional: bool = False
    allowed: tuple[str, ...] = ()
    blank: str | None = None
    """Of a required column, what becomes of a row that has no value there; without it no row may lack one."""


class ContractTable(BaseModel):
    """A table that mapping models may supply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: str
    grain: str
    key: tuple[str, ...]
    columns: dict[str, ContractColumn]
    counts_on: tuple[str, ...] = ()
    """The columns that say of which day a row is; the first that has a value."""
    has_lineage: bool = True

    @property
    def required(self) -> list[str]:
        """The columns that a mapping must have."""
        return [name for name, column in self.columns.items() if not column.optional]

    @property
    def filled(self) -> list[str]:
        """The columns that have a value in each row."""
        return [name for name in self.required if self.columns[name].blank is None]

    @property
    def allowed(self) -> dict[str, list[str]]:
        """What may stand in the columns that hold one of a few values."""
        return {name: list(column.allowed) for name, column in self.columns.items() if column.allowed}


class Contract(BaseModel):
    """All tables, and the columns that every one of them has that says where its rows come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    lineage: tuple[str, ...]
    tables: dict[str, ContractTable]


@lru_cache
def contract() -> Contract:
    """Return the contract."""
    content = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return Contract(lineage=content.pop("lineage"), tables=content)
