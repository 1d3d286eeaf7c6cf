"""The monthly report as one self-contained HTML file: no script, no font, no request.

Belongs here: putting the report's tables and charts into the template. What is in a table is in the table modules.
"""

from decimal import Decimal
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from orchestration.reports import formats
from orchestration.reports.document import MonthlyReport
from orchestration.reports.kpi_lines import KpiLine
from orchestration.reports.kpi_tables import kpi_table
from orchestration.reports.proof_tables import checks_table, definitions_table, gaps_table, rules_table, sources_table
from orchestration.reports.statement_tables import entity_table, statement_table
from orchestration.reports.statements import Statement, StatementRow
from orchestration.reports.table import Table

TEMPLATES = Path(__file__).parent / "templates"
A_YEAR = 12
SHORT_HASH = 12


def render_html(report: MonthlyReport) -> str:
    """Return the report as an HTML document. The same report gives the same bytes."""
    from orchestration.reports import charts  # noqa: PLC0415 - Altair costs more to import than the report to build

    period = report.period
    profit_and_loss, balance_sheet, cash_flow = report.statements
    assets, claims = _account_form(balance_sheet)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            period=period,
            stamp=report.quality.stamp,
            formats=formats,
            footer=footer_parts(report),
            headline=kpi_table(
                report.headline,
                period,
                "Headline KPIs",
                money=report.scale,
                draw=charts.sparkline,
                is_headline=True,
            ),
            profit_and_loss=statement_table(profit_and_loss, period, report.scale),
            waterfalls=_waterfalls(report),
            columns=_columns(report, ("revenue", "operating_profit")),
            cash_columns=_columns(report, ("free_cash_flow",)),
            balance_sheet=(
                statement_table(balance_sheet, period, report.scale, part="Assets", rows=assets),
                statement_table(balance_sheet, period, report.scale, part="Liabilities and equity", rows=claims),
            ),
            cash_flow=statement_table(cash_flow, period, report.scale),
            working_capital=kpi_table(
                report.working_capital,
                period,
                "Working capital",
                money=report.scale,
                draw=charts.sparkline,
            ),
            days=_days(report),
            operations=kpi_table(report.operations, period, "Operations", money=report.scale, draw=charts.sparkline),
            entities=entity_table(report.entities, period, report.scale),
            entity_chart=_entity_chart(report),
            proofs=_proofs(report),
            definitions=definitions_table(report.definitions),
        )
    )


def footer_parts(report: MonthlyReport) -> tuple[str, ...]:
    """Return what is printed at the foot of every page."""
    stamp, sources = report.quality.stamp, report.quality.sources
    promised, fresh = sum(source.promised for source in sources), sum(source.fresh for source in sources)
    return (
        f"Publication {stamp.publication_id}",
        f"as of {formats.timestamp(stamp.published_at)}",
        f"closing {report.period.current.label}: {'closed' if report.period.current.is_closed else 'open'}",
        f"sources fresh {fresh} of {promised}" if promised else "sources: no freshness promised",
        f"checks passed {stamp.checks_passed} of {stamp.checks}",
        f"code {stamp.code_version}",
        f"content {stamp.content_hash[:SHORT_HASH]}",
    )


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["css_string"] = _css_string
    environment.filters["svg"] = Markup
    return environment


def _css_string(text: str) -> Markup:
    """Quote `text` for the stylesheet: everything but plain characters becomes a CSS escape."""
    plain = "".join(char if char.isalnum() or char in " .,:-·" else f"\\{ord(char):06x} " for char in text)
    return Markup(f'"{plain}"')  # noqa: S704 - only letters, digits and escapes are left


def _account_form(balance_sheet: Statement) -> tuple[tuple[StatementRow, ...], tuple[StatementRow, ...]]:
    """Split the balance sheet after the total of its assets."""
    codes = [row.line_code for row in balance_sheet.rows]
    cut = codes.index("total_assets") + 1 if "total_assets" in codes else len(codes)
    return balance_sheet.rows[:cut], balance_sheet.rows[cut:]


