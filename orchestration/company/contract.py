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


class ContractTable(BaseModel):
    """A table that mapping models may supply."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    area: str
    grain: str
    key: tuple[str, ...]
    columns: dict[str, ContractColumn]
    has_lineage: bool = True

    @property
    def required(self) -> list[str]:
        """The columns that a mapping must have."""
        return [name for name, column in self.columns.items() if not column.optional]


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
