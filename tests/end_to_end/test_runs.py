"""The main job from the command line: what it prints, what running it again does, and what happens when something is wrong."""

import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import DemoRun
from tests.end_to_end.installation import Installation, make_installation

# A reader in a process of its own: opens the mart again and again and asks a question whose answer must hold together.
READER = """
import duckdb, sys, time
answers = set()
while True:
    connection = duckdb.connect()
    connection.execute(f"attach '{sys.argv[1]}' as mart (read_only)")
    rows = connection.execute(
        "select (select publication_id from mart.meta.publication order by published_at desc limit 1), "
        "(select sum(amount) from mart.finance.statement_line where line_code = 'total_assets') "
        "= (select sum(amount) from mart.finance.statement_line where line_code = 'total_liabilities_and_equity')"
    ).fetchone()
    assert rows[1] is True, rows
    connection.close()
    if rows[0] not in answers:
        answers.add(rows[0])
        print(rows[0], flush=True)
    time.sleep(0.05)
"""


def change_ledger(installation: Installation, change: str) -> None:
    """Write the ledger extract anew with `change`, a SELECT list over its rows."""
    file = installation.sources / "finance" / "FactFinance.parquet"
    connection = duckdb.connect()
    connection.execute(f"create table ledger as select {change} from read_parquet('{file}')")
    connection.execute(f"copy ledger to '{file}' (format parquet)")
    connection.close()


