"""The headline KPIs and their short form for the command line. Must not import charts: `tieout run` prints it."""

from dataclasses import dataclass
from pathlib import Path

from orchestration.analysis.variance import Effect
from orchestration.reports import formats
from orchestration.reports.kpi_lines import KpiLine, read_kpi_lines
from orchestration.reports.mart import open_mart
from orchestration.reports.period import find_period
from orchestration.reports.scale import read_scale

HEADLINE_KPIS = (
    "revenue",
    "cogs",
    "gross_margin_pct",
    "operating_expenses",
    "operating_profit",
    "operating_margin",
    "roic",
    "free_cash_flow",
    "ccc",
    "inventory_turnover",
    "orders",
    "customer_satisfaction",
)


@dataclass(frozen=True)
class HeadlineKpi:
    """One headline KPI as printed.

    `value` is `no data` or `no source` where there is none; `change` is the change against the prior closing with its
    unit, or an empty string where the two cannot be compared. `direction` is `good`, `bad` or `neutral`, by the KPI's
    polarity.
    """

    name: str
    value: str
    unit: str
    change: str
    direction: str
    closing: str


def headline(mart: Path, closing_id: str | None = None) -> list[HeadlineKpi]:
    """Return the headline KPIs of a closing, the newest closed one unless named. Raises ReportError."""
    with open_mart(mart) as opened:
        period = find_period(opened, closing_id)
        lines = read_kpi_lines(opened, period, HEADLINE_KPIS)
        scale = read_scale(opened, period)
    return [_short(line, scale, period.current.label) for line in lines]


def _short(line: KpiLine, report: formats.Scale, closing: str) -> HeadlineKpi:
    scale = formats.kpi_scale(line, report)
    definition, change, actual = line.definition, line.prior.variance, line.actual.value
    has_change = change is not None and actual is not None
    return HeadlineKpi(
        name=definition.name,
        value=formats.reading(line.actual, definition.unit, scale),
        unit=formats.kpi_unit(definition.unit, line.currency, scale) if actual is not None else "",
        change=" ".join(
            (
                formats.kpi_change(change.absolute, actual, definition.unit, scale),
                formats.change_unit(definition.unit, line.currency, scale),
            )
        ).strip()
        if has_change and change and actual is not None
        else "",
        direction=str(change.effect if change else Effect.NEUTRAL),
        closing=closing,
    )
