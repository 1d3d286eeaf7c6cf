"""The printed form of KPI lines: value, comparisons, trend with its usual range, and the caveats as numbered notes."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from orchestration.analysis.control_limits import Limits, Signal
from orchestration.reports import formats
from orchestration.reports.kpi_lines import Comparison, Definition, KpiLine, State
from orchestration.reports.messages import SIGNAL_WORDS
from orchestration.reports.period import Closing, Period
from orchestration.reports.statements import NO_BUDGET
from orchestration.reports.table import Cell, Head, Row, Table, change, figure, missing, words

DrawTrend = Callable[[Sequence[Decimal | None], Sequence[Limits | None], str], str]
PART = "p"
PART_NOTE = "p: part period, its sources do not cover it completely; not compared."
COLOUR_NOTE = (
    "▲ favourable, ▼ unfavourable; n.m.: not meaningful (base near zero or of the other sign, "
    "or periods of different lengths)."
)
RANGE_NOTE = (
    "Trend: up to 36 closings; the band is the usual range, mean ± 2.66 × mean moving range (XmR), for amounts and "
    "counts of their change on the year before; a ring is a closing outside it. Windows of several closings overlap "
    "and have no range."
)


def kpi_table(
    lines: Sequence[KpiLine],
    period: Period,
    title: str,
    *,
    money: formats.Scale,
    draw: DrawTrend,
    is_headline: bool = False,
) -> Table:
    """Return the table of `lines`, money in the report's scale `money`, amounts per unit in their own.

    The headline table says when the period has no budget; in others only some KPIs could have one.
    """
    has_budget = any(line.budget.base.value is not None for line in lines)
    caveats = list(dict.fromkeys(line.definition.caveat for line in lines if line.definition.caveat))
    against = [
        *([("Budget", period.current, "budget")] if has_budget else []),
        (f"Prior year {_label(period.prior_year)}".strip(), period.prior_year, "prior_year"),
        (f"Prior closing {_label(period.prior)}".strip(), period.prior, "prior"),
    ]
    heads = [Head("KPI", css=""), Head("Unit", css="u"), Head("Actual", period.current.label)]
    for name, _, _ in against:
        heads += [Head("Value", name), Head("Δ", name), Head("Δ %", name)]
    heads += [Head("Trend", css="t"), Head("Reading", css="r")]
    rows = []
    for line in lines:
        scale = formats.kpi_scale(line, money)
        cells = [
            _name(line.definition, caveats),
            words(formats.kpi_unit(line.definition.unit, line.currency, scale), "u"),
            _reading(line, scale),
        ]
        for name, _, attribute in against:
            cells += _comparison(line, getattr(line, attribute), scale, name)
        cells += [_trend(line, draw), _judgement(line)]
        rows.append(Row(tuple(cells)))
    has_part = any(
        reading.state is State.PARTIAL
        for line in lines
        for reading in (line.actual, line.prior.base, line.prior_year.base, line.budget.base)
    )
    return Table(
        title=title,
        subtitle=_subtitle(period, lacks_budget=is_headline and not has_budget),
        heads=tuple(heads),
        rows=tuple(rows),
        notes=(
            f"{RANGE_NOTE} {COLOUR_NOTE}",
            *([PART_NOTE] if has_part else []),
            *(f"{number} {caveat}" for number, caveat in enumerate(caveats, start=1)),
        ),
        css="kpis headline" if is_headline else "kpis",
    )


def _label(closing: Closing | None) -> str:
    return closing.label if closing else ""


def _subtitle(period: Period, *, lacks_budget: bool) -> str:
    current = period.current
    days = f"{formats.date(current.start)} to {formats.date(current.end)}"
    return f"Closing {current.label} ({days}). {NO_BUDGET if lacks_budget else ''}".strip()


def _name(definition: Definition, caveats: list[str]) -> Cell:
    small = "" if definition.window == "month" else formats.window(definition.window)
    mark = str(caveats.index(definition.caveat) + 1) if definition.caveat else ""
    return Cell(definition.name, css="name", mark=mark, small=small)


def _reading(line: KpiLine, scale: formats.Scale) -> Cell:
    unit = formats.kpi_unit(line.definition.unit, line.currency, scale)
    if line.actual.value is None:
        return missing(str(line.actual.state), "Actual")
    cell = figure(
        formats.kpi_value(line.actual.value, line.definition.unit, scale),
        line.actual.value,
        css="actual",
        label="Actual",
    )
    return Cell(
        cell.text,
        cell.css,
        cell.value,
        mark=PART if line.actual.state is State.PARTIAL else "",
        label=cell.label,
        small=unit,
    )


def _comparison(line: KpiLine, comparison: Comparison, scale: formats.Scale, label: str) -> list[Cell]:
    unit, base, difference = line.definition.unit, comparison.base, comparison.variance
    if base.value is None:
        return [missing(str(base.state), label), words("", "n"), words("", "n")]
    value = figure(formats.kpi_value(base.value, unit, scale), base.value, label=label)
    if base.state is State.PARTIAL:
        value = Cell(value.text, value.css, value.value, mark=PART, label=label)
    if difference is None or line.actual.value is None:
        return [value, words("", "n"), words("", "n")]
    absolute = formats.kpi_change(difference.absolute, line.actual.value, unit, scale)
    points = " pp" if unit == "ratio" else ""
    relative = (
        words("", "n")
        if unit == "ratio"
        else missing(formats.NOT_MEANINGFUL)
        if difference.relative is None
        else change(
            formats.signed_share(difference.relative), difference.relative, difference.effect, marked=False, css="pct"
        )
    )
    return [value, change(f"{absolute}{points}", difference.absolute, difference.effect), relative]


def _trend(line: KpiLine, draw: DrawTrend) -> Cell:
    """Parts of a period are not drawn: they would look like a change."""
    values = [reading.comparable for reading in line.history]
    if line.definition.window != "month":
        values = [value for value in values if value is not None]
    if sum(value is not None for value in values) < 2:  # noqa: PLR2004 - a trend needs two
        return Cell("", css="t")
    limits: Sequence[Limits | None] = line.expected.limits if line.expected else [None] * len(values)
    first = next(index for index, value in enumerate(values) if value is not None)
    return Cell("", css="t", svg=draw(values[first:], limits[first:], f"Trend of {line.definition.name}"))


def _judgement(line: KpiLine) -> Cell:
    if line.actual.value is None:
        return Cell("", css="r")
    if line.expected is None:
        return Cell(line.why_no_limits, css="r quiet")
    signal = line.expected.signal
    return Cell(SIGNAL_WORDS[signal], css="r quiet" if signal is Signal.ROUTINE else "r signal")
