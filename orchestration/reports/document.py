"""The monthly performance report as data: what it says, not how it looks. Every number comes from the published mart.

Belongs here: gathering the parts. Each part is built, and queried, in the module named for it.
"""

from dataclasses import dataclass
from pathlib import Path

from orchestration.reports.entities import Entities, read_entities
from orchestration.reports.formats import Scale
from orchestration.reports.headline import HEADLINE_KPIS
from orchestration.reports.kpi_lines import Definition, KpiLine, read_kpi_lines
from orchestration.reports.mart import open_mart
from orchestration.reports.messages import Message, write_messages
from orchestration.reports.period import Period, find_period
from orchestration.reports.profit_bridge import ProfitBridge, read_profit_bridge
from orchestration.reports.quality import Quality, read_quality
from orchestration.reports.scale import read_scale
from orchestration.reports.statements import Statement, read_statements

WORKING_CAPITAL_KPIS = (
    "dso",
    "dio",
    "dpo",
    "ccc",
    "inventory_turnover",
    "working_capital_turnover",
    "trade_working_capital_pct",
    "current_ratio",
    "overdue_receivables",
    "overdue_receivables_pct",
    "overdue_payables",
    "cash",
)
OPERATIONS_KPIS = (
    "orders",
    "order_amount",
    "average_order_value",
    "below_cost_lines_pct",
    "sales_quota_attainment",
    "order_backlog",
    "late_backlog_pct",
    "order_to_ship_days",
    "on_time_shipment",
    "stock_out_rate",
    "supplier_on_time",
    "supplier_short_lines_pct",
    "supplier_rejection_rate",
    "headcount",
    "revenue_per_employee",
    "calls",
    "call_abandonment_rate",
    "seconds_per_issue",
)


@dataclass(frozen=True)
class MonthlyReport:
    """The whole report of one closing, from one publication of the mart. All of its money is printed in `scale`."""

    period: Period
    scale: Scale
    messages: tuple[Message, ...]
    headline: tuple[KpiLine, ...]
    statements: tuple[Statement, ...]
    profit_bridge: ProfitBridge | None
    working_capital: tuple[KpiLine, ...]
    operations: tuple[KpiLine, ...]
    entities: Entities
    quality: Quality
    definitions: tuple[Definition, ...]

    @property
    def is_draft(self) -> bool:
        """Whether a check of the publication failed: the report must not be taken as final."""
        return self.quality.stamp.checks_failed > 0


def build_monthly_report(mart: Path, closing_id: str | None = None) -> MonthlyReport:
    """Build the report of the closing `closing_id`, or of the newest closed one, from the published mart at `mart`.

    The same mart gives the same report: nothing in it depends on when it is built. Raises MartUnreadableError and
    UnknownClosingError.
    """
    wanted = tuple(dict.fromkeys((*HEADLINE_KPIS, *WORKING_CAPITAL_KPIS, *OPERATIONS_KPIS)))
    with open_mart(mart) as opened:
        period = find_period(opened, closing_id)
        scale = read_scale(opened, period)
        lines = {line.definition.kpi_id: line for line in read_kpi_lines(opened, period, wanted)}
        statements = read_statements(opened, period)
        profit_bridge = read_profit_bridge(opened, period, quantum=scale.divisor)
        entities = read_entities(opened, period)
        quality = read_quality(opened, period)
    return MonthlyReport(
        period=period,
        scale=scale,
        messages=write_messages(period, scale, lines, statements[0], profit_bridge, quality),
        headline=_chosen(lines, HEADLINE_KPIS),
        statements=statements,
        profit_bridge=profit_bridge,
        working_capital=_chosen(lines, WORKING_CAPITAL_KPIS),
        operations=_chosen(lines, OPERATIONS_KPIS),
        entities=entities,
        quality=quality,
        definitions=tuple(line.definition for line in lines.values()),
    )


def _chosen(lines: dict[str, KpiLine], kpi_ids: tuple[str, ...]) -> tuple[KpiLine, ...]:
    return tuple(lines[kpi_id] for kpi_id in kpi_ids if kpi_id in lines)
