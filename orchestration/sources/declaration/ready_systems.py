"""Ready systems: what every company that has the same program declares alike, kept in the product below `systems/`.

A ready system is a folder `systems/<type>/`: `defs.yaml` with its tables, `models/` with staging and mapping, and what
else belongs to it. A company says `type: <type>` and only what is its own: name, owners, where the files are,
whose books they are. In the product's files SYSTEM stands for the system's name and ENTITY for the entity.
"""

from pathlib import Path
from typing import Any

import yaml

from orchestration.settings import PRODUCT
from orchestration.sources.errors import DeclarationError

SYSTEMS_FOLDER = PRODUCT / "systems"
ACCOUNT_MAP = "accounts.csv"


def ready_types() -> list[str]:
    """Return the names of the ready systems, in order."""
    return sorted(file.parent.name for file in SYSTEMS_FOLDER.glob("*/defs.yaml"))


def with_ready_tables(kind: str, attributes: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return a company's attributes of a system of the type `kind`, with those that the ready system gives beside them.

    What the company says counts; `files` of the company stands for that of every table. Raises `DeclarationError` where
    there is no such type.
    """
    if kind not in ready_types():
        raise DeclarationError(
            f"{file}: type {kind!r} is not known; allowed: {', '.join(ready_types()) or 'none is installed'}, or "
            "orchestration.components.SourceSystemComponent for a system of your own."
        )
    text = (SYSTEMS_FOLDER / kind / "defs.yaml").read_text(encoding="utf-8")
    given: dict[str, Any] = yaml.safe_load(
        filled(text, str(attributes.get("name", "")), str(attributes.get("entity", "")))
    )["attributes"]
    own = dict(attributes)
    files = own.pop("files", None)
    tables = [table | ({"files": files} if files else {}) for table in given["tables"]]
    return given | {"tables": tables} | own | {"ready": kind}


def ready_models(kind: str) -> list[Path]:
    """Return the files of a ready system's models: staging, mapping and their properties."""
    return sorted(file for file in (SYSTEMS_FOLDER / kind / "models").rglob("*") if file.is_file())


def filled(text: str, system: str, entity: str) -> str:
    """Return a text of a ready system with the system's and the entity's name in it."""
    return text.replace("SYSTEM", system).replace("ENTITY", entity)


def account_map(kind: str | None) -> Path | None:
    """Return the file that says what the accounts of a ready system mean by their prefix; None where it has none."""
    file = SYSTEMS_FOLDER / kind / ACCOUNT_MAP if kind else None
    return file if file and file.is_file() else None
