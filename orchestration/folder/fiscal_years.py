"""A company's calendar as its fiscal years show it: months from some month on, with short and long years."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from orchestration.company.calendar_kinds import Months
from orchestration.company.calendars import CalendarError, fiscal_periods

_DAY = timedelta(days=1)
Year = tuple[date, date]


def calendar_of(years: Sequence[Year]) -> list[Months]:
    """Return the segments of a calendar in which each of these years is one; a single one where nothing changes.

    `years` are first and last days, in any order; a year that lacks between two is as the one before it.
    """
    known = sorted(set(years))
    for named_after in ("end", "start"):
        segments = _merged(_segments(known, named_after))
        try:
            fiscal_periods(segments)
        except CalendarError:
            continue
        return segments
    return [Months(kind="months", first_month=_month_after(known[-1]))]


def is_regular(year: Year) -> bool:
    """Whether a year has twelve whole months."""
    first, last = year
    return first.day == 1 and (last + _DAY).day == 1 and _months(year) == 12  # noqa: PLR2004 - of a year


def _segments(years: Sequence[Year], named_after: str) -> list[Months]:
    segments: list[Months] = []
    for place, (year, after) in enumerate(pairwise([*years, (date.max, date.max)])):
        first, last = year
        is_first, is_last = place == 0, place == len(years) - 1
        before_next = None if is_last else after[0] - _DAY
        if is_regular(year):
            segments.append(_of_months(first, None if is_first else first, before_next, named_after))
            continue
        segments.append(Months.model_validate({"kind": "months", "from": first, "to": last, "fiscal_year": last.year}))
        if before_next is None or before_next > last:
            segments.append(_of_months(last + _DAY, last + _DAY, before_next, "end"))
    return segments


def _of_months(first: date, valid_from: date | None, valid_to: date | None, named_after: str) -> Months:
    said = {"kind": "months", "first_month": first.month, "from": valid_from, "to": valid_to}
    return Months.model_validate(said | ({"year_named_after": "start"} if named_after == "start" and valid_to else {}))


def _merged(segments: Sequence[Months]) -> list[Months]:
    merged: list[Months] = []
    for segment in segments:
        before = merged[-1] if merged else None
        is_same = (
            before is not None
            and before.fiscal_year is None
            and segment.fiscal_year is None
            and before.first_month == segment.first_month
            and (segment.valid_to is None or before.year_named_after == segment.year_named_after)
        )
        if before is not None and is_same:
            merged[-1] = before.model_copy(
                update={"valid_to": segment.valid_to, "year_named_after": segment.year_named_after}
            )
        else:
            merged.append(segment)
    return merged


def _months(year: Year) -> int:
    first, last = year
    return (last.year - first.year) * 12 + last.month - first.month + 1


def _month_after(year: Year) -> int:
    return (year[1] + _DAY).month
