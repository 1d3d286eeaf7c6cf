"""Every KPI by period and entity, from statements and measures, each formula written out here once more.

Not from the product's dictionary: two definitions that agree prove more than one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from orchestration.simulation.books.contract import chart_of_accounts
from orchestration.simulation.books.ledger import ACCOUNTS
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.truth.measures import MONEY, Measures
from orchestration.simulation.truth.rows import half_away
from orchestration.simulation.truth.statements import GROUP_NUMBER, Statements, statement_lines

ALL = ("month", "quarter", "ytd", "year", "ttm")
LONG = ("year", "ttm")
_YEAR = 12


@dataclass(frozen=True)
class Window:
    """A period type that ends with a period, of one entity."""

    facts: "Facts"
    entity: int
    first: int
    last: int

    @property
    def days(self) -> int:
        """Days of the window."""
        calendar = self.facts.company.world.calendar
        if self.entity == GROUP_NUMBER:
            before = calendar.month_ends[self.first - 1] if self.first else calendar.period_starts[0, 0] - 1
            return int(calendar.month_ends[self.last] - before)
        return int(calendar.period_ends[self.entity, self.last] - calendar.period_starts[self.entity, self.first] + 1)

    def flow(self, name: str) -> Fraction:
        """Sum over the periods."""
        return Fraction(sum(self.facts.cents(name, self.entity, p) for p in range(self.first, self.last + 1)), 100)

    def budget(self, name: str) -> Fraction:
        """Sum over the periods, in the budget."""
        return Fraction(sum(self.facts.budgeted(name, self.entity, p) for p in range(self.first, self.last + 1)), 100)

    def average(self, name: str) -> Fraction:
        """Mean of the points from the end of the period before the window to the end of its last."""
        points = [self.facts.cents(name, self.entity, p) for p in range(self.first - 1, self.last + 1)]
        return Fraction(sum(points), 100 * len(points))

    def closing(self, name: str) -> Fraction:
        """State at the end."""
        return Fraction(self.facts.cents(name, self.entity, self.last), 100)

    def opening(self, name: str) -> Fraction:
        """State at the end of the period before."""
        return Fraction(self.facts.cents(name, self.entity, self.first - 1), 100)


Term = Callable[[Window], Fraction]


@dataclass(frozen=True)
class Kpi:
    """A KPI: numerator, and denominator if it is a ratio; or the KPIs that it is the weighted sum of."""

    kpi_id: str
    numerator: Term | None = None
    denominator: Term | None = None
    periods: tuple[str, ...] = ALL
    parts: tuple[tuple[str, int], ...] = ()
    is_in_dictionary: bool = True


@dataclass(frozen=True)
class KpiValue:
    """One value; numerator and denominator are None for sums of KPIs, value is None where the denominator is 0."""

    kpi: Kpi
    entity: int
    period_type: str
    period: int
    numerator: Fraction | None
    denominator: Fraction | None
    value: Fraction | None


@dataclass(frozen=True)
class Facts:
    """Lines of statements, measures and the budget, by name, entity and period."""

    company: Company
    statements: Statements
    measures: Measures
    budget: dict[tuple[int, int, str], int]

    def cents(self, name: str, entity: int, period: int) -> int:
        """Return a line as presented, or a measure, in hundredths of its unit.

        Raises `KeyError` for a measure that the entity does not have.
        """
        if name in statement_lines():
            return self.statements.amounts.get((entity, period, name), 0)
        return self.measures[name][entity, period] * (1 if name in MONEY else 100)

    def budgeted(self, name: str, entity: int, period: int) -> int:
        """Return a line of the budget as presented, in cents."""
        return self.budget.get((entity, period, name), 0)


def windows(facts: Facts, entity: int, period: int) -> Iterator[tuple[str, Window]]:
    """Return the windows that end with a period."""
    place = period % _YEAR
    yield "month", Window(facts, entity, period, period)
    if place % 3 == 2:  # noqa: PLR2004 - the last period of a quarter
        yield "quarter", Window(facts, entity, period - 2, period)
    yield "ytd", Window(facts, entity, period - place, period)
    if place == _YEAR - 1:
        yield "year", Window(facts, entity, period - place, period)
    if period >= _YEAR - 1:
        yield "ttm", Window(facts, entity, period - _YEAR + 1, period)


def kpi_values(facts: Facts) -> Iterator[KpiValue]:
    """Return every KPI that has data, of every entity, the group, and window."""
    for entity in range(GROUP_NUMBER + 1):
        for period in range(facts.company.world.calendar.period_count):
            for period_type, window in windows(facts, entity, period):
                found: dict[str, KpiValue] = {}
                for kpi in _KPIS:
                    if period_type in kpi.periods:
                        value = _evaluated(kpi, entity, period_type, period, window, found)
                        if value:
                            found[kpi.kpi_id] = value
                yield from found.values()


def _evaluated(
    kpi: Kpi, entity: int, period_type: str, period: int, window: Window, found: dict[str, KpiValue]
) -> KpiValue | None:
    if kpi.parts:
        values = [found[part].value if part in found else None for part, _ in kpi.parts]
        if any(value is None for value in values):
            return None
        total = sum(
            (weight * (v or Fraction(0)) for v, (_, weight) in zip(values, kpi.parts, strict=True)), Fraction(0)
        )
        return KpiValue(kpi, entity, period_type, period, None, None, total)
    try:
        numerator = kpi.numerator(window) if kpi.numerator else Fraction(0)
        denominator = kpi.denominator(window) if kpi.denominator else None
    except KeyError:  # a measure that the entity does not have
        return None
    if denominator is None:
        return KpiValue(kpi, entity, period_type, period, numerator, None, numerator)
    ratio = numerator / denominator if denominator else None
    return KpiValue(kpi, entity, period_type, period, numerator, denominator, ratio)


def budget_lines(company: Company, in_force: Ints) -> dict[tuple[int, int, str], int]:
    """Return the budget by entity (and the group, at average rates), period and line, presented."""
    chart, rates = chart_of_accounts(), company.world.rates
    result: dict[tuple[int, int, str], int] = {}
    for entity, period, code, unit in zip(*np.nonzero(in_force), strict=True):
        amount = int(in_force[entity, period, code, unit])
        rate = int(rates.month_average[ENTITIES[entity].currency, period])
        line = chart[ACCOUNTS[code]].line_code
        while line:
            about = statement_lines()[line]
            for who, value in ((int(entity), amount), (GROUP_NUMBER, half_away(amount * rate, UNIT))):
                key = (who, int(period), line)
                result[key] = result.get(key, 0) + about.sign * value
            line = about.parent
    return result


def _flow(name: str) -> Term:
    return lambda w: w.flow(name)


def _closing(name: str) -> Term:
    return lambda w: w.closing(name)


def _variance(name: str) -> Term:
    return lambda w: w.flow(name) - w.budget(name)


def _purchases(w: Window) -> Fraction:
    return w.flow("cost_of_sales") + w.closing("inventory") - w.opening("inventory")


def _invested(w: Window) -> Fraction:
    debt = ("notes_payable", "current_installments_of_debt", "long_term_obligations")
    return (
        w.average("total_assets")
        - w.average("cash")
        - w.average("total_liabilities")
        + sum((w.average(line) for line in debt), Fraction(0))
    )


def _ebitda(w: Window) -> Fraction:
    added = ("net_income", "income_taxes", "interest_expense", "depreciation_and_amortisation")
    return sum((w.flow(line) for line in added), Fraction(0)) - w.flow("interest_income")


def _margin(w: Window) -> Fraction:
    return w.flow("net_sales") - w.flow("cost_of_sales")


def _trade_capital(w: Window) -> Fraction:
    return w.closing("trade_receivables") + w.closing("inventory") - w.closing("trade_payables")


_SALES = _flow("net_sales")
_MONTH = ("month",)

_KPIS = (
    Kpi("revenue_budget_variance", _variance("net_sales")),
    Kpi("revenue_budget_variance_pct", _variance("net_sales"), lambda w: w.budget("net_sales")),
    Kpi("opex_budget_variance", _variance("operating_expenses")),
    Kpi("opex_budget_variance_pct", _variance("operating_expenses"), lambda w: w.budget("operating_expenses")),
    Kpi("operating_profit_budget_variance", _variance("operating_profit")),
    Kpi(
        "sales_quota_attainment",
        _flow("quota_order_amount"),
        _flow("sales_quota_amount"),
        periods=("quarter", "year"),
    ),
    Kpi("orders", _flow("order_count")),
    Kpi("order_amount", _flow("sales_order_amount")),
    Kpi("average_order_value", _flow("sales_order_amount"), _flow("order_count")),
    Kpi("order_to_ship_days", _flow("order_to_ship_days"), _flow("order_shipped_count")),
    Kpi("on_time_shipment", _flow("on_time_order_count"), _flow("order_due_count")),
    Kpi("below_cost_lines_pct", _flow("below_cost_line_count"), _flow("costed_order_line_count")),
    Kpi("stock_out_rate", _flow("stock_out_product_days"), _flow("active_product_days")),
    Kpi("supplier_on_time", _flow("po_line_on_time_count"), _flow("po_line_due_count")),
    Kpi("supplier_rejection_rate", _flow("po_rejected_qty"), _flow("po_received_qty")),
    Kpi("supplier_short_lines_pct", _flow("po_line_short_count"), _flow("po_line_received_count")),
    Kpi("headcount", _closing("headcount"), periods=_MONTH),
    Kpi("revenue", _SALES),
    Kpi("cogs", _flow("cost_of_sales")),
    Kpi("gross_margin", _margin),
    Kpi("gross_margin_pct", _margin, _SALES),
    Kpi("cogs_pct", _flow("cost_of_sales"), _SALES),
    Kpi("operating_expenses", _flow("operating_expenses")),
    Kpi("opex_ratio", _flow("operating_expenses"), _SALES),
    Kpi("operating_profit", _flow("operating_profit")),
    Kpi("operating_margin", _flow("operating_profit"), _SALES),
    Kpi("ebitda", _ebitda),
    Kpi("net_income", _flow("net_income")),
    Kpi("net_margin", _flow("net_income"), _SALES),
    Kpi("revenue_per_employee", _SALES, lambda w: w.average("headcount"), periods=LONG),
    Kpi("roic", lambda w: w.flow("operating_profit") - w.flow("income_taxes"), _invested, periods=LONG),
    Kpi("roa", _flow("net_income"), lambda w: w.average("total_assets"), periods=LONG),
    Kpi("roe", _flow("net_income"), lambda w: w.average("total_equity"), periods=LONG),
    Kpi("calls", _flow("call_count"), periods=_MONTH),
    Kpi("call_abandonment_rate", _flow("abandoned_call_count"), _flow("call_count"), periods=_MONTH),
    Kpi("seconds_per_issue", _flow("service_issue_seconds"), _flow("service_issue_count"), periods=_MONTH),
    Kpi("customer_satisfaction", _flow("satisfied_rating_count"), _flow("rating_count")),
    Kpi("dso", lambda w: w.average("trade_receivables") * w.days, _SALES),
    Kpi("dio", lambda w: w.average("inventory") * w.days, _flow("cost_of_sales")),
    Kpi("dpo", lambda w: w.average("trade_payables") * w.days, _purchases),
    Kpi("ccc", parts=(("dso", 1), ("dio", 1), ("dpo", -1))),
    Kpi(
        "working_capital_turnover",
        _SALES,
        lambda w: w.average("current_assets") - w.average("current_liabilities"),
        periods=LONG,
    ),
    Kpi("trade_working_capital_pct", _trade_capital, _SALES, periods=LONG),
    Kpi("current_ratio", _closing("current_assets"), _closing("current_liabilities"), periods=_MONTH),
    Kpi("cash", _closing("cash"), periods=_MONTH),
    Kpi("free_cash_flow", lambda w: w.flow("cash_from_operations") + w.flow("cf_capital_expenditure")),
    Kpi("inventory_turnover", _flow("cost_of_sales"), lambda w: w.average("inventory"), periods=LONG),
    Kpi("otif_lines", _flow("line_on_time_in_full_count"), _flow("line_due_count"), is_in_dictionary=False),
    Kpi("availability", _flow("run_minutes"), _flow("planned_busy_minutes"), is_in_dictionary=False),
    Kpi(
        "effectiveness",
        lambda w: w.flow("planned_run_hundredths") / 100,
        _flow("run_minutes"),
        is_in_dictionary=False,
    ),
    Kpi("quality_ratio", _flow("good_qty"), _flow("produced_qty"), is_in_dictionary=False),
    Kpi(
        "oee",
        lambda w: w.flow("planned_good_hundredths") / 100,
        _flow("planned_busy_minutes"),
        is_in_dictionary=False,
    ),
    Kpi("scrap_ratio", _flow("scrap_qty"), _flow("produced_qty"), is_in_dictionary=False),
    Kpi("rework_ratio", _flow("rework_qty"), _flow("produced_qty"), is_in_dictionary=False),
    Kpi(
        "net_promoter_score",
        lambda w: 100 * (w.flow("promoter_count") - w.flow("detractor_count")),
        _flow("recommendation_count"),
        is_in_dictionary=False,
    ),
)