@pytest.fixture(scope="module")
def changeable(demo_run: DemoRun, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Another copy of the company that starts from the demo run's state."""
    installation = make_installation(tmp_path_factory.mktemp("changeable") / "adventureworks")
    source = demo_run.installation.data
    installation.data.mkdir()
    for name in ("raw", "warehouse", "published", "reports", "state"):
        subprocess.run(["cp", "-a", str(source / name), str(installation.data / name)], check=True)
    return installation


def test_a_run_ends_with_the_headline_the_checks_and_the_paths(demo_run: DemoRun) -> None:
    printed = demo_run.outcome.stdout
    assert "Nov 2013" in printed
    for name in ("Revenue", "Gross margin", "Operating profit", "Cash conversion cycle"):
        assert name in printed
    assert "checks passed" in printed
    assert str(demo_run.installation.mart) in printed
    reports = [Path(line.split(maxsplit=1)[1]) for line in printed.splitlines() if line.startswith("report ")]
    assert [report.exists() for report in reports] == [True]


def test_a_healthy_company_is_told_of_what_to_act_on_and_of_nothing_else(demo_run: DemoRun) -> None:
    """Adventure Works has stock below zero at its last closing; it rates no tickets, and has invoices of neither side."""
    printed = demo_run.outcome.stdout
    (warned,) = [line for line in printed.splitlines() if line.startswith("⚠")]
    assert "negative stock of adventureworks_operations: 36 stock items" in warned
    assert "  no source: Customer satisfaction, Overdue payables, Overdue receivables, Overdue receivables %" in printed
    assert "broken by known or tolerated rows only" in printed


def test_timings_say_where_the_time_went(demo_run: DemoRun) -> None:
    for name in ("start-up", "dbt_build", "great_expectations", "published/mart", "reports/monthly", "total"):
        assert name in demo_run.outcome.stderr


def test_running_again_changes_nothing(demo_run: DemoRun) -> None:
    installation = demo_run.installation
    before = {file: file.read_bytes() for file in [installation.mart, *installation.reports.rglob("*.html")]}
    batches = sorted((installation.data / "raw").rglob("batch=*"))
    again = installation.tieout("run")
    assert again.returncode == 0, again.stderr
    assert "Nothing changed" in again.stdout
    assert "emitted no result" not in again.stderr
    assert "Revenue" in again.stdout
    assert {file: file.read_bytes() for file in [installation.mart, *installation.reports.rglob("*.html")]} == before
    assert sorted((installation.data / "raw").rglob("batch=*")) == batches


def test_an_unbalanced_balance_sheet_leaves_the_old_mart_and_names_check_and_rows(changeable: Installation) -> None:
    published = changeable.mart.read_bytes()
    original = (changeable.sources / "finance" / "FactFinance.parquet").read_bytes()
    change_ledger(
        changeable,
        '* replace ("Amount" + case when "DateKey" = 20120430 and "OrganizationKey" = 8 and "AccountKey" = 4 '
        'and "ScenarioKey" = 1 then 0.01 else 0 end as "Amount")',
    )
    blocked = changeable.tieout("run")
    (changeable.sources / "finance" / "FactFinance.parquet").write_bytes(original)
    assert blocked.returncode == 1
    assert "assert_books_balance_without_translation" in blocked.stderr
    assert "AW-08" in blocked.stderr
    assert "closing_id = 2012-04, difference = 0.01" in blocked.stderr
    assert "Traceback" not in blocked.stdout + blocked.stderr
    assert changeable.mart.read_bytes() == published


def test_readers_see_the_old_mart_or_the_new_one_and_are_never_locked_out(changeable: Installation) -> None:
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, str(changeable.mart)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    change_ledger(
        changeable,
        '* replace ("Amount" + case when "DateKey" = 20130829 and "OrganizationKey" = 3 and "AccountKey" in (4, 43) '
        'and "ScenarioKey" = 1 then 1000 else 0 end as "Amount")',
    )
    refreshed = changeable.tieout("run")
    time.sleep(1)  # lets each reader open the mart once more
    for reader in readers:
        assert reader.poll() is None, reader.communicate()[1]
        reader.kill()
    assert refreshed.returncode == 0, refreshed.stdout + refreshed.stderr
    for reader in readers:
        publications, errors = reader.communicate()
        assert errors == ""
        assert len(publications.split()) == 2


def test_a_missing_source_is_one_clear_line_and_the_rest_is_landed(changeable: Installation) -> None:
    vendors = changeable.sources / "erp" / "Vendor.csv"
    content = vendors.read_bytes()
    vendors.unlink()
    outcome = changeable.tieout("run")
    vendors.write_bytes(content)
    assert outcome.returncode == 1
    assert "Vendor.csv" in outcome.stderr
    assert "Traceback" not in outcome.stdout + outcome.stderr


def test_a_locked_warehouse_is_one_clear_line(changeable: Installation) -> None:
    warehouse = changeable.warehouse
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            f"import duckdb, time; c = duckdb.connect('{warehouse}'); print('open', flush=True); time.sleep(120)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    holder.stdout.readline()
    change_ledger(changeable, '* replace ("FinanceKey" + 1000000 as "FinanceKey")')
    outcome = changeable.tieout("run")
    holder.kill()
    holder.wait()
    assert outcome.returncode == 1
    assert str(holder.pid) in outcome.stderr
    assert "Traceback" not in outcome.stdout + outcome.stderr


def test_a_rebuilt_past_is_what_was_published_then(demo_run: DemoRun, changeable: Installation) -> None:
    published_at, content_hash = publication(demo_run.installation.mart)
    current = changeable.mart.read_bytes()
    assert publication(changeable.mart)[1] != content_hash
    outcome = changeable.tieout("run", "--as-of", f"{published_at:%Y-%m-%dT%H:%M:%S}Z")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    (rebuilt,) = (changeable.data / "as_of").rglob("mart.duckdb")
    assert publication(rebuilt)[1] == content_hash
    assert changeable.mart.read_bytes() == current


def publication(mart: Path) -> tuple[datetime, str]:
    """Return when a mart was published, and the hash of its content."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{mart}' as mart (read_only)")
        newest = "select published_at, content_hash from mart.meta.publication order by published_at desc limit 1"
        row = connection.execute(newest).fetchone()
    assert row is not None
    return row[0], row[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["report", "--closing", "1999-01"], "1999-01"),
        (["report", "--nonsense"], "nonsense"),
        (["refresh"], "refresh"),
    ],
)
def test_a_wrong_argument_is_one_clear_line(demo_run: DemoRun, arguments: list[str], said: str) -> None:
    outcome = demo_run.installation.tieout(*arguments)
    assert outcome.returncode != 0
    assert said in outcome.stderr
    assert "Traceback" not in outcome.stdout + outcome.stderr


def test_before_the_first_run_the_commands_say_what_to_do(tmp_path: Path) -> None:
    installation = make_installation(tmp_path / "adventureworks")
    report = installation.tieout("report")
    assert report.returncode == 1
    assert "tieout run" in report.stderr
    status = installation.tieout("status")
    assert status.returncode == 0, status.stderr
    assert "never landed" in status.stdout
    assert "tieout run" in status.stdout


def test_status_shows_each_source_against_its_promise(demo_run: DemoRun) -> None:
    status = demo_run.installation.tieout("status")
    assert status.returncode == 0, status.stderr
    assert "adventureworks_finance.fact_finance" in status.stdout
    assert "39,409" in status.stdout
    assert "744 h" in status.stdout
