"""What a source system's `defs.yaml` may say: pydantic models, and reading them without Dagster.

The Dagster component (`orchestration.components.SourceSystemComponent`) takes the same models, so that there is one
definition of what is allowed. How each format may be written belongs in `options`; how a table is then read in
`landing` and the modules per format.
"""

import hashlib
import json
import os
import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, field_validator, model_validator

from orchestration.settings import DEFAULT_DEMO
from orchestration.sources.errors import DeclarationError
from orchestration.sources.options import CsvOptions, ExcelOptions, JsonOptions, TextOptions, Unpacking

COMPONENT_TYPE = "orchestration.components.SourceSystemComponent"
"""The `type:` that a source system's defs.yaml carries."""

RESERVED_COLUMNS = frozenset({"source_row", "file_row_number", "__problems"})
"""Column names that landing adds itself; a source may not have them."""

READING_RULES = 1
"""Raise this when landing starts to read the same bytes differently, so that files are landed again."""

_SIMPLE_TYPES = [
    "BOOLEAN",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "FLOAT",
    "DOUBLE",
    "VARCHAR",
    "DATE",
    "TIME",
    "TIMESTAMP",
]
_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
_MAX_DECIMAL_DIGITS = 38
_ENVIRONMENT = re.compile(r"\$\{(\w+)\}")
_OWNER = re.compile(r"team:[\w.-]+|[^@\s]+@[^@\s]+\.[^@\s]+")

SnakeCase = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Lower-case letters, digits and _.")]


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class SourceColumn(_Declared):
    """One column, under the name that the source gives it."""

    type: str = Field(description=f"One of {', '.join(_SIMPLE_TYPES)}, or DECIMAL(precision, scale).")
    description: str = ""
    nullable: bool = Field(default=True, description="false: a row without a value here is quarantined.")
    rounding: Literal["exact", "half_even"] = Field(
        default="exact",
        description="exact: a value that does not fit the type exactly is quarantined. "
        "half_even: a floating-point value is rounded half-even to the DECIMAL's scale (Parquet only).",
    )

    @field_validator("type")
    @classmethod
    def _known_type(cls, value: str) -> str:
        kind = re.sub(r"\s+", "", value).upper()
        decimal = _DECIMAL.fullmatch(kind)
        fits = decimal and int(decimal[2]) <= int(decimal[1]) <= _MAX_DECIMAL_DIGITS
        if not fits and kind not in _SIMPLE_TYPES:
            allowed = f"{', '.join(_SIMPLE_TYPES)} or DECIMAL(precision, scale) with at most 38 digits"
            raise ValueError(f"{value!r} is not a type that can be landed; allowed: {allowed}")
        return kind

    @property
    def scale(self) -> int | None:
        """Digits after the decimal point of a DECIMAL, 0 of an integer type, None of anything else."""
        decimal = _DECIMAL.fullmatch(self.type)
        return int(decimal[2]) if decimal else 0 if "INT" in self.type else None


