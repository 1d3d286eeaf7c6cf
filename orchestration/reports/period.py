"""Which closing a report is about, and which closings it is compared with."""

import datetime as dt
from dataclasses import dataclass
from difflib import get_close_matches

from orchestration.reports.errors import ReportError, UnknownClosingError
from orchestration.reports.mart import Mart

HISTORY = 36
"""Closings that a trend shows, at most."""


@dataclass(frozen=True)
class Closing:
    """One closing of the ledger. `month` is the first day of the month that the closing stands for."""

    closing_id: str
    month: dt.date
    start: dt.date
    end: dt.date
    fiscal_year: int
    fiscal_period: int
    is_closed: bool

    @property
    def label(self) -> str:
        """The closing's short name, such as `Nov 2013`."""
        return f"{self.month:%b %Y}"


@dataclass(frozen=True)
class Group:
    """The entity that the report is about, and its currency's code."""

    entity_id: str
    name: str
    currency: str


@dataclass(frozen=True)
class Period:
    """What a report covers: the closing, those it is compared with (None where there is none), the trend's closings.

    `history` is oldest first and ends with `current`.
    """

    group: Group
    current: Closing
    prior: Closing | None
    prior_year: Closing | None
    history: tuple[Closing, ...]

    @property
    def year(self) -> str:
        """The fiscal year's short name, such as `FY2013`."""
        return f"FY{self.current.fiscal_year}"


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
    return Period(
        group=_group(mart),
        current=current,
        prior=closings[position - 1] if position else None,
        prior_year=next(
            (
                closing
                for closing in closings
                if (closing.fiscal_year, closing.fiscal_period) == (current.fiscal_year - 1, current.fiscal_period)
            ),
            None,
        ),
        history=tuple(closings[max(0, position + 1 - HISTORY) : position + 1]),
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
