"""The group's three statements at a closing, beside the budget, the prior year, the prior closing, and year to date.

Belongs here: reading `finance.statement_line` and comparing its columns. Layout and rounding are the renderer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from orchestration.analysis.variance import Variance, variance
from orchestration.reports.mart import Mart
from orchestration.reports.period import Period

Basis = Literal["actual", "budget", "prior_year", "prior"]
Span = Literal["closing", "year_to_date"]


@dataclass(frozen=True)
class Column:
    """An amount column of a statement. The first column of a span is the actual, which others are compared with."""

    span: Span
    basis: Basis

    @property
    def is_compared(self) -> bool:
        """Whether the actual of the span is compared with this column."""
        return self.basis != "actual"


COLUMNS = (
    Column("closing", "actual"),
    Column("closing", "budget"),
    Column("closing", "prior_year"),
    Column("closing", "prior"),
    Column("year_to_date", "actual"),
    Column("year_to_date", "budget"),
    Column("year_to_date", "prior_year"),
)


@dataclass(frozen=True)
class Amount:
    """A statement line's amount in one column, None where the mart has none, and the actual's variance against it."""

    value: Decimal | None
    variance: Variance | None = None


@dataclass(frozen=True)
class StatementRow:
    """A line of a statement: its amounts in the order of the statement's columns, in presentation sign."""

    line_code: str
    name: str
    level: int
    is_subtotal: bool
    amounts: tuple[Amount, ...]


@dataclass(frozen=True)
class Statement:
    """A statement of the group in its currency. Empty `rows` say that the mart has none for this closing."""

    name: str
    title: str
    currency: str
    columns: tuple[Column, ...]
    rows: tuple[StatementRow, ...]
    notes: tuple[str, ...]


NO_BUDGET = "No budget for this period."
TITLES = {"profit_and_loss": "Profit and loss", "balance_sheet": "Balance sheet", "cash_flow": "Cash flow"}


def read_statements(mart: Mart, period: Period) -> tuple[Statement, ...]:
    """Return the profit and loss, the balance sheet and the cash flow of the period."""
    return tuple(_statement(mart, period, name) for name in TITLES)


def _statement(mart: Mart, period: Period, name: str) -> Statement:
    lines = _lines(mart, period, name)
    columns = tuple(column for column in _columns(name) if any(line.amounts[column] is not None for line in lines))
    notes = [NO_BUDGET] if name == "profit_and_loss" and Column("closing", "budget") not in columns else []
    if name == "profit_and_loss" and (adjustments := _adjustments(mart, period)):
        notes.append(f"The year to date contains the year-end adjustments {', '.join(adjustments)}.")
    if name == "cash_flow" and any(line.line_code == "cf_entities_joined" for line in lines):
        notes.append(
            "An entity's first closing has no opening balances: its cash is in the line of entities that joined, and "
            "its net income of that closing is not in this statement."
        )
    return Statement(
        name=name,
        title=TITLES[name],
        currency=period.group.currency,
        columns=columns,
        rows=tuple(_row(line, columns, period) for line in lines),
        notes=tuple(notes),
    )


def _adjustments(mart: Mart, period: Period) -> list[str]:
    rows = mart.rows(
        """
        select closing_id
        from finance.dim_closing
        where
            closing_type = 'year_end_adjustment' and fiscal_year = $year and period_month <= $month
            and closing_id in (select closing_id from finance.statement_line where entity_id = $group_id)
        order by closing_id
        """,
        {"year": period.current.fiscal_year, "month": period.current.month, "group_id": period.group.entity_id},
    )
    return [row[0] for row in rows]


def _columns(name: str) -> list[Column]:
    """All columns that the statement can have; a balance has no year to date."""
    return [column for column in COLUMNS if name != "balance_sheet" or column.span == "closing"]


@dataclass(frozen=True)
class _Line:
    line_code: str
    name: str
    order: int
    level: int
    is_subtotal: bool
    polarity: int
    """1: more of it raises the profit, -1: lowers it, 0: neither."""
    amounts: Mapping[Column, Decimal | None]


