"""Own closing days: a company's CSV of fiscal periods, read as the periods of a calendar."""

from datetime import date, timedelta
from pathlib import Path

from orchestration.company.calendars import CalendarError, Period, check_periods, quarter_of
from orchestration.company.csv_rows import CsvRow, read_csv
from orchestration.company.errors import Fault

_REQUIRED = ("period_id", "fiscal_year", "fiscal_period", "ends_on")
_OPTIONAL = ("starts_on", "fiscal_quarter", "label")


def read_closing_days(file: Path) -> tuple[list[Period], list[Fault]]:
    """Return the periods of a file in order of their days, and all that is wrong with it.

    A period begins the day after the one before ended; only the first needs `starts_on`.
    """
    content = read_csv(file, _REQUIRED, _OPTIONAL)
    faults = list(content.faults)
    dated: list[tuple[date, CsvRow]] = []
    for row in content.rows:
        wrong = [
            Fault(file, row.line, f"{column}: is {row.get(column)!r}; allowed: {what}")
            for column, what, fits in (
                ("period_id", "a name", bool),
                ("fiscal_year", "a whole number", _is_number),
                ("fiscal_period", "a whole number", _is_number),
                ("ends_on", "a day such as 2025-01-31", _is_day),
                ("starts_on", "a day such as 2025-01-01, or nothing", lambda value: value is None or _is_day(value)),
                ("fiscal_quarter", "a whole number, or nothing", lambda value: value is None or _is_number(value)),
            )
            if not fits(row.get(column))
        ]
        faults += wrong
        if not wrong:
            dated.append((date.fromisoformat(row.get("ends_on") or ""), row))
    dated.sort(key=lambda pair: pair[0])
    if dated and dated[0][1].get("starts_on") is None:
        faults.append(Fault(file, dated[0][1].line, "starts_on: the first period needs its first day"))
    if faults:
        return [], faults
    periods = _periods(dated)
    try:
        check_periods(periods)
    except CalendarError as error:
        faults.append(Fault(file, None, str(error)))
    return periods, faults


def _periods(dated: list[tuple[date, CsvRow]]) -> list[Period]:
    counts: dict[int, int] = {}
    for _, row in dated:
        year = int(row.get("fiscal_year") or 0)
        counts[year] = counts.get(year, 0) + 1
    periods: list[Period] = []
    for ends_on, row in dated:
        started = row.get("starts_on")
        year, number = int(row.get("fiscal_year") or 0), int(row.get("fiscal_period") or 0)
        periods.append(
            Period(
                period_id=row.get("period_id") or "",
                fiscal_year=year,
                fiscal_period=number,
                fiscal_quarter=int(row.get("fiscal_quarter") or quarter_of(number, counts[year])),
                starts_on=date.fromisoformat(started) if started else periods[-1].ends_on + timedelta(days=1),
                ends_on=ends_on,
                periods_in_year=counts[year],
                weeks=None,
                label=row.get("label") or f"Period {number}, {year}",
            )
        )
    return periods


def _is_number(value: str | None) -> bool:
    return value is not None and value.isdecimal()


def _is_day(value: str | None) -> bool:
    try:
        date.fromisoformat(value or "")
    except ValueError:
        return False
    return True
