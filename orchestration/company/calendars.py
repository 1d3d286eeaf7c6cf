"""Fiscal periods as rows, from a declared calendar: pure, no I/O.

The periods of a calendar tile its days: none is in two periods, none between two. Years are made of whole periods
unless the calendar changes within one; what is left of it is a short year, its periods numbered from 1.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby, pairwise

from orchestration.company.calendar_kinds import (
    LAST_FISCAL_YEAR,
    WEEKDAYS,
    Months,
    Own,
    Thirteen,
    Weeks,
)

_DAY = timedelta(days=1)
_MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_WEEK_DAYS = 7
_MONTHS = 12
_PERIODS_OF_THIRTEEN = 13
_LONG_YEAR_WEEKS = 53
_MONTHS_OF_QUARTER = 3
_QUARTERS = 4


class CalendarError(ValueError):
    """A calendar's segments or periods do not fit together."""


@dataclass(frozen=True)
class Period:
    """A fiscal period, from its first to its last day."""

    period_id: str
    fiscal_year: int
    fiscal_period: int
    fiscal_quarter: int
    starts_on: date
    ends_on: date
    periods_in_year: int
    weeks: int | None
    label: str


@dataclass(frozen=True)
class _Span:
    """A period before it is numbered: its fiscal year, days and how it is called; no name takes the period's number."""

    fiscal_year: int
    starts_on: date
    ends_on: date
    name: str | None
    pattern: str = "YYYY-PNN"
    has_weeks: bool = False


def fiscal_periods(segments: Sequence[Months | Weeks | Thirteen | Own]) -> list[Period]:
    """Return the periods of a calendar in order, of all its segments.

    Own closing days have none here: a file or a model gives them. Raises `CalendarError` where segments overlap, leave
    days out, or make two fiscal years or two periods of one name.
    """
    computed = [segment for segment in segments if not isinstance(segment, Own)]
    for before, after in pairwise(computed):
        if before.valid_to is None or after.valid_from is None or after.valid_from != before.valid_to + _DAY:
            raise CalendarError(
                "segments must follow each other day by day: the first ends with `to`, the next begins with `from` on "
                f"the day after (here: to {before.valid_to}, from {after.valid_from})"
            )
    spans = [span for segment in computed for span in _clipped(segment)]
    years = [(year, segment) for segment, year in _years_of_segments(computed)]
    if twice := sorted({year for year, _ in years if sum(year == other for other, _ in years) > 1}):
        raise CalendarError(
            f"two fiscal years are called {twice[0]}, one on each side of a change: say fiscal_year of the short one, "
            "or year_named_after: start of the segment before"
        )
    periods = _numbered(spans)
    check_periods(periods)
    return periods


def check_periods(periods: Sequence[Period]) -> None:
    """Raise `CalendarError` where periods overlap, leave days out, or share a name."""
    for before, after in pairwise(periods):
        if after.starts_on != before.ends_on + _DAY:
            what = "overlap" if after.starts_on <= before.ends_on else "leave days out"
            raise CalendarError(
                f"periods {before.period_id} (to {before.ends_on}) and {after.period_id} (from {after.starts_on}) "
                f"{what}"
            )
    seen: set[str] = set()
    for period in periods:
        if period.period_id in seen:
            raise CalendarError(f"two periods are called {period.period_id}: a change must fall between two periods")
        if period.ends_on < period.starts_on:
            raise CalendarError(f"period {period.period_id} ends on {period.ends_on}, before it begins")
        seen.add(period.period_id)


def year_end(year: int, month: int, weekday: str, which: str) -> date:
    """Return the last, or nearest, such weekday of a month's end."""
    last = date(year, month, monthrange(year, month)[1])
    back = (last.weekday() - WEEKDAYS.index(weekday)) % _WEEK_DAYS
    if which == "nearest" and back > _WEEK_DAYS // 2:
        return last + timedelta(days=_WEEK_DAYS - back)
    return last - timedelta(days=back)


def quarter_of(fiscal_period: int, periods_in_year: int) -> int:
    """Return the fiscal quarter of a period: three periods each; the thirteenth belongs to the fourth quarter."""
    quarter = (fiscal_period - 1) // _MONTHS_OF_QUARTER + 1
    return min(quarter, _QUARTERS) if periods_in_year <= _PERIODS_OF_THIRTEEN else quarter


