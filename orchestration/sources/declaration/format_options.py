"""How each format of file is written: what a table's `csv`, `json` and `excel` options may say.

Nothing is guessed: what is not declared has the default given here. Which table has which format and columns belongs
in `tables`; reading in the modules per format.
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class TextOptions(BaseModel):
    """How values are written as text, in every format whose values are text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    null_strings: tuple[str, ...] = Field(default=("",), description="Texts that mean: no value.")
    date_format: str | None = Field(default=None, description="strptime format of DATE columns; ISO 8601 unless given.")
    timestamp_format: str | None = Field(default=None, description="strptime format of TIMESTAMP columns.")
    decimal: Literal[".", ","] = Field(default=".", description="The decimal mark of numbers.")
    thousands: Literal["", ".", ",", " ", "'"] = Field(
        default="",
        description="The thousands mark; empty: none. It must stand before each three digits, so 12.34 is no number "
        "where a point marks thousands (before two in the Indian style: 12,34,567).",
    )

    @model_validator(mode="after")
    def _marks_differ(self) -> Self:
        if self.decimal == self.thousands:
            raise ValueError(f"decimal and thousands are both {self.decimal!r}; declare two different marks")
        return self


class CsvOptions(TextOptions):
    """How a delimited text file is written."""

    delimiter: str = Field(default=",", min_length=1, max_length=1, description='One character; a tab is "\\t".')
    quote: str = Field(default='"', min_length=1, max_length=1)
    header: bool = Field(default=True, description="false: the columns come in the order in which they are declared.")
    encoding: Literal["utf-8", "utf-16", "windows-1252", "latin-1", "detect"] = Field(
        default="utf-8",
        description="detect: UTF-16 and UTF-8 by their marks and bytes, windows-1252 if it is neither (with a warning)."
        " A byte order mark needs no declaring.",
    )


class JsonOptions(TextOptions):
    """How values are written as text in JSON; its numbers are as JSON writes them."""

    null_strings: tuple[str, ...] = Field(default=(), description="Texts that mean: no value, beside null.")
    decimal: Literal["."] = Field(default=".", description="JSON's numbers have a point.")
    thousands: Literal[""] = Field(default="", description="JSON's numbers have no thousands mark.")
    path: str | None = Field(
        default=None,
        min_length=1,
        description="format json: the member that holds the array, where an object wraps it: data, or result.items.",
    )


class ExcelOptions(TextOptions):
    """Where in a workbook the table stands; cells that are numbers or dates need no format."""

    sheet: str | None = Field(
        default=None, min_length=1, description="The sheet's name; the only one not hidden, unless given."
    )
    header_row: int = Field(default=1, ge=1, le=1_048_575, description="The row that names the columns, from 1.")
    decimal: Literal["."] = Field(default=".", description="Excel stores numbers with a point, whatever it shows.")
    thousands: Literal[""] = Field(default="", description="Excel stores numbers without a thousands mark.")


class Unpacking(BaseModel):
    """How far a compressed file, or a workbook, may swell before it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    max_mb: int = Field(default=10_000, gt=0, description="Largest size unpacked, in MB of a million bytes.")
    max_ratio: int = Field(
        default=200, gt=1, description="Most times its packed size; looked at from 50 MB unpacked on."
    )