def _lines(mart: Mart, period: Period, name: str) -> list[_Line]:
    """One query for all columns. A year to date that lacks a closing has no amount: a part is not shown as the whole.

    It contains the year-end adjustments of the closings it covers, as the KPIs' year to date does. A line without a
    budgeted account has no budget, whatever the statement's zero says; a subtotal has one if the line before it has.
    """
    rows = mart.rows(
        """
        with leaf as (
            select
                line.line_order,
                line.line_code in (
                    select balance.line_code
                    from finance.trial_balance as balance
                    inner join finance.dim_closing as closing on balance.closing_id = closing.closing_id
                    where balance.scenario = 'budget' and closing.fiscal_year = $year
                ) as has_budget
            from finance.statement_line as line
            where line.statement = $statement and not line.is_subtotal
            group by line.line_order, line.line_code
        ),

        line as (
            select
                line.line_code,
                line.line_name,
                line.line_order,
                line.line_level,
                line.is_subtotal,
                line.polarity,
                line.scenario,
                line.closing_id,
                line.amount,
                closing.fiscal_year,
                closing.period_month,
                closing.closing_type = 'regular' as is_regular
            from finance.statement_line as line
            inner join finance.dim_closing as closing on line.closing_id = closing.closing_id
            asof left join leaf on line.line_order >= leaf.line_order
            where
                line.statement = $statement
                and line.entity_id = $group_id
                and (line.scenario <> 'budget' or leaf.has_budget)
        ),

        to_date as (
            select
                line_code,
                scenario,
                fiscal_year,
                sum(amount) as amount
            from line
            where
                (fiscal_year = $year and period_month <= $month)
                or (fiscal_year = $year - 1 and period_month <= $month_before)
            group by line_code, scenario, fiscal_year
            having count(*) filter (is_regular) = $period
        ),

        at_closing as (
            select
                line_code,
                any_value(line_name) as line_name,
                any_value(line_order) as line_order,
                any_value(line_level) as line_level,
                any_value(is_subtotal) as is_subtotal,
                any_value(polarity) as polarity,
                sum(amount) filter (closing_id = $current and scenario = 'actual') as actual,
                sum(amount) filter (closing_id = $current and scenario = 'budget') as budget,
                sum(amount) filter (closing_id = $prior_year and scenario = 'actual') as prior_year,
                sum(amount) filter (closing_id = $prior and scenario = 'actual') as prior
            from line
            group by line_code
            having count(*) filter (closing_id = $current and scenario = 'actual') > 0
        )

        select
            at_closing.*,
            actual_to_date.amount,
            budget_to_date.amount,
            before_to_date.amount
        from at_closing
        left join to_date as actual_to_date
            on at_closing.line_code = actual_to_date.line_code
            and actual_to_date.scenario = 'actual' and actual_to_date.fiscal_year = $year
        left join to_date as budget_to_date
            on at_closing.line_code = budget_to_date.line_code
            and budget_to_date.scenario = 'budget' and budget_to_date.fiscal_year = $year
        left join to_date as before_to_date
            on at_closing.line_code = before_to_date.line_code
            and before_to_date.scenario = 'actual' and before_to_date.fiscal_year = $year - 1
        order by at_closing.line_order
        """,
        {
            "statement": name,
            "group_id": period.group.entity_id,
            "current": period.current.closing_id,
            "prior": period.prior.closing_id if period.prior else "",
            "prior_year": period.prior_year.closing_id if period.prior_year else "",
            "year": period.current.fiscal_year,
            "period": period.current.fiscal_period,
            "month": period.current.month,
            "month_before": period.prior_year.month if period.prior_year else period.current.month.replace(year=1),
        },
    )
    return [
        _Line(row[0], row[1], row[2], row[3], row[4], row[5], dict(zip(COLUMNS, row[6:], strict=True))) for row in rows
    ]


def _row(line: _Line, columns: tuple[Column, ...], period: Period) -> StatementRow:
    lengths = {
        Column("closing", "prior_year"): period.is_as_long_as(period.prior_year),
        Column("closing", "prior"): period.is_as_long_as(period.prior),
        Column("year_to_date", "prior_year"): period.is_year_as_long,
    }

    def amount(column: Column) -> Amount:
        actual, base = line.amounts[Column(column.span, "actual")], line.amounts[column]
        if not column.is_compared or actual is None or base is None:
            return Amount(base)
        return Amount(base, variance(actual, base, polarity=line.polarity, is_as_long=lengths.get(column, True)))

    return StatementRow(
        line_code=line.line_code,
        name=line.name,
        level=line.level,
        is_subtotal=line.is_subtotal,
        amounts=tuple(amount(column) for column in columns),
    )
