"""What publishing makes of the checks' results."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestration.warehouse.checks import CheckRow, read_check_results, refuse_if_blocked
from orchestration.warehouse.errors import CheckResultsUnusable, PublicationBlocked

RESULT = {
    "check_id": "balance_sheet_balances",
    "engine": "great_expectations",
    "table_name": "finance.statement_line",
    "severity": "error",
    "status": "fail",
    "observed": 12.5,
    "failing_rows": 3124,
    "message": "assets differ from liabilities and equity",
}


def results(folder: Path, name: str, content: object) -> Path:
    file = folder / name
    file.write_text(json.dumps(content))
    return file


def test_results_of_all_engines_are_read(tmp_path: Path):
    files = [results(tmp_path, "dbt.json", [RESULT]), results(tmp_path, "gx.json", [RESULT, RESULT])]
    assert len(read_check_results(files)) == 3


@pytest.mark.parametrize("content", [{"a": 1}, [{"check_id": "x"}], [{**RESULT, "status": "perhaps"}]])
def test_results_that_are_not_results_publish_nothing(tmp_path: Path, content: object):
    file = results(tmp_path, "gx.json", content)
    with pytest.raises(CheckResultsUnusable, match=r"nothing is published.*tieout run") as refusal:
        read_check_results([file])
    assert str(file) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_missing_results_are_not_a_pass(tmp_path: Path):
    with pytest.raises(CheckResultsUnusable, match="no check results"):
        read_check_results([tmp_path / "gx.json"])


def test_results_from_before_the_warehouse_was_built_are_refused(tmp_path: Path):
    file = results(tmp_path, "gx.json", [RESULT])
    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
    assert read_check_results([file], built_at=written_at)
    with pytest.raises(CheckResultsUnusable, match="older than the warehouse"):
        read_check_results([file], built_at=written_at + timedelta(seconds=1))


def test_a_failed_check_of_severity_error_blocks_and_says_what_where_and_how_many(tmp_path: Path):
    rows = [{"entity_id": f"AW-{number:02}", "difference": number} for number in range(40)]
    failed = CheckRow.model_validate({**RESULT, "sample_rows": rows})
    with pytest.raises(PublicationBlocked) as refusal:
        refuse_if_blocked([failed], tmp_path / "mart.duckdb")
    message = str(refusal.value)
    for part in ("balance_sheet_balances", "finance.statement_line", "3,124 failing rows", RESULT["message"]):
        assert part in message
    assert "entity_id = AW-00, difference = 0" in message
    assert "AW-39" not in message
    assert str(tmp_path / "mart.duckdb") in message


@pytest.mark.parametrize(
    "outcome",
    [
        {"status": "pass"},
        {"severity": "warn", "status": "warn"},
        {"severity": "warn", "status": "fail"},
    ],
)
def test_passes_and_warnings_do_not_block(tmp_path: Path, outcome: dict[str, str]):
    refuse_if_blocked([CheckRow.model_validate(RESULT | outcome)], tmp_path / "mart.duckdb")


@pytest.mark.parametrize(
    ("observed", "text"), [(None, None), ("3 %", "3 %"), (12.5, "12.5"), ({"b": 1, "a": [2]}, '{"a": [2], "b": 1}')]
)
def test_an_observed_value_of_any_kind_has_a_text(observed: object, text: str | None):
    assert CheckRow.model_validate({**RESULT, "observed": observed}).observed_text == text
