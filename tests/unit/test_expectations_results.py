"""The hand-over of findings to publishing."""

from pathlib import Path

import pytest

from expectations.results import CheckResult, read_results, write_results
from orchestration.warehouse.checks import read_check_results


def result(check_id: str, *, passed: bool = False, severity: str = "error", table: str = "core.stock") -> CheckResult:
    return CheckResult(
        check_id=check_id,
        table=table,
        asset_key=("core", "stock"),
        severity=severity,  # type: ignore[arg-type]
        passed=passed,
        message=f"{check_id} was looked at",
        description=check_id,
        observed=0.25,
        failing_rows=3,
    )


@pytest.mark.parametrize(
    ("passed", "severity", "status"),
    [(True, "error", "pass"), (True, "warn", "pass"), (False, "warn", "warn"), (False, "error", "fail")],
)
def test_the_status_follows_outcome_and_severity(passed: bool, severity: str, status: str):
    assert result("a", passed=passed, severity=severity).status == status


def test_publishing_reads_what_was_found(tmp_path: Path):
    file = tmp_path / "state" / "results.json"
    write_results(file, [result("second", table="kpi.value"), result("first", severity="warn")])
    first, second = read_check_results([file])
    assert (first.check_id, first.engine, first.table_name, first.severity, first.status) == (
        "first",
        "great_expectations",
        "core.stock",
        "warn",
        "warn",
    )
    assert (first.observed, first.failing_rows, first.message) == (0.25, 3, "first was looked at")
    assert second.blocks


def test_a_new_complete_run_replaces_the_findings(tmp_path: Path):
    file = tmp_path / "results.json"
    write_results(file, [result("old"), result("kept")])
    write_results(file, [result("kept", passed=True)])
    assert [(row["check_id"], row["status"]) for row in read_results(file)] == [("kept", "pass")]


def test_a_run_of_some_checks_keeps_the_findings_of_others(tmp_path: Path):
    file = tmp_path / "results.json"
    write_results(file, [result("other"), result("again")])
    write_results(file, [result("again", passed=True)], keep_others=True)
    assert {row["check_id"]: row["status"] for row in read_results(file)} == {"other": "fail", "again": "pass"}


def test_writing_leaves_one_complete_file_and_nothing_else(tmp_path: Path):
    file = tmp_path / "results.json"
    write_results(file, [result("a")])
    write_results(file, [result("a")])
    assert list(tmp_path.iterdir()) == [file]


def test_a_failed_write_leaves_the_old_findings(tmp_path: Path):
    file = tmp_path / "results.json"
    write_results(file, [result("a")])
    before = file.read_bytes()
    unwritable = result("b")
    object.__setattr__(unwritable, "observed", object())
    with pytest.raises(TypeError):
        write_results(file, [unwritable])
    assert file.read_bytes() == before


def test_reading_before_any_check_ran_is_an_error(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        read_results(tmp_path / "results.json")
