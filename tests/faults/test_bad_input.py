"""Bad input gets a clear answer, and never a traceback: what went wrong, where, and what to do.

The inputs and their answers are the tables in the folder `bad_input`; a new one needs no new test.
"""

import json
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
import yaml
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.components.source_system import source_system_assets
from orchestration.progress import progress_logger
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import printable
from orchestration.sources.lake.quarantine import LONGEST_TEXT
from tests.companies import PROJECT, choose, declare_system, made_company
from tests.faults.bad_input.cases import Case, answer, cases
from tests.integration.landing_files import left_over

SMALL = cases("csv", "json", "excel", "parquet", "files")
LARGE = cases("large")
MOST_MEMORY_MB = 1000


def name_of(case: Case) -> str:
    return f"{case.group}: {case.name}"


@pytest.mark.parametrize("case", SMALL, ids=name_of)
def test_landing_answers_as_expected_and_leaves_nothing_half_done(case: Case, tmp_path: Path) -> None:
    found = answer(case, tmp_path)
    assert found == case.expected
    assert left_over(tmp_path) == []
    if "refused" in found:
        assert not list((tmp_path / "lake").rglob("*.parquet"))


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of a process's memory is read from /proc")
@pytest.mark.parametrize("case", LARGE, ids=name_of)
def test_a_large_bad_input_takes_little_memory(case: Case, tmp_path: Path) -> None:
    case.write(tmp_path / "files")
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.bad_input.land_one", case.name, str(tmp_path)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    for reject in told["answer"].get("quarantined", []):
        reject["text"] = reject["text"][:40]
    assert told["answer"] == case.expected
    assert told["peak_mb"] < MOST_MEMORY_MB
    assert left_over(tmp_path) == []


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company whose one system has a table for each bad input."""
    root = made_company(tmp_path_factory.mktemp("company"))
    tables = []
    for number, case in enumerate(SMALL):
        case.write(root / "files" / str(number))
        tables.append(case.declared(f"{number}/{case.table.get('files', case.file)}"))
    declared = {
        "name": "erp",
        "description": "x",
        "owners": ["team:a"],
        "group": "g",
        "root": "files",
        "tables": tables,
    }
    declare_system(root, declared)
    return root


@pytest.fixture
def installation(company: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(company / "data"))
    monkeypatch.setenv("COLUMNS", "2000")
    return choose(company, monkeypatch)


def test_a_run_tells_each_answer_and_no_traceback(installation: Path, capfd: pytest.CaptureFixture[str]) -> None:
    declaration = yaml.safe_load((installation / "sources/erp/defs.yaml").read_text())
    system = SourceSystem.model_validate(declaration["attributes"])
    job = dg.Definitions(
        assets=[source_system_assets(system)],
        jobs=[dg.define_asset_job("land_all")],
        loggers={"progress": progress_logger},
    ).resolve_job_def("land_all")
    result = job.execute_in_process(raise_on_error=False, run_config={"loggers": {"progress": {}}})
    (failed,) = result.filter_events(lambda event: event.event_type_value == "STEP_FAILURE")
    assert failed.step_failure_data.user_failure_data is not None
    description = str(failed.step_failure_data.user_failure_data.description)
    terminal = capfd.readouterr().err
    refused = [case for case in SMALL if "refused" in case.expected]
    metadata = failed.step_failure_data.user_failure_data.metadata
    assert set(metadata) == {case.table_name for case in refused}
    assert description.startswith(f"{len(refused)} of {len(SMALL)} tables of erp were refused")
    for text in (description, terminal):
        assert "Traceback" not in text
    for number, case in enumerate(SMALL):
        if "refused" in case.expected:
            told = str(metadata[case.table_name].value)
            if case.group != "files":  # those name the system's folder, which here is another
                file = installation / "files" / str(number) / case.file
                assert told == printable(case.expected["refused"].replace("{file}", str(file)))
            assert f"\n  {told}" in description
        for warning in case.expected.get("warnings", []):
            assert f"  ! erp.{case.table_name}: {number}/{case.file}: {printable(warning)}\n" in terminal


@pytest.mark.usefixtures("installation")
def test_the_quarantine_lists_each_rejected_row() -> None:
    listed = CliRunner().invoke(app, ["quarantine", "--limit", "1000"], catch_exceptions=False)
    assert listed.exit_code == 0
    for number, case in enumerate(SMALL):
        for row in case.expected.get("quarantined", []):
            told = [line.split("  ") for line in listed.output.splitlines() if f"{number}/{case.file} " in line]
            cells = [[cell.strip() for cell in line if cell.strip()] for line in told]
            places = [[*line[:2], line[2].removeprefix("line ").removeprefix("row ")] for line in cells]
            assert [f"erp.{case.table_name}", f"{number}/{case.file}", str(row["row"])] in places
            assert any(printable(row["text"][:LONGEST_TEXT]) == line[-1] for line in cells)