def _proofs(report: MonthlyReport) -> tuple[Table, ...]:
    return (
        rules_table(report.quality, report.period),
        gaps_table(report.quality, report.period, report.scale),
        checks_table(report.quality),
        sources_table(report.quality),
    )


def _waterfalls(report: MonthlyReport) -> tuple[str, ...]:
    """Draw the change of the operating profit by line and by entity."""
    from orchestration.reports import charts  # noqa: PLC0415

    profit = report.profit_bridge
    if profit is None:
        return ()
    unit = report.scale.unit(profit.currency)
    reach = charts.reach((profit.bridge, profit.by_entity), report.scale.divisor)
    return tuple(
        charts.waterfall(
            bridge,
            (profit.base.label, profit.actual.label),
            report.scale.divisor,
            reach,
            f"Operating profit from {profit.base.label} to {profit.actual.label} by {by}, {unit}",
        )
        for bridge, by in ((profit.bridge, "line"), (profit.by_entity, "entity"))
    )


def _columns(report: MonthlyReport, kpi_ids: tuple[str, ...]) -> str:
    """Draw amounts of the last twelve closings, each beside the same closing of the year before, in one scale."""
    from orchestration.reports import charts  # noqa: PLC0415

    panels = []
    for line in (line for line in report.headline if line.definition.kpi_id in kpi_ids):
        values = _floats(line, report.scale.divisor)
        before = [*[None] * A_YEAR, *values][: len(values)]
        panels.append(
            (
                charts.Series(line.definition.name, tuple(values[-A_YEAR:])),
                charts.Series("prior year", tuple(before[-A_YEAR:])),
            )
        )
    if not any(sum(value is not None for value in actual.values) > 1 for actual, _ in panels):
        return ""
    closings = [closing.label for closing in report.period.history[-A_YEAR:]]
    names = " and ".join(actual.name for actual, _ in panels)
    return charts.columns(closings, panels, f"{names} by closing, with the prior year", is_wide=len(panels) > 1)


def _days(report: MonthlyReport) -> str:
    """Draw the cash conversion cycle and its three parts."""
    from orchestration.reports import charts  # noqa: PLC0415

    by_id = {line.definition.kpi_id: line for line in report.working_capital}
    series = [
        charts.Series(kpi_id.upper(), tuple(_floats(by_id[kpi_id], Decimal(1))))
        for kpi_id in ("ccc", "dio", "dso", "dpo")
        if kpi_id in by_id and by_id[kpi_id].actual.comparable is not None
    ]
    known = [index for one in series for index, value in enumerate(one.values) if value is not None]
    if len(set(known)) < 2:  # noqa: PLR2004 - a line needs two points
        return ""
    first = min(known)
    trimmed = [charts.Series(one.name, one.values[first:]) for one in series]
    closings = [closing.label for closing in report.period.history[first:]]
    return charts.lines(closings, trimmed, "Days in working capital over twelve closings")


def _entity_chart(report: MonthlyReport) -> str:
    from orchestration.reports import charts  # noqa: PLC0415

    rows = [row for row in report.entities.rows if row.profit_group is not None]
    if not rows:
        return ""
    divisor = report.scale.divisor
    return charts.structure(
        [row.name for row in rows],
        charts.Series("actual", tuple(_float(row.profit_group, divisor) for row in rows)),
        charts.Series("prior year", tuple(_float(row.profit_group_prior_year, divisor) for row in rows)),
        "Operating profit by entity, with the prior year",
    )


def _floats(line: KpiLine, divisor: Decimal) -> list[float | None]:
    return [_float(reading.comparable, divisor) for reading in line.history]


def _float(value: Decimal | None, divisor: Decimal) -> float | None:
    return None if value is None else float(value / divisor)
