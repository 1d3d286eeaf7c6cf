"""Which closing a report is about, and which closings it is compared with."""

import datetime as dt
from dataclasses import dataclass, replace
from difflib import get_close_matches

from orchestration.reports.errors import ReportError, UnknownClosingError
from orchestration.reports.mart import Mart

HISTORY = 36
"""Closings that a trend shows, at most."""
OF_OTHER_LENGTH = 7
"""Days by which periods differ that are not compared by a share: a 53rd week, a month of five weeks, a short year."""
YEAR = 365
NEAR_A_YEAR = 15
"""Days that a closing may be off a year before the current one: a calendar of weeks moves by a few."""


@dataclass(frozen=True)
class Closing:
    """One closing of the ledger. `month` is the first day of the month that the closing stands for.

    `names_days` says that its length is said with its name, as it is compared with one of another length.
    """

    closing_id: str
    month: dt.date
    start: dt.date
    end: dt.date
    fiscal_year: int
    fiscal_period: int
    is_closed: bool
    names_days: bool = False

    @property
    def days(self) -> int:
        """The days that it covers."""
        return (self.end - self.start).days + 1

    @property
    def label(self) -> str:
        """The closing's short name, such as `Nov 2013`."""
        return f"{self.month:%b %Y}" + (f" ({self.days} days)" if self.names_days else "")


@dataclass(frozen=True)
class Group:
    """The entity that the report is about, and its currency's code."""

    entity_id: str
    name: str
    currency: str


@dataclass(frozen=True)
class Period:
    """What a report covers: the closing, those it is compared with (None where there is none), the trend's closings.

    `prior_year` ended a year before `current`, whatever its number in its year. `history` is oldest first and ends with
    `current`. `days_to_date` are those of the fiscal years of `current` and `prior_year` up to them.
    """

    group: Group
    current: Closing
    prior: Closing | None
    prior_year: Closing | None
    history: tuple[Closing, ...]
    days_to_date: tuple[int, int]

    def is_as_long_as(self, base: Closing | None) -> bool:
        """Whether the current closing may be compared with `base` by a share."""
        return base is None or are_as_long(self.current.days, base.days)

    @property
    def is_year_as_long(self) -> bool:
        """Whether the year to date may be compared with the year before by a share."""
        return are_as_long(*self.days_to_date)

    @property
    def year(self) -> str:
        """The fiscal year's short name, such as `FY2013`."""
        return f"FY{self.current.fiscal_year}"


def are_as_long(days: int, base_days: int) -> bool:
    """Whether two periods of so many days are compared by a share; months of a calendar are, whatever their days."""
    return abs(days - base_days) < OF_OTHER_LENGTH


def find_period(mart: Mart, closing_id: str | None) -> Period:
    """Return the period of the closing `closing_id`, or of the newest closed regular closing.

    Raises UnknownClosingError for one that is not there, still open or a year-end adjustment, and ReportError when the
    mart has no group entity or no closed closing at all.
    """
    closings = _regular_closings(mart)
    if not closings:
        raise ReportError("The published mart has no closed closing yet: there is nothing to report on.")
    position = len(closings) - 1 if closing_id is None else _position(mart, closings, closing_id)
    current = closings[position]
    prior = closings[position - 1] if position else None
    prior_year = _a_year_before(closings, current)
    return Period(
        group=_group(mart),
        current=_beside(current, prior, prior_year),
        prior=_beside(prior, current) if prior else None,
        prior_year=_beside(prior_year, current) if prior_year else None,
        history=tuple(closings[max(0, position + 1 - HISTORY) : position + 1]),
        days_to_date=(_days_to_date(closings, current), _days_to_date(closings, prior_year) if prior_year else 0),
    )


def _a_year_before(closings: list[Closing], current: Closing) -> Closing | None:
    day = current.end - dt.timedelta(days=YEAR)
    nearest = min(closings, key=lambda closing: abs((closing.end - day).days))
    return nearest if abs((nearest.end - day).days) <= NEAR_A_YEAR else None


def _beside(closing: Closing, *others: Closing | None) -> Closing:
    """Return the closing, with its length in its name if one that it is beside has another."""
    differs = any(other is not None and not are_as_long(closing.days, other.days) for other in others)
    return replace(closing, names_days=differs)


def _days_to_date(closings: list[Closing], last: Closing) -> int:
    return sum(
        closing.days for closing in closings if closing.fiscal_year == last.fiscal_year and closing.end <= last.end
    )


def _regular_closings(mart: Mart) -> list[Closing]:
    rows = mart.rows(
        """
        select closing_id, period_month, period_start, period_end, fiscal_year, fiscal_period, is_closed
        from finance.dim_closing
        where closing_type = 'regular' and is_closed
        order by period_end
        """
    )
    return [Closing(*row) for row in rows]


def _position(mart: Mart, closings: list[Closing], closing_id: str) -> int:
    ids = [closing.closing_id for closing in closings]
    if closing_id in ids:
        return ids.index(closing_id)
    kinds = mart.rows("select closing_type from finance.dim_closing where closing_id = ?", [closing_id])
    if kinds:
        why = (
            "is still open" if kinds[0][0] == "open" else f"is a {kinds[0][0].replace('_', ' ')}, not a regular closing"
        )
    else:
        why = "is not in the ledger"
    near = get_close_matches(closing_id, ids, n=1)
    hint = f" Did you mean {near[0]}?" if near and not kinds else ""
    raise UnknownClosingError(
        f"Closing {closing_id!r} {why}. Reports can be made for {len(ids)} closings, {ids[0]} to {ids[-1]}.{hint}"
    )


def _group(mart: Mart) -> Group:
    rows = mart.rows("select entity_id, entity_name, currency_code from finance.dim_entity where is_group")
    if len(rows) != 1:
        raise ReportError(f"finance.dim_entity has {len(rows)} entities marked is_group; a report needs exactly one.")
    return Group(*rows[0])
