"""Writing truth files: CSV with the columns of the contract, amounts as exact decimals."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from orchestration.simulation.books.contract import truth_tables

Value = str | int | bool | Decimal | None


def write_rows(folder: Path, table: str, rows: Iterable[tuple[Value, ...]]) -> None:
    """Write a truth file, sorted by its key."""
    columns = [column.name for column in truth_tables()[table].columns]
    keys = [columns.index(name) for name in truth_tables()[table].key]
    listed = sorted(rows, key=lambda row: [str(row[key]) for key in keys])
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_text(value) for value in row] for row in listed)


def cents(amount: int) -> Decimal:
    """Return whole cents as an amount."""
    return Decimal(int(amount)).scaleb(-2)


def rounded_fraction(value: Fraction, digits: int) -> Decimal:
    """Return a fraction as a decimal, halves away from zero."""
    scaled = abs(value) * 10**digits
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if value >= 0 else -whole).scaleb(-digits)


def half_away(numerator: int, denominator: int) -> int:
    """Divide whole numbers, halves away from zero."""
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
