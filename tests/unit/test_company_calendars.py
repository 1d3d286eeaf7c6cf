"""Fiscal calendars: what holds for any of them, and days that were counted by hand."""

from collections import Counter
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.company.calendar_kinds import WEEKDAYS, Months, Thirteen, Weeks
from orchestration.company.calendars import CalendarError, Period, fiscal_periods

MONTHS = st.builds(
    Months,
    kind=st.just("months"),
    first_month=st.integers(1, 12),
    year_named_after=st.sampled_from(["start", "end"]),
)
OF_WEEKS = {
    "year_ends": st.sampled_from(["last", "nearest"]),
    "weekday": st.sampled_from(WEEKDAYS),
    "month": st.integers(1, 12),
    "year_named_after": st.sampled_from(["start", "end"]),
    "week_53_in": st.one_of(st.none(), st.integers(1, 12)),
}
WEEKS = st.builds(Weeks, kind=st.just("weeks"), pattern=st.sampled_from(["4-4-5", "4-5-4", "5-4-4"]), **OF_WEEKS)
THIRTEEN = st.builds(Thirteen, kind=st.just("thirteen"), **OF_WEEKS)
FROM_A_DAY = st.builds(Thirteen, kind=st.just("thirteen"), starts_on=st.dates(date(2000, 1, 1), date(2030, 12, 31)))


def by_year(periods: list[Period]) -> dict[int, list[Period]]:
    years: dict[int, list[Period]] = {}
    for period in periods:
        years.setdefault(period.fiscal_year, []).append(period)
    return years


@settings(max_examples=60, deadline=None)
@given(st.one_of(MONTHS, WEEKS, THIRTEEN, FROM_A_DAY))
def test_periods_tile_the_days_without_gap_or_overlap(kind: Months | Weeks | Thirteen) -> None:
    periods = fiscal_periods([kind])

    assert all(after.starts_on == before.ends_on + timedelta(days=1) for before, after in pairwise(periods))
    assert all(period.starts_on <= period.ends_on for period in periods)
    assert len({period.period_id for period in periods}) == len(periods)


@settings(max_examples=60, deadline=None)
@given(st.one_of(MONTHS, WEEKS, THIRTEEN, FROM_A_DAY))
def test_every_year_has_its_periods_numbered_in_four_quarters(kind: Months | Weeks | Thirteen) -> None:
    count = 13 if isinstance(kind, Thirteen) else 12
    for year, periods in by_year(fiscal_periods([kind])).items():
        assert [period.fiscal_period for period in periods] == list(range(1, count + 1)), year
        assert {period.periods_in_year for period in periods} == {count}
        assert sorted({period.fiscal_quarter for period in periods}) == [1, 2, 3, 4]


@settings(max_examples=60, deadline=None)
@given(st.one_of(WEEKS, THIRTEEN))
def test_a_year_of_weeks_has_52_or_53_and_the_rule_says_which_period_has_the_53rd(kind: Weeks | Thirteen) -> None:
    normal = [int(n) for n in kind.pattern.split("-")] * 4 if isinstance(kind, Weeks) else [4] * 13
    long_one = (kind.week_53_in or len(normal)) - 1
    for year, periods in by_year(fiscal_periods([kind])).items():
        weeks = [period.weeks for period in periods]
        assert sum(weeks) in {52, 53}, year
        longer = [n + (sum(weeks) == 53 and place == long_one) for place, n in enumerate(normal)]
        assert weeks == longer, year
        assert all(period.ends_on.weekday() == WEEKDAYS.index(kind.weekday) for period in periods)


def test_thirteen_periods_of_28_days_from_a_day_on() -> None:
    """Cases/reports.md row 15."""
    periods = by_year(fiscal_periods([Thirteen(kind="thirteen", starts_on=date(2019, 12, 30))]))[2020]

    assert (periods[0].period_id, periods[0].starts_on) == ("2020-P01", date(2019, 12, 30))
    assert (periods[-1].period_id, periods[-1].ends_on) == ("2020-P13", date(2020, 12, 27))
    assert {(period.ends_on - period.starts_on).days + 1 for period in periods} == {28}


def test_the_national_retail_calendar() -> None:
    """4-5-4 to the Saturday nearest to the end of January, named after its start: fiscal 2023 has 53 weeks."""
    kind = Weeks(
        kind="weeks", pattern="4-5-4", year_ends="nearest", weekday="saturday", month=1, year_named_after="start"
    )
    years = by_year(fiscal_periods([kind]))

    assert (years[2023][0].starts_on, years[2023][-1].ends_on) == (date(2023, 1, 29), date(2024, 2, 3))
    assert (years[2024][0].starts_on, years[2024][-1].ends_on) == (date(2024, 2, 4), date(2025, 2, 1))
    assert [period.weeks for period in years[2023]] == [4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5, 5]


def test_a_fiscal_year_of_months_is_named_after_its_end_unless_said() -> None:
    december = by_year(fiscal_periods([Months(kind="months", first_month=12)]))[2014]
    april = by_year(fiscal_periods([Months(kind="months", first_month=4, year_named_after="start")]))[2024]

    assert (december[0].period_id, december[-1].period_id) == ("2013-12", "2014-11")
    assert (april[0].period_id, april[-1].period_id) == ("2024-04", "2025-03")
    assert (april[0].label, april[0].fiscal_quarter) == ("April 2024", 1)


def test_a_changed_year_end_leaves_a_short_year() -> None:
    periods = fiscal_periods(
        [
            Months(kind="months", first_month=7, year_named_after="start", to=date(2023, 6, 30)),
            Months(kind="months", **{"from": date(2023, 7, 1)}),
        ]
    )

    short = by_year(periods)[2023]
    assert [period.period_id for period in short] == [f"2023-{month:02d}" for month in range(7, 13)]
    assert [period.fiscal_period for period in short] == [1, 2, 3, 4, 5, 6]
    assert Counter(period.periods_in_year for period in short) == {6: 6}
    assert [len(by_year(periods)[year]) for year in (2022, 2024)] == [12, 12]


def test_a_long_year_is_one_fiscal_year() -> None:
    periods = fiscal_periods(
        [
            Months(kind="months", first_month=7, to=date(2022, 6, 30)),
            Months(kind="months", fiscal_year=2023, **{"from": date(2022, 7, 1), "to": date(2023, 12, 31)}),
            Months(kind="months", **{"from": date(2024, 1, 1)}),
        ]
    )

    assert [period.fiscal_period for period in by_year(periods)[2023]] == list(range(1, 19))


@pytest.mark.parametrize(
    ("segments", "told"),
    [
        (
            [Months(kind="months", to=date(2023, 6, 30)), Months(kind="months", **{"from": date(2023, 8, 1)})],
            "segments must follow each other day by day",
        ),
        (
            [
                Months(kind="months", first_month=7, to=date(2023, 6, 30)),
                Months(kind="months", **{"from": date(2023, 7, 1)}),
            ],
            "two fiscal years are called 2023",
        ),
        (
            [
                Months(kind="months", to=date(2023, 12, 15)),
                Weeks(kind="weeks", fiscal_year=2099, **{"from": date(2023, 12, 16), "to": date(2023, 12, 30)}),
                Months(kind="months", year_named_after="start", first_month=12, **{"from": date(2023, 12, 31)}),
            ],
            "two",
        ),
    ],
)
def test_segments_that_do_not_fit_are_refused(segments: list[Months], told: str) -> None:
    with pytest.raises(CalendarError, match=told):
        fiscal_periods(segments)
