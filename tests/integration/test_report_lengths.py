"""Periods of different lengths in a report: a 53rd week, a short year."""

from pathlib import Path

import duckdb
import pytest

from orchestration.reports.document import MonthlyReport, build_monthly_report
from orchestration.reports.render import render_html
from orchestration.reports.statements import Amount, Column
from tests.integration.test_report_small_mart import NEWEST, write_small_mart

PRIOR, PRIOR_YEAR = Column("closing", "prior"), Column("closing", "prior_year")
TO_DATE = Column("year_to_date", "prior_year")


@pytest.fixture
def mart(tmp_path: Path) -> Path:
    return write_small_mart(tmp_path / "mart.duckdb")


def lengthen(mart: Path, closing: str, days: int) -> None:
    """Let a closing begin so many days before its end."""
    with duckdb.connect(str(mart)) as connection:
        connection.execute(
            "update finance.dim_closing set period_start = period_end - ?::int + 1 where closing_id = ?",
            [days, closing],
        )
        connection.execute(
            "update kpi.kpi_value set day_count = ? where period_type = 'month' and period_end ="
            " (select period_end from finance.dim_closing where closing_id = ?)",
            [days, closing],
        )


def amounts(report: MonthlyReport, line: str) -> dict[Column, Amount]:
    statement = report.statements[0]
    (row,) = [row for row in statement.rows if row.line_code == line]
    return dict(zip(statement.columns, row.amounts, strict=True))


def test_months_are_compared_by_shares_whatever_their_days(mart: Path) -> None:
    report = build_monthly_report(mart, "2022-02")
    sales = amounts(report, "net_sales")
    for column in (PRIOR, PRIOR_YEAR, TO_DATE):
        compared = sales[column].variance
        assert compared is not None
        assert compared.relative is not None, column
    assert "days)" not in report.period.current.label


def test_a_period_with_a_53rd_week_has_no_share_of_a_shorter_one_and_says_the_days(mart: Path) -> None:
    lengthen(mart, NEWEST, 42)
    lengthen(mart, "2021-06", 35)
    report = build_monthly_report(mart)
    sales = amounts(report, "net_sales")
    for column in (PRIOR, PRIOR_YEAR, TO_DATE):
        compared = sales[column].variance
        assert compared is not None
        assert compared.relative is None, column
        assert compared.absolute != 0
    revenue = next(line for line in report.headline if line.definition.kpi_id == "revenue")
    assert revenue.prior_year.variance is not None
    assert revenue.prior_year.variance.relative is None
    european = next(entity for entity in report.entities.rows if entity.entity_id == "E")
    assert european.revenue_variance is not None
    assert european.revenue_variance.relative is None
    html = render_html(report)
    for words in ("Jun 2022 (42 days)", "Jun 2021 (35 days)", "May 2022 (31 days)", "to date (193 days)", "(186 days)"):
        assert words in html, words


def test_the_prior_year_is_a_year_before_whatever_the_numbers_of_its_periods(mart: Path) -> None:
    """2021 becomes a year of six months, and what follows another year: June's number is that of December."""
    with duckdb.connect(str(mart)) as connection:
        connection.execute(
            "update finance.dim_closing set fiscal_year = fiscal_year + 1, fiscal_period = (fiscal_period + 5) % 12 + 1"
            " where period_end > date '2021-06-30' and closing_type <> 'year_end_adjustment'"
        )
    period = build_monthly_report(mart, "2021-12").period
    assert (period.current.fiscal_year, period.current.fiscal_period) == (2022, 6)
    assert period.prior_year is not None
    assert period.prior_year.closing_id == "2020-12"