def _clipped(segment: Months | Weeks | Thirteen) -> Iterator[_Span]:
    first, last = segment.valid_from or date.min, segment.valid_to or date.max
    for span in _spans(segment):
        if span.ends_on < first or span.starts_on > last:
            continue
        yield replace(
            span,
            starts_on=max(span.starts_on, first),
            ends_on=min(span.ends_on, last),
            fiscal_year=segment.fiscal_year or span.fiscal_year,
        )


def _years_of_segments(
    segments: Iterable[Months | Weeks | Thirteen],
) -> Iterator[tuple[Months | Weeks | Thirteen, int]]:
    for segment in segments:
        yield from ((segment, year) for year in dict.fromkeys(span.fiscal_year for span in _clipped(segment)))


def _spans(segment: Months | Weeks | Thirteen) -> Iterator[_Span]:
    # A year earlier and later than wanted: a segment may begin or end within one.
    years = range(segment.first_fiscal_year, LAST_FISCAL_YEAR + 1)
    if isinstance(segment, Months):
        return _months(segment, years)
    if isinstance(segment, Thirteen) and segment.starts_on:
        return _years_of_364_days(segment, segment.starts_on, years)
    return _weeks(segment, years)


def _months(segment: Months, years: range) -> Iterator[_Span]:
    for fiscal_year in years:
        is_before = segment.first_month > 1 and segment.year_named_after == "end"
        for place in range(_MONTHS):
            later, month = divmod(segment.first_month - 1 + place, _MONTHS)
            year = fiscal_year - is_before + later
            first = date(year, month + 1, 1)
            last = date(year, month + 1, monthrange(year, month + 1)[1])
            yield _Span(fiscal_year, first, last, f"{year}-{month + 1:02d}")


def _weeks(segment: Weeks | Thirteen, years: range) -> Iterator[_Span]:
    if isinstance(segment, Weeks):
        lengths = [int(weeks) for weeks in segment.pattern.split("-")] * _QUARTERS
    else:
        lengths = [4] * _PERIODS_OF_THIRTEEN
    long_one = (segment.week_53_in or len(lengths)) - 1
    # The month of its end names a year: with start, the year in which its first month falls.
    ahead = int(segment.year_named_after == "start" and segment.month < _MONTHS)
    for fiscal_year in years:
        ends = [
            year_end(fiscal_year + ahead - before, segment.month, segment.weekday, segment.year_ends or "last")
            for before in (1, 0)
        ]
        first = ends[0] + _DAY
        extra = int((ends[1] - ends[0]).days == _LONG_YEAR_WEEKS * _WEEK_DAYS)
        for place, length in enumerate(lengths):
            weeks = length + (extra if place == min(long_one, len(lengths) - 1) else 0)
            last = first + timedelta(weeks=weeks) - _DAY
            yield _Span(fiscal_year, first, last, None, segment.period_id, has_weeks=True)
            first = last + _DAY


def _years_of_364_days(segment: Thirteen, starts_on: date, years: range) -> Iterator[_Span]:
    period = timedelta(weeks=4)
    known_end = starts_on + _PERIODS_OF_THIRTEEN * period - _DAY
    known = known_end.year if segment.year_named_after == "end" else starts_on.year
    for fiscal_year in years:
        first = starts_on + (fiscal_year - known) * _PERIODS_OF_THIRTEEN * period
        for place in range(_PERIODS_OF_THIRTEEN):
            start = first + place * period
            yield _Span(fiscal_year, start, start + period - _DAY, None, segment.period_id, has_weeks=True)


def _numbered(spans: Iterable[_Span]) -> list[Period]:
    periods = []
    for year, group in groupby(spans, key=lambda span: span.fiscal_year):
        members = list(group)
        for number, span in enumerate(members, start=1):
            days = (span.ends_on - span.starts_on).days + 1
            code = f"{number:02d}" if span.pattern == "YYYY-MM" else f"P{number:02d}"
            periods.append(
                Period(
                    period_id=span.name or f"{year}-{code}",
                    fiscal_year=year,
                    fiscal_period=number,
                    fiscal_quarter=quarter_of(number, len(members)),
                    starts_on=span.starts_on,
                    ends_on=span.ends_on,
                    periods_in_year=len(members),
                    weeks=days // _WEEK_DAYS if span.has_weeks and days % _WEEK_DAYS == 0 else None,
                    label=_label(span, number, year),
                )
            )
    return periods


def _label(span: _Span, number: int, year: int) -> str:
    is_month = span.name is not None
    return f"{_MONTH_NAMES[span.starts_on.month - 1]} {span.starts_on.year}" if is_month else f"Period {number}, {year}"
