"""What a source system's `defs.yaml` may say of one table and its columns.

How each format may be written belongs in `format_options`; where the system is in `systems`.
"""

import hashlib
import json
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, field_validator, model_validator

from orchestration.sources.declaration.api_options import ApiResource
from orchestration.sources.declaration.audit_files import SieOptions, with_fixed_columns
from orchestration.sources.declaration.format_options import (
    CsvOptions,
    ExcelOptions,
    JsonOptions,
    TextOptions,
    Unpacking,
)

LINEAGE_COLUMNS = ("source_row", "source_system", "source_table", "batch_id", "known_at", "source_file")
"""Where a row comes from: the columns that the raw views add to the source's own."""

RESERVED_COLUMNS = frozenset({*LINEAGE_COLUMNS, "file_row_number", "__problems", "__batch", "__rank"})
"""Column names that landing uses itself; a source may not have them."""

READING_RULES = 3
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
_CURSOR_TYPES = ("DATE", "TIMESTAMP", "VARCHAR")
_INTERVAL = re.compile(r"(\d+) (second|minute|hour|day)s?")


def _bound_as_text(value: object) -> object:
    """YAML reads 2005-01-01 as a date and 0.1 as a float; a bound is kept as it would be written."""
    if isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return value.isoformat() if isinstance(value, date) else str(value) if isinstance(value, int | float) else value


Bound = Annotated[str | None, BeforeValidator(_bound_as_text), WithJsonSchema({"type": ["string", "number", "null"]})]

SnakeCase = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Lower-case letters, digits and _.")]


class Declared(BaseModel):
    """What every part of a declaration has in common: nothing else may be said, and no value shows in an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)


class SourceColumn(Declared):
    """One column, under the name that the source gives it."""

    type: str = Field(description=f"One of {', '.join(_SIMPLE_TYPES)}, or DECIMAL(precision, scale).")
    description: str = ""
    optional: bool = Field(
        default=False, description="JSON and APIs. true: the field may be missing where a row has no value for it."
    )
    nullable: bool = Field(default=True, description="false: a row without a value here is quarantined.")
    rounding: Literal["exact", "half_even"] = Field(
        default="exact",
        description="exact: a value that does not fit the type exactly is quarantined. "
        "half_even: a floating-point value is rounded half-even to the DECIMAL's scale (Parquet and databases).",
    )
    minimum: Bound = Field(default=None, description="A smaller number, or an earlier date, is quarantined.")
    maximum: Bound = Field(default=None, description="A greater number, or a later date, is quarantined.")

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

    @model_validator(mode="after")
    def _sound_bounds(self) -> Self:
        low, high = self._bound("minimum"), self._bound("maximum")
        if low is not None and high is not None and low > high:
            raise ValueError(f"minimum {self.minimum} is greater than maximum {self.maximum}")
        return self

    def _bound(self, field: str) -> Any:
        """Return a bound as a value of the column's type, so that the two can be compared; None if there is none."""
        value = getattr(self, field)
        if value is None:
            return None
        takes = "no minimum or maximum"
        try:
            if self.type == "DATE":
                takes = "a date such as 2005-01-31"
                return date.fromisoformat(value)
            if self.type == "TIMESTAMP":
                takes = "a time such as 2005-01-31 23:59:59"
                return datetime.strptime(value, "%Y-%m-%d %H:%M:%S" if ":" in value else "%Y-%m-%d")  # noqa: DTZ007
            if self.type in {"DOUBLE", "FLOAT"}:
                takes = "a number"
                if (number := Decimal(value)).is_finite():
                    return number
            if self.scale is not None:
                takes = f"a number with at most {self.scale} digits after the point" if self.scale else "a whole number"
                decimal = _DECIMAL.fullmatch(self.type)
                whole_digits = (int(decimal[1]) if decimal else _MAX_DECIMAL_DIGITS) - self.scale
                number = Decimal(value)
                exponent = number.as_tuple().exponent
                if isinstance(exponent, int) and exponent >= -self.scale and number.adjusted() < whole_digits:
                    return number
        except (ValueError, ArithmeticError):
            pass  # neither a date nor a number: the error below says so
        raise ValueError(f"{field} {value!r} does not suit a column of type {self.type}, which takes {takes}")

    @property
    def scale(self) -> int | None:
        """Digits after the decimal point of a DECIMAL, 0 of an integer type, None of anything else."""
        decimal = _DECIMAL.fullmatch(self.type)
        return int(decimal[2]) if decimal else 0 if "INT" in self.type else None


