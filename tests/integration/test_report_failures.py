"""A report that cannot be made: the mart is published all the same, and who runs it is told everything that warns."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest
from typer.testing import CliRunner

from orchestration import cli
from orchestration.defs.reports.monthly import monthly_report
from orchestration.refresh import Outcome, failures
from orchestration.reports.document import build_monthly_report
from orchestration.reports.render import render_html
from orchestration.settings import settings
from tests.integration.test_report_small_mart import NEWEST, write_small_mart


def change(mart: Path, *statements: str) -> None:
    with duckdb.connect(str(mart)) as connection:
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def mart() -> Path:
    settings().published_mart.parent.mkdir(parents=True)
    return write_small_mart(settings().published_mart)


@pytest.mark.parametrize(
    "column",
    [
        "finance.dim_entity.ownership_share",
        "finance.exchange_rate.average_rate",
        "finance.statement_line.amount",
        "finance.trial_balance.amount",
        "kpi.kpi_value.value",
        "meta.tie_out.amount_a",
        "meta.tie_out.amount_b",
        "meta.tie_out.difference",
    ],
)
def test_an_amount_that_nobody_knows_stops_no_report(mart: Path, column: str) -> None:
    table, _, name = column.rpartition(".")
    change(mart, f"update {table} set {name} = null")
    assert "</html>" in render_html(build_monthly_report(mart))


def test_the_small_mart_has_every_amount_of_the_report(mart: Path) -> None:
    with duckdb.connect(str(mart), read_only=True) as connection:
        amounts = connection.execute(
            "select count(*) from duckdb_columns() where schema_name in ('finance', 'kpi', 'meta') "
            "and data_type like 'DECIMAL%' and table_name <> 'source_batch' and table_name <> 'source_freshness'"
        ).fetchone()
    assert amounts == (8,)


def test_a_side_that_nobody_knows_is_said_to_be_unknown(mart: Path) -> None:
    change(mart, "update meta.tie_out set amount_a = null, difference = null where tie_out_id = 'orders'")
    report = build_monthly_report(mart, NEWEST)
    page = render_html(report)
    assert "one side is not known" in next(one.text for one in report.messages if one.subject == "Tie-outs")
    assert "not known" in page[page.index("What does not tie") :]


def test_a_defect_of_the_report_is_one_message_that_says_that_the_mart_is_published(mart: Path) -> None:
    change(mart, "update finance.dim_closing set period_month = null")
    (told,) = failures(dg.materialize([monthly_report], raise_on_error=False).all_events)
    assert told.startswith("✗ reports__monthly: The mart is published, its report could not be made: TypeError: ")
    assert "\n" not in told


@pytest.mark.usefixtures("mart")
@pytest.mark.parametrize("is_published", [True, False])
def test_what_warns_is_told_though_the_report_fails(monkeypatch: pytest.MonkeyPatch, is_published: bool) -> None:
    outcome = Outcome(
        failures=["✗ reports__monthly: it is not made"],
        is_published=is_published,
        has_changed=True,
        step_seconds={},
        start_seconds=0,
        run_seconds=0,
    )
    monkeypatch.setattr(cli, "_refresh", lambda: outcome)
    ended = CliRunner().invoke(cli.app, ["run"], catch_exceptions=False)
    assert ended.exit_code == 1
    assert "✗ reports__monthly: it is not made" in ended.output
    assert ("⚠ erp.orders: 1 row is in quarantine." in ended.output) == is_published
