"""A company is a folder of its own: runs never change its files, and companies on one machine do not meet."""

import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import COMPANY_FILE
from tests.companies import ADVENTUREWORKS, TARNVALE
from tests.end_to_end.conftest import DemoRun
from tests.end_to_end.installation import Installation, environment

FOREIGN = {
    "adventureworks": r"tarnvale|simulated|\b(TV00|DE01|US01|GB01|FR01)\b",
    "tarnvale": r"adventure[ _-]?works|\bAW-\d\d\b",
}
"""What would tell that the other company is there, by company."""


@pytest.fixture(scope="module", params=[0, 1], ids=["adventureworks", "tarnvale"])
def ran(request: pytest.FixtureRequest, demo_run: DemoRun, simulated_run: DemoRun) -> DemoRun:
    """Each of the two companies, which ran at the same time."""
    return (demo_run, simulated_run)[request.param]


def test_a_run_changes_no_file_of_the_company(ran: DemoRun) -> None:
    assert len(ran.files_before) > 100
    assert ran.installation.files() == ran.files_before


def test_what_a_run_writes_is_in_the_companys_data_folder(ran: DemoRun) -> None:
    demo = {"adventureworks": ADVENTUREWORKS, "tarnvale": TARNVALE}[ran.installation.company.name]
    left_out = {"data"} if demo == ADVENTUREWORKS else {"data", "files"}
    committed = {path.name for path in demo.iterdir()} - left_out
    assert {path.name for path in ran.installation.company.iterdir()} - left_out == committed
    assert [path.name for path in ran.installation.company.parent.iterdir()] == ["adventureworks", "tarnvale"]


def test_nothing_of_one_company_is_in_the_mart_of_the_other(ran: DemoRun) -> None:
    foreign = FOREIGN[ran.installation.company.name]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{ran.installation.mart}' as mart (read_only)")
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where database_name = 'mart' and data_type = 'VARCHAR' and not internal"
        ).fetchall()
        assert len(columns) > 100
        found = [
            (table, column, row[0])
            for table, column in columns
            if (
                row := connection.execute(
                    f'select any_value("{column}") from mart.{table} where regexp_matches("{column}", ?, \'i\')',
                    [foreign],
                ).fetchone()
            )
            and row[0] is not None
        ]
    assert found == []


def test_nothing_of_one_company_is_in_the_files_of_the_other(ran: DemoRun) -> None:
    company = ran.installation
    foreign = re.compile(FOREIGN[company.company.name].encode(), re.IGNORECASE)
    texts = [
        path for path in company.data.rglob("*") if path.suffix in {".html", ".json", ".yml", ".sql", ".txt", ".csv"}
    ]
    assert len([path for path in texts if path.suffix == ".html"]) > 1
    assert len([path for path in texts if path.suffix == ".json"]) > 5
    assert [path for path in texts if path.is_file() and foreign.search(path.read_bytes())] == []
    own = {folder.name for folder in (company.company / "sources").iterdir()}
    assert {folder.name for folder in (company.data / "raw").iterdir()} == own


def test_each_company_keeps_its_own_runs(demo_run: DemoRun, simulated_run: DemoRun) -> None:
    kept = [runs_of(run.installation) for run in (demo_run, simulated_run)]
    assert all(kept)
    assert not kept[0] & kept[1]


def runs_of(company: Installation) -> set[str]:
    """Return the ids of the runs that a company's Dagster has kept."""
    (database,) = (company.data / "dagster").rglob("runs.db")
    with sqlite3.connect(database) as connection:
        return {run_id for (run_id,) in connection.execute("select run_id from runs")}


def test_status_and_output_speak_of_one_company(ran: DemoRun) -> None:
    status = ran.installation.tieout("status")
    assert status.returncode == 0, status.stderr
    printed = status.stdout + ran.outcome.stdout + ran.outcome.stderr
    # The folder of both has the name of neither.
    assert not re.search(FOREIGN[ran.installation.company.name], printed, re.IGNORECASE)


@pytest.mark.parametrize("command", ["run", "land", "status", "report", "quarantine", "dbt"])
def test_without_a_company_there_is_one_clear_message_and_nothing_is_written(tmp_path: Path, command: str) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    outcome = tieout(folder, command)
    assert outcome.returncode == 1
    assert outcome.stdout == ""
    (line,) = outcome.stderr.splitlines()
    assert line.startswith("tieout: No company is chosen: ")
    assert str(folder) in line
    assert "TIEOUT_COMPANY" in line
    assert "tieout init" in line
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_no_companys_is_named(tmp_path: Path) -> None:
    outcome = tieout(tmp_path, "run", TIEOUT_COMPANY=str(tmp_path))
    assert outcome.returncode == 1
    (line,) = outcome.stderr.splitlines()
    assert line.startswith(f"tieout: TIEOUT_COMPANY is '{tmp_path}'")
    assert COMPANY_FILE in line


def test_a_folder_within_a_companys_is_the_companys(demo_run: DemoRun) -> None:
    outcome = tieout(demo_run.installation.company / "models" / "mapping", "status")
    assert outcome.returncode == 0, outcome.stderr
    assert "adventureworks_finance.fact_finance" in outcome.stdout


def tieout(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command standing in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "orchestration.cli", *arguments],
        env=environment() | settings,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
