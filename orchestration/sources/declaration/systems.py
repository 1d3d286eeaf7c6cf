"""What a source system's `defs.yaml` may say, and reading it without Dagster.

The Dagster component (`orchestration.components.SourceSystemComponent`) takes the same models, so that there is one
definition of what is allowed. What may be said of a table belongs in `tables`, where a database is in `locations`; how
a table is then read in `landing` and the rooms per kind of source.
"""

import re
from pathlib import Path
from typing import Any, Self

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from orchestration.errors import field_fault, yaml_fault
from orchestration.sources.declaration.api_options import Api, check_resources
from orchestration.sources.declaration.locations import Database, check_storage
from orchestration.sources.declaration.ready_systems import ready_types, with_ready_tables
from orchestration.sources.declaration.tables import Declared, SnakeCase, SourceTable
from orchestration.sources.environment import filled_in
from orchestration.sources.errors import DeclarationError

COMPONENT_TYPE = "orchestration.components.SourceSystemComponent"
"""The `type:` that a source system's defs.yaml carries."""

_MAY_HOLD_SECRETS = {"auth", "headers", "params", "connection", "base_url", "storage"}
_OWNER = re.compile(r"team:[\w.-]+|[^@\s]+@[^@\s]+\.[^@\s]+")

_PLACES = {"root": ("files", "format"), "database": ("relation",), "api": ("resource",)}
"""What says where a system is, and what each of its tables must say then."""

_OF_ONE_KIND = {**{name: place for place, names in _PLACES.items() for name in names}, "marker": "root"}


class SourceSystem(Declared):
    """One source system: where it is, who owns it, and its tables. It is a folder, a database or an API."""

    name: SnakeCase
    description: str = Field(min_length=1)
    owners: tuple[str, ...] = Field(min_length=1, description="E-mail addresses, or team:<name>.")
    group: SnakeCase = Field(description="The area, for example finance or operations; Dagster's asset group.")
    root: str | None = Field(
        default=None,
        min_length=1,
        description="The folder: relative to the company's folder, absolute, or with ${VARIABLE}; "
        "elsewhere, a URL such as s3://bucket/folder or sftp://user@host/folder.",
    )
    storage: dict[str, Any] | None = Field(
        default=None,
        description="How to get at a root elsewhere: fsspec's options, secrets as ${VARIABLE}, e.g. "
        "{key: ${S3_KEY}, secret: ${S3_SECRET}} or {password: ${SFTP_PASSWORD}, known_hosts: /etc/ssh/known_hosts}.",
    )
    database: Database | None = None
    api: Api | None = None
    max_age_hours: float | None = Field(default=None, gt=0, description="How old the newest load may become.")
    tables: tuple[SourceTable, ...] = Field(min_length=1)
    entity: str | None = Field(default=None, description="Of a ready system: the entity whose books these are.")
    ready: str | None = Field(
        default=None, description="The ready system that gives its tables and models; set on reading."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        given = [place for place in _PLACES if getattr(self, place) is not None]
        if len(given) != 1:
            raise ValueError(f"say where the system is: one of {', '.join(_PLACES)} (given: {', '.join(given) or '-'})")
        (place,) = given
        if self.storage is not None and not self.root:
            raise ValueError(f"storage is for systems with root, and this one has {place}")
        check_storage(self.root or "", self.storage)
        for position, table in enumerate(self.tables):
            where = f"tables.{position} ({table.name})"
            if missing := [name for name in _PLACES[place] if getattr(table, name) is None]:
                raise ValueError(f"{where}: {' and '.join(missing)} must be given where the system has {place}")
            for name, other in _OF_ONE_KIND.items():
                if other != place and getattr(table, name) is not None:
                    raise ValueError(f"{where}: {name} is for systems with {other}, and this one has {place}")
        return self

    @field_validator("owners")
    @classmethod
    def _reachable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for owner in value:
            if not _OWNER.fullmatch(owner):
                raise ValueError(f"{owner!r} is not an owner; allowed: an e-mail address or team:<name>")
        return value

    @model_validator(mode="after")
    def _distinct_tables(self) -> Self:
        names = [table.name for table in self.tables]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"tables declared more than once: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _resources_fit(self) -> Self:
        if self.api:
            check_resources(self.api, {table.name: table.resource for table in self.tables if table.resource})
        return self

    @property
    def kind(self) -> str:
        """What the system is: files, api, or the database's kind."""
        return self.database.kind if self.database else "api" if self.api else "files"

    def location(self) -> str:
        """Return the root with its variables filled in.

        Raises `DeclarationError` where the root names an environment variable that is not set.
        """
        return filled_in(self.root or "", what=f"Source system {self.name}: root {self.root!r}")

    def folder(self, project_root: Path) -> Path:
        """Return the folder of a system that is one here; a relative root starts at `project_root`.

        Raises as `location` does.
        """
        return project_root / self.location()


def load_declarations(defs_folder: Path) -> list[SourceSystem]:
    """Read every source system declared below a folder, in order of name.

    Each file `defs.yaml` is a system of its own tables, or of a ready system's. Dagster is not imported. Raises
    `DeclarationError` naming file, field and what is allowed.
    """
    systems: dict[str, SourceSystem] = {}
    for file in sorted(defs_folder.rglob("defs.yaml")):
        for document in _documents(file):
            if not (attributes := _attributes(document, file)):
                continue
            try:
                system = SourceSystem.model_validate(attributes)
            except ValidationError as error:
                raise DeclarationError(f"{file}: {_in_words(error)}") from error
            if system.name in systems:
                raise DeclarationError(f"{file}: source system {system.name!r} is declared twice; rename one of them.")
            systems[system.name] = system
    return [systems[name] for name in sorted(systems)]


def _documents(file: Path) -> list[object]:
    try:
        return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{file}: this is not YAML: {yaml_fault(error)}.") from error


def _attributes(document: object, file: Path) -> dict[str, Any] | None:
    """Return what a document declares of a source system, a ready system's tables among it; None for an empty one."""
    if document is None:
        return None
    if not isinstance(document, dict) or not document.get("type"):
        raise DeclarationError(
            f"{file}: say `type: {COMPONENT_TYPE}`, or one of the ready systems ({', '.join(ready_types())}), "
            "and below `attributes:` the source system."
        )
    attributes = document.get("attributes")
    if not isinstance(attributes, dict):
        raise DeclarationError(f"{file}: there is nothing below `attributes:`; it holds what is declared.")
    if document["type"] == COMPONENT_TYPE:
        return attributes
    return with_ready_tables(str(document["type"]), attributes, file)


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'attributes'}: {field_fault(fault)}"
        + (f" (it is {fault['input']!r})" if may_be_shown(fault["loc"], fault["input"]) else "")
        for fault in error.errors()
        if not (fault["type"] == "too_short" and error.error_count() > 1)  # of a list whose items are at fault
    )


def may_be_shown(place: tuple[int | str, ...], value: object) -> bool:
    """Return whether a value of a declaration may stand in a message: text and numbers, and no secrets."""
    return isinstance(value, str | int | float) and not _MAY_HOLD_SECRETS & {*place}