def _column_from_short_form(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


class SourceTable(_Declared):
    """One table of a source system: which files hold it and what they look like."""

    name: SnakeCase
    description: str = Field(min_length=1)
    files: str = Field(description="A file or a glob below the system's root, e.g. ledger/*.csv.")
    format: Literal["parquet", "csv", "json", "jsonl", "excel"] = Field(
        description="json: one array of objects. jsonl: one object per line. excel: a sheet of an .xlsx workbook."
    )
    compression: Literal["auto", "gzip", "zstd", "none"] = Field(
        default="auto", description="Of csv, json and jsonl. auto: gzip if the name ends in .gz, zstd if in .zst."
    )
    unpacking: Unpacking = Unpacking()
    load: Literal["full"] = Field(default="full", description="full: the files that are there now are the table.")
    csv: CsvOptions = CsvOptions()
    json_: JsonOptions = Field(default=JsonOptions(), alias="json")
    excel: ExcelOptions = ExcelOptions()
    keys: tuple[str, ...] = Field(default=(), description="The columns that identify a row.")
    columns: dict[str, Annotated[SourceColumn, BeforeValidator(_column_from_short_form)]] = Field(
        default_factory=dict,
        description="Expected columns. An undeclared one is kept: in Parquet with its own type, else as text.",
    )

    @field_validator("files")
    @classmethod
    def _below_the_root(cls, value: str) -> str:
        path = PurePosixPath(value)
        if not value or path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{value!r} must be a path or glob below the system's root, without '..'")
        return value

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for field, options, formats in (
            ("csv", "csv options", ["csv"]),
            ("json_", "json options", ["json", "jsonl"]),
            ("excel", "excel options", ["excel"]),
            ("compression", "compression", ["csv", "json", "jsonl"]),
            ("unpacking", "unpacking", ["csv", "json", "jsonl", "excel"]),
        ):
            if self.format not in formats and field in self.model_fields_set:
                raise ValueError(
                    f"{options} given, but the format is {self.format!r}; "
                    f"remove them or say format: {' or '.join(formats)}"
                )
        if self.format == "csv" and not self.csv.header and not self.columns:
            raise ValueError("csv.header is false, so the columns must be declared, in the order of the file")
        if strange := [key for key in self.keys if self.columns and key not in self.columns]:
            raise ValueError(f"keys {strange} are not among the declared columns {list(self.columns)}")
        if taken := RESERVED_COLUMNS & {name.casefold() for name in self.columns}:
            raise ValueError(f"column {', '.join(sorted(taken))} has a name that landing uses itself")
        for name, column in self.columns.items():
            if column.rounding != "exact" and (self.format != "parquet" or not column.type.startswith("DECIMAL")):
                raise ValueError(f"column {name}: rounding is for floating-point Parquet columns landed as DECIMAL")
        return self

    @property
    def texts(self) -> TextOptions:
        """How this table's values are written as text."""
        return {"json": self.json_, "jsonl": self.json_, "excel": self.excel}.get(self.format, self.csv)

    @property
    def reading_hash(self) -> str:
        """Hash of what decides how the bytes are read; descriptions and keys do not."""
        said = {
            "rules": READING_RULES,
            "format": self.format,
            "texts": self.texts.model_dump(mode="json"),
            "compression": self.compression,
            "columns": {n: [c.type, c.nullable, c.rounding] for n, c in self.columns.items()},
        }
        return hashlib.sha256(json.dumps(said, sort_keys=False).encode()).hexdigest()


class SourceSystem(_Declared):
    """One source system: where it is, who owns it, and its tables."""

    name: SnakeCase
    description: str = Field(min_length=1)
    demo: SnakeCase | None = Field(
        default=None, description="The demo company that it belongs to; it is loaded only while TIEOUT_DEMO names it."
    )
    owners: tuple[str, ...] = Field(min_length=1, description="E-mail addresses, or team:<name>.")
    group: SnakeCase = Field(description="The area, for example finance or operations; Dagster's asset group.")
    root: str = Field(min_length=1, description="The folder: relative to the project, absolute, or with ${VARIABLE}.")
    max_age_hours: float | None = Field(default=None, gt=0, description="How old the newest load may become.")
    tables: tuple[SourceTable, ...] = Field(min_length=1)

    @field_validator("owners")
    @classmethod
    def _reachable(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for owner in value:
            if not _OWNER.fullmatch(owner):
                raise ValueError(f"{owner!r} is not an owner; allowed: an e-mail address or team:<name>")
        return value

    def is_loaded(self, demo: str) -> bool:
        """Whether it is read while `demo` is the demo that is chosen: a company's own systems always are."""
        return self.demo in (None, demo)

    @model_validator(mode="after")
    def _distinct_tables(self) -> Self:
        names = [table.name for table in self.tables]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"tables declared more than once: {', '.join(twice)}")
        return self

    def folder(self, project_root: Path) -> Path:
        """Return the system's folder; a relative root starts at `project_root`.

        Raises `DeclarationError` where the root names an environment variable that is not set.
        """

        def value_of(found: re.Match[str]) -> str:
            value = os.environ.get(found[1])
            if not value:
                raise DeclarationError(
                    f"Source system {self.name}: root {self.root!r} needs the environment variable {found[1]}, "
                    "which is not set. Set it to the folder that holds the system's files."
                )
            return value

        return project_root / _ENVIRONMENT.sub(value_of, self.root)


def load_declarations(defs_folder: Path, demo: str = DEFAULT_DEMO) -> list[SourceSystem]:
    """Read every source system declared below a folder of Dagster definitions, in order of name.

    Only files `defs.yaml` of the type `orchestration.components.SourceSystemComponent` are taken, and of the demo
    companies' only those of `demo`; Dagster is not imported. Raises `DeclarationError` naming file, field and what is
    allowed, also for systems that are not taken.
    """
    systems: dict[str, SourceSystem] = {}
    for file in sorted(defs_folder.rglob("defs.yaml")):
        for document in _documents(file):
            if not isinstance(document, dict) or document.get("type") != COMPONENT_TYPE:
                continue
            try:
                system = SourceSystem.model_validate(document.get("attributes") or {})
            except ValidationError as error:
                raise DeclarationError(f"{file}: {_in_words(error)}") from error
            if system.name in systems:
                raise DeclarationError(f"{file}: source system {system.name!r} is declared twice; rename one of them.")
            systems[system.name] = system
    return [systems[name] for name in sorted(systems) if systems[name].is_loaded(demo)]


def _documents(file: Path) -> list[object]:
    try:
        return list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DeclarationError(f"{file}: this is not YAML: {error}") from error


def _in_words(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc'])) or 'attributes'}: {fault['msg'].removeprefix('Value error, ')}"
        + (f" (it is {fault['input']!r})" if isinstance(fault["input"], str | int | float) else "")
        for fault in error.errors()
    )