def _column_from_short_form(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


class SourceTable(Declared):
    """One table of a source system: where in the system it is, how it is loaded, and what it looks like."""

    name: SnakeCase
    description: str = Field(min_length=1)
    load: Literal["full", "append", "incremental"] = Field(
        default="full",
        description="full: what is at the source now is the table. append: what has landed stays. "
        "incremental: rows with a newer cursor replace those with the same keys (databases and APIs).",
    )
    keys: tuple[str, ...] = Field(default=(), description="The columns that identify a row.")
    cursor: str | None = Field(
        default=None,
        description="The column that grows with each change. Databases and APIs are read from its highest value on; "
        "of files that are appended, the row with the highest value wins among those with the same keys.",
    )
    overlap: str | None = Field(
        default=None,
        description="incremental: how far before the highest cursor to read again, for rows that came late: "
        "'2 days', '6 hours', or a number where the cursor is one.",
    )
    full_every_days: int | None = Field(
        default=None, ge=1, description="incremental: read everything again this often, to see what was deleted."
    )
    columns: dict[str, Annotated[SourceColumn, BeforeValidator(_column_from_short_form)]] = Field(
        default_factory=dict,
        description="Expected columns. An undeclared one is kept: with its own type in Parquet and databases, else as "
        "text.",
    )

    max_quarantined_share: Decimal | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Of all rows, what may be in quarantine: 0.01 is one in a hundred. More forbids publishing; "
        "without it, rows in quarantine are a warning.",
    )
    relation: str | None = Field(
        default=None, min_length=1, description="Of a database: the table or view, e.g. accounting.journal_line."
    )
    resource: ApiResource | None = Field(default=None, description="Of an API: where the table is in it.")

    files: str | None = Field(
        default=None, description="Of a folder: a file or a glob below the system's root, e.g. ledger/*.csv."
    )
    format: Literal["parquet", "csv", "json", "jsonl", "excel", "fec", "sie"] | None = Field(
        default=None,
        description="json: one array of objects. jsonl: one object per line. excel: a sheet of an .xlsx workbook. "
        "fec, sie: a standard audit file, whose columns need no declaring.",
    )
    marker: str | None = Field(
        default=None,
        pattern=r"^\.[\w.-]+$",
        description="The ending of the empty file that says that a file is complete, e.g. .done for sales.csv.done; "
        "files without it are not read yet.",
    )
    compression: Literal["auto", "gzip", "zstd", "none"] = Field(
        default="auto", description="Of text files. auto: gzip if the name ends in .gz, zstd if in .zst."
    )
    unpacking: Unpacking = Unpacking()
    csv: CsvOptions = CsvOptions()
    json_: JsonOptions = Field(default=JsonOptions(), alias="json")
    excel: ExcelOptions = ExcelOptions()
    sie: SieOptions = SieOptions()

    @model_validator(mode="before")
    @classmethod
    def _columns_of_audit_files(cls, said: object) -> object:
        return with_fixed_columns(said)

    @field_validator("files")
    @classmethod
    def _below_the_root(cls, value: str | None) -> str | None:
        if value is None:
            return None
        path = PurePosixPath(value)
        if not path.parts or path.is_absolute() or ".." in path.parts:
            raise ValueError(f"{value!r} must be a path or glob below the system's root, without '..'")
        if any("**" in part and part != "**" for part in path.parts):
            raise ValueError(f"{value!r}: ** stands for any folders and is a part of its own, as in **/*.csv")
        return value

    @field_validator("overlap", mode="before")
    @classmethod
    def _number_or_interval(cls, value: object) -> object:
        text = str(value).strip() if isinstance(value, int | str) else None
        if value is not None and (text is None or not (text.isdecimal() or _INTERVAL.fullmatch(text))):
            raise ValueError(f"{value!r} is not an overlap; allowed: a number, or an interval such as '2 days'")
        return text

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        self._check_options_of_formats()
        self._check_load()
        if self.format == "sie" and self.sie.record is None:
            raise ValueError(
                "a SIE file has many kinds of line; say which are the rows, as in sie: {record: voucher_line}"
            )
        if self.format == "jsonl" and self.json_.path:
            raise ValueError("json.path is for format: json; each line of JSON lines is a row itself")
        if self.format == "csv" and not self.csv.header and not self.columns:
            raise ValueError("csv.header is false, so the columns must be declared, in the order of the file")
        if strange := [key for key in self.keys if self.columns and key not in self.columns]:
            raise ValueError(f"keys {strange} are not among the declared columns {list(self.columns)}")
        if taken := RESERVED_COLUMNS & {name.casefold() for name in self.columns}:
            raise ValueError(f"column {', '.join(sorted(taken))} has a name that landing uses itself")
        for name, column in self.columns.items():
            has_floats = self.format == "parquet" or self.relation is not None
            if column.rounding != "exact" and not (has_floats and column.type.startswith("DECIMAL")):
                raise ValueError(
                    f"column {name}: rounding is for floating-point Parquet and database columns landed as DECIMAL"
                )
            if column.optional and not (self.resource or self.format in {"json", "jsonl"}):
                raise ValueError(f"column {name}: optional is for JSON and APIs, where a row may leave a field out")
        return self

    def _check_options_of_formats(self) -> None:
        for field, options, formats in (
            ("csv", "csv options", ["csv"]),
            ("json_", "json options", ["json", "jsonl", *(["api"] if self.resource else [])]),
            ("excel", "excel options", ["excel"]),
            ("sie", "sie options", ["sie"]),
            ("compression", "compression", ["csv", "json", "jsonl", "fec", "sie"]),
            ("unpacking", "unpacking", ["csv", "json", "jsonl", "excel", "fec", "sie"]),
        ):
            if (self.format or "api") not in formats and field in self.model_fields_set:
                raise ValueError(
                    f"{options} given, but the format is {self.format!r}; "
                    f"remove them or say format: {' or '.join(formats)}"
                )

    def _check_load(self) -> None:
        is_file = self.files is not None
        if self.load == "incremental" and is_file:
            raise ValueError("load: incremental is for databases and APIs; files that add to each other are append")
        if self.load == "incremental" and not (self.keys and self.cursor):
            raise ValueError("load: incremental needs keys and a cursor")
        if self.load == "append" and not is_file and not self.cursor:
            raise ValueError("load: append needs a cursor where the source is a database or an API")
        if self.load == "full" and self.resource and self.resource.incremental:
            raise ValueError("resource.incremental is for load: incremental or append")
        if self.load != "incremental" and (self.overlap or self.full_every_days):
            raise ValueError("overlap and full_every_days are for load: incremental")
        if is_file and self.cursor and not (self.load == "append" and self.keys):
            raise ValueError("the cursor of files decides between rows with the same keys; say load: append and keys")
        if self.cursor is None:
            return
        if self.cursor not in self.columns:
            raise ValueError(f"the cursor {self.cursor!r} must be among the declared columns, with its type")
        column = self.columns[self.cursor]
        if column.type not in _CURSOR_TYPES and column.scale is None:
            raise ValueError(f"the cursor {self.cursor!r} must be a DATE, TIMESTAMP, number or VARCHAR")
        is_time = column.type in {"DATE", "TIMESTAMP"}
        if self.overlap and (is_time == self.overlap.isdecimal() or column.type == "VARCHAR"):
            wanted = "an interval such as '2 days'" if is_time else "a number; text has no overlap"
            raise ValueError(f"the overlap of a cursor of type {column.type} is {wanted}")

    @property
    def texts(self) -> TextOptions:
        """How this table's values are written as text."""
        if self.resource:
            return self.json_
        of_format: dict[str, TextOptions] = {
            "json": self.json_,
            "jsonl": self.json_,
            "excel": self.excel,
            "sie": self.sie,
        }
        return of_format.get(self.format or "", self.csv)

    @property
    def reading_hash(self) -> str:
        """Hash of what decides how the source is read; descriptions do not."""
        said = {
            "rules": READING_RULES,
            "format": self.format,
            "texts": self.texts.model_dump(mode="json"),
            "compression": self.compression,
            "columns": {
                n: [c.type, c.nullable, c.rounding, c.optional, c.minimum, c.maximum] for n, c in self.columns.items()
            },
            "place": [self.relation, self.resource and self.resource.model_dump(mode="json", exclude_unset=True)],
            "keys": self.keys,
        }
        return hashlib.sha256(json.dumps(said, sort_keys=False).encode()).hexdigest()
