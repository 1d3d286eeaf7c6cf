"""The SQL models of a company's folder and of its ready systems: which there are, and what their names must be."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.company.contract import contract
from orchestration.company.errors import Fault
from orchestration.folder.places import near
from orchestration.settings import PRODUCT
from orchestration.sources.declaration.ready_systems import filled, ready_models
from orchestration.sources.declaration.systems import SourceSystem

_MAPPING = re.compile(r"map_(?P<system>[a-z0-9_]+?)__(?P<table>[a-z0-9_]+)")
_STAGING = re.compile(r"stg_(?P<system>[a-z0-9_]+?)__(?P<table>[a-z0-9_]+)")


@dataclass(frozen=True)
class Model:
    """A model: its name, its file, and of which ready system it is, if of one."""

    name: str
    file: Path
    ready: SourceSystem | None = None

    @property
    def text(self) -> str:
        """Its SQL, as the company has it."""
        text = self.file.read_text(encoding="utf-8")
        return filled(text, self.ready.name, self.ready.entity or "") if self.ready else text

    @property
    def contract_table(self) -> str | None:
        """The table of the contract that it supplies."""
        found = _MAPPING.fullmatch(self.name)
        return found["table"] if found and found["table"] in contract().tables else None


def own_models(folder: Path) -> list[Model]:
    """Return the models of a company's folder, in order of their files."""
    return [Model(file.stem, file) for file in sorted((folder / "models").rglob("*.sql"))]


def models_of_ready_systems(systems: Sequence[SourceSystem]) -> list[Model]:
    """Return the models that ready systems give, under the names that they get for the company's systems."""
    return [
        Model(file.stem.replace("SYSTEM", system.name), file, system)
        for system in systems
        if system.ready
        for file in ready_models(system.ready)
        if file.suffix == ".sql"
    ]


def product_models() -> set[str]:
    """Return the names of the product's own models, which mapping and staging must not read."""
    return {file.stem for file in (PRODUCT / "dbt_project" / "models").rglob("*.sql")}


def name_faults(models: Sequence[Model], systems: Sequence[str]) -> Iterator[Fault]:
    """Say which names cannot be: of an unknown system or table of the contract, or of two models."""
    first: dict[str, Path] = {}
    for model in models:
        if model.name in first:
            yield Fault(model.file, None, f"{first[model.name].name} is there twice: {first[model.name]} is the other")
        elif model.name in product_models():
            yield Fault(model.file, None, f"{model.name} is a model of the product's; take another name")
        first.setdefault(model.name, model.file)
        if model.ready:
            continue
        mapping, staging = _MAPPING.fullmatch(model.name), _STAGING.fullmatch(model.name)
        named = mapping or staging
        if named is None:
            if model.name.startswith(("map_", "stg_")):
                form = "map_<system>__<table>" if model.name.startswith("map_") else "stg_<system>__<table>"
                yield Fault(model.file, None, f"the name must be {form}, in lower-case letters, digits and _")
            continue
        system, table = named["system"], named["table"]
        # A mapping may be of several systems of one family: map_acme__… of acme_sales and acme_books.
        is_family = mapping and any(name.startswith(f"{system}_") for name in systems)
        if system not in systems and not is_family:
            there = ", ".join(systems) or "none is declared"
            yield Fault(model.file, None, f"no source system is called {system!r}; there are: {there}")
        if mapping and table not in contract().tables:
            yield Fault(model.file, None, f"the contract has no table {table!r}{near(table, contract().tables)}")
