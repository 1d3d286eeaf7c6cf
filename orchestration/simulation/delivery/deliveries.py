"""Which files the source system delivers, when, and which of them come late, wrong or dirty.

A file is a slice of a table's rows by the day they were entered. What its rows are belongs in the processes; writing it
in `writing`; the dirt in `dirt`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, TableData
from orchestration.simulation.books.contract import Table
from orchestration.simulation.setting.calendars import OPENING_DAY, START, Calendar, date_of, day_number
from orchestration.simulation.setting.randomness import Bools, Draws, Ints

_LATE_SHARE = 0.02
_CORRECTED_SHARE = 0.12
_CORRECTED_COLUMNS = {
    "goods_receipt_line": "received_qty",
    "time_entry": "worked_hours",
    "ticket": "satisfaction_score",
}
"""Tables whose files come wrong now and then, and the column that is wrong."""

_HIGHEST_SCORE = 5


@dataclass(frozen=True)
class Span:
    """The days of one file: its name's end and its first and last day."""

    label: str
    first: int
    last: int


@dataclass(frozen=True)
class Version:
    """One version of a file. `wrong_rows` are places of rows that are wrong in it (version 1 of a corrected file)."""

    file_name: str
    number: int
    kind: str
    due: int
    delivered: int
    is_current: bool
    wrong_rows: Ints
    corrected_rows: int


def spans(calendar: Calendar, last_day: int, daily: int) -> list[Span]:
    """Return the files of a dated table: all before START, a month each, then a day each.

    The last `daily` days of the group's last month, and all after, have a file each.
    """
    from_day = int(calendar.month_ends[-1]) - daily + 1
    result = [Span(str(START.year - 1), -(10**6), OPENING_DAY)]
    for month, end in enumerate(calendar.month_ends):
        first = START.replace(year=START.year + month // 12, month=month % 12 + 1)
        if day_number(first) < from_day:
            result.append(Span(f"{first:%Y-%m}", day_number(first), min(int(end), from_day - 1)))
    days = range(max(from_day, OPENING_DAY + 1), last_day + 1)
    return [*result, *[Span(date_of(day).isoformat(), day, day) for day in days]]


def file_name(table: Table, label: str, kind: str) -> str:
    """Return the path of a file below the output folder; `label` is empty for a snapshot."""
    return f"{table.name}/{table.name}{'_' if label else ''}{label}.{kind}"


def versions(draws: Draws, table: Table, span: Span, rows: TableData, name: str) -> Iterator[Version]:
    """Return the versions of a dated file, oldest first."""
    number = day_number(date_of(span.last))
    key = f"delivery/{table.name}"
    due = span.last + 1
    is_late = bool(draws.chance(f"{key}/late", _LATE_SHARE, number)) and span.first > OPENING_DAY
    arrived = due + (int(draws.integers(f"{key}/late/days", 1, 4, number)) if is_late else 0)
    kind = "late" if is_late else "regular"
    wrong = _wrong_rows(draws, table, rows, number)
    if span.first > OPENING_DAY and len(wrong) and bool(draws.chance(f"{key}/corrected", _CORRECTED_SHARE, number)):
        mended = arrived + int(draws.integers(f"{key}/corrected/days", 2, 7, number))
        yield Version(name, 1, kind, due, arrived, False, wrong, len(wrong))
        yield Version(name, 2, "corrected", due, mended, True, wrong[:0], len(wrong))
    else:
        yield Version(name, 1, kind, due, arrived, True, wrong[:0], 0)


def _wrong_rows(draws: Draws, table: Table, rows: TableData, number: int) -> Ints:
    column = _CORRECTED_COLUMNS.get(table.name)
    if column is None:
        return np.empty(0, dtype=np.int64)
    values = np.asarray(rows[column])
    place = np.arange(len(values), dtype=np.int64)
    chosen = draws.chance(f"delivery/{table.name}/row", 0.03, number, place) & (values != NULL)
    if table.name == "ticket":
        chosen &= values * 2 != _HIGHEST_SCORE + 1
    return np.flatnonzero(chosen)


def with_errors(table: Table, rows: TableData, wrong: Ints) -> TableData:
    """Return the rows as they were before the correction."""
    if not len(wrong):
        return rows
    column = _CORRECTED_COLUMNS[table.name]
    values = np.array(rows[column])
    if table.name == "ticket":
        values[wrong] = _HIGHEST_SCORE + 1 - values[wrong]
    else:
        values[wrong] += values[wrong] // 10 + 100
    return {**rows, column: values}


def late_postings(calendar: Calendar, rows: TableData, first_year_slots: list[str]) -> Bools:
    """Return which journal lines were entered after their regular period was closed."""
    period, entity = rows["period_id"], rows["entity_id"]
    if not isinstance(period, Coded) or not isinstance(entity, Coded):
        raise TypeError("period_id and entity_id are codes")
    place = period.places % len(first_year_slots)
    regular = (place >= 1) & (place <= 12)  # noqa: PLR2004 - the regular periods of a year
    number = np.clip(period.places // len(first_year_slots) * 12 + place - 1, 0, calendar.period_count - 1)
    return np.asarray(regular & (np.asarray(rows["entered_on"]) > calendar.closed_days[entity.places, number]))


def snapshot_day(last_day: int, until: date | None) -> int:
    """Return the day that snapshots show."""
    return min(last_day, day_number(until - timedelta(days=1))) if until else last_day


_BORN = {
    "asset": ("acquired_on", ("disposed_on", "proceeds_amount"), None),
    "budget": ("issued_on", (), None),
    "customer": ("created_on", (), None),
    "employee": ("hired_on", ("left_on",), "is_current"),
    "forecast": ("issued_on", (), None),
    "product_version": ("valid_from_on", ("valid_to_on",), "is_current"),
    "sales_quota": ("quarter_starts_on", (), None),
    "standard_cost": ("valid_from_on", ("valid_to_on",), None),
}
"""Snapshots with a history: the day from which a row is known, what ends it, and the flag that it has not ended."""


def as_of(table: Table, rows: TableData, day: int) -> TableData:
    """Return a snapshot as it was at the end of a day: rows of later are not there, and what ended later has not."""
    if table.name not in _BORN:
        return rows
    born, ending, flag = _BORN[table.name]
    kept = np.flatnonzero(np.asarray(rows[born]) <= day)
    rows = {name: column[kept] for name, column in rows.items()}
    if not ending:
        return rows
    last = np.asarray(rows[ending[0]])
    lasts = (last > day) | (last == NULL)
    for name in ending:
        rows[name] = np.where(lasts, NULL, np.asarray(rows[name]))
    if flag:
        rows[flag] = lasts
    return rows
