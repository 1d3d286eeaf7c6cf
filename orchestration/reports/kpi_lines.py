"""A KPI at a closing beside its budget, its prior closing, its prior year and its history: one line of a KPI table.

Belongs here: reading KPI values and definitions from the mart and comparing them. Which KPIs a table shows is the
table's choice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from orchestration.analysis.control_limits import LEAST_HISTORY, Expectation, expectation
from orchestration.analysis.variance import Variance, variance
from orchestration.reports.mart import Mart
from orchestration.reports.period import Closing, Period, are_as_long

CLOSINGS_IN_A_YEAR = 12


class State(StrEnum):
    """Whether a reading can be used, and why not."""

    WHOLE = "whole"
    PARTIAL = "partial"
    NO_DATA = "no data"
    NO_SOURCE = "no source"


@dataclass(frozen=True)
class Definition:
    """A KPI's entry in the dictionary, as published. `window` is the period type of its default view."""

    kpi_id: str
    name: str
    area: str
    description: str
    formula: str
    unit: str
    polarity: int
    additivity: str
    window: str
    has_source: bool
    caveat: str | None
    notes: str | None
    standard: str | None


@dataclass(frozen=True)
class Reading:
    """A KPI's value at a closing, exact, over so many days; None unless `state` is whole or partial."""

    value: Decimal | None
    state: State
    days: int = 0

    @property
    def comparable(self) -> Decimal | None:
        """The value, if it may be compared with another one."""
        return self.value if self.state is State.WHOLE else None


@dataclass(frozen=True)
class Comparison:
    """What a reading is compared with. Without `variance` the two cannot be compared; the readings' states say why."""

    base: Reading
    variance: Variance | None


@dataclass(frozen=True)
class KpiLine:
    """One KPI of a table. `currency` is the code for amounts of money, None for anything else.

    `history` has a reading for each closing of the period's history; `expected` is None where no limits can be drawn,
    and `why_no_limits` then says why.
    """

    definition: Definition
    currency: str | None
    actual: Reading
    budget: Comparison
    prior: Comparison
    prior_year: Comparison
    history: tuple[Reading, ...]
    expected: Expectation | None
    why_no_limits: str


def read_kpi_lines(mart: Mart, period: Period, kpi_ids: Sequence[str]) -> tuple[KpiLine, ...]:
    """Return the group's line of each of `kpi_ids` that the mart defines, in that order, over its default window."""
    definitions = _definitions(mart, kpi_ids)
    readings = _readings(mart, period, kpi_ids)
    return tuple(_line(definitions[kpi_id], period, readings) for kpi_id in kpi_ids if kpi_id in definitions)


Readings = dict[tuple[str, str, str], Reading]
"""By KPI, scenario and closing."""


def _definitions(mart: Mart, kpi_ids: Sequence[str]) -> dict[str, Definition]:
    rows = mart.rows(
        """
        with left_out as (
            select
                unnest(from_json(observed, '{"kpis": ["varchar"]}').kpis) as kpi_id,
                failing_rows || ' rows of ' || table_name || ' are in quarantine and are not counted'
                || coalesce(' (' || array_to_string(list_transform(
                    map_entries(from_json(observed, '{"amounts": "map(varchar, varchar)"}').amounts),
                    lambda amount: amount.key || ' ' || amount.value
                ), ', ') || ')', '') || '.' as message
            from meta.check_result
            where engine = 'landing' and status <> 'pass'
        ),

        warnings as (
            select kpi_id, string_agg(message, ' ' order by message) as message from left_out group by kpi_id
        )

        select
            kpi_id, kpi_name, area, description, formula, unit, polarity, additivity, default_period_type, has_source,
            nullif(concat_ws(' ', caveat, warnings.message), ''), notes, source_standard
        from kpi.kpi_definition
        left join warnings using (kpi_id)
        where list_contains($kpi_ids, kpi_id)
        """,
        {"kpi_ids": list(kpi_ids)},
    )
    return {row[0]: Definition(*row) for row in rows}


def _readings(mart: Mart, period: Period, kpi_ids: Sequence[str]) -> Readings:
    days = "value.day_count" if mart.has_column("kpi.kpi_value", "day_count") else "null"
    rows = mart.rows(
        f"""
        select value.kpi_id, value.scenario, closing.closing_id, value.value, value.is_partial, {days}
        from kpi.kpi_value as value
        inner join kpi.kpi_definition as definition
            on value.kpi_id = definition.kpi_id and value.period_type = definition.default_period_type
        inner join finance.dim_closing as closing
            on value.period_end = closing.period_end and closing.closing_type = 'regular'
        where
            list_contains($kpi_ids, value.kpi_id)
            and value.entity_id = $group_id
            and value.dimension = 'total'
            and value.value is not null
        """,
        {"kpi_ids": list(kpi_ids), "group_id": period.group.entity_id},
    )
    return {
        (kpi_id, scenario, closing_id): Reading(value, State.PARTIAL if is_partial else State.WHOLE, days or 0)
        for kpi_id, scenario, closing_id, value, is_partial, days in rows
    }


def _line(definition: Definition, period: Period, readings: Readings) -> KpiLine:
    nothing = Reading(None, State.NO_DATA if definition.has_source else State.NO_SOURCE)

    def reading(closing: Closing | None, scenario: str = "actual") -> Reading:
        key = (definition.kpi_id, scenario, closing.closing_id if closing else "")
        return readings.get(key, nothing)

    actual = reading(period.current)

    def compared(base: Reading) -> Comparison:
        is_as_long = definition.additivity != "additive" or are_as_long(actual.days, base.days)
        return compare(
            actual, base, polarity=definition.polarity, is_ratio=definition.unit == "ratio", is_as_long=is_as_long
        )

    history = tuple(reading(closing) for closing in period.history)
    expected, why_not = _expected(definition, history)
    return KpiLine(
        definition=definition,
        currency=period.group.currency if definition.unit == "currency" else None,
        actual=actual,
        budget=compared(reading(period.current, "budget")),
        prior=compared(reading(period.prior)),
        prior_year=compared(reading(period.prior_year)),
        history=history,
        expected=expected,
        why_no_limits=why_not,
    )


def compare(
    actual: Reading, base: Reading, *, polarity: int, is_ratio: bool = False, is_as_long: bool = True
) -> Comparison:
    """Compare two readings; without a variance unless both are whole."""
    if actual.comparable is None or base.comparable is None:
        return Comparison(base, None)
    return Comparison(
        base,
        variance(actual.comparable, base.comparable, polarity=polarity, is_ratio=is_ratio, is_as_long=is_as_long),
    )


def _expected(definition: Definition, history: tuple[Reading, ...]) -> tuple[Expectation | None, str]:
    """Limits by the KPI's kind: amounts and counts repeat by year; ratios are taken as they are; windows overlap."""
    if definition.window != "month":
        return None, "overlapping windows"
    season = 0 if definition.additivity == "ratio" else CLOSINGS_IN_A_YEAR
    series = [reading.comparable for reading in history]
    expected = expectation(series, season=season)
    if expected:
        return expected, ""
    is_long = series[-1] is not None and sum(value is not None for value in series) >= LEAST_HISTORY
    return None, "hardly varies" if is_long else "too little history"
