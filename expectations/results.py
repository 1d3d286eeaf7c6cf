"""What a check found, and the file that hands all findings to publishing.

No Great Expectations here: Dagster and the publish step read these without paying for its import.
"""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypedDict

from expectations.suites import Severity

Scalar = str | int | float | bool | None
Status = Literal["pass", "warn", "fail"]


@dataclass(frozen=True)
class CheckResult:
    """The outcome of one expectation on one table.

    observed: the value that was judged (rows, a share in percent, a mean ...), None where there is none.
    failing_rows: how many rows break the rule; None where the rule is about the whole table, or could not be evaluated.
    sample_rows: up to `runner.SAMPLE_ROWS` failing rows, the suite's key columns first.
    query: the SQL that finds all failing rows; None where the rule is about the whole table.
    """

    check_id: str
    table: str
    asset_key: tuple[str, ...]
    severity: Severity
    passed: bool
    message: str
    description: str
    observed: Scalar = None
    failing_rows: int | None = None
    sample_rows: tuple[dict[str, Scalar], ...] = field(default=())
    query: str | None = None
    docs_url: str | None = None

    @property
    def status(self) -> Status:
        """`pass`; `warn` or `fail` by the severity of a check that did not pass."""
        if self.passed:
            return "pass"
        return "fail" if self.severity == "error" else "warn"


class PublishedResult(TypedDict):
    """A finding as `meta.check_result` of the published mart keeps it."""

    check_id: str
    engine: str
    table_name: str
    severity: str
    status: str
    observed: Scalar
    failing_rows: int | None
    message: str


def write_results(file: Path, results: Sequence[CheckResult], *, keep_others: bool = False) -> None:
    """Write `results` to `file` as one JSON list, ordered by table and check, atomically (a new file, then a rename).

    With `keep_others`, findings of checks that are not in `results` stay as the file has them: for a run of some.
    """
    found = {result.check_id: _published(result) for result in results}
    if keep_others and file.is_file():
        found = {old["check_id"]: old for old in read_results(file)} | found
    ordered = sorted(found.values(), key=lambda row: (row["table_name"], row["check_id"]))
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f".{file.name}.{os.getpid()}")
    unfinished.write_text(json.dumps(ordered, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(file)


def read_results(file: Path) -> list[PublishedResult]:
    """Read what `write_results` wrote. Raises FileNotFoundError when no check has run yet."""
    rows: list[PublishedResult] = json.loads(file.read_text(encoding="utf-8"))
    return rows


def _published(result: CheckResult) -> PublishedResult:
    return {
        "check_id": result.check_id,
        "engine": "great_expectations",
        "table_name": result.table,
        "severity": result.severity,
        "status": result.status,
        "observed": result.observed,
        "failing_rows": result.failing_rows,
        "message": result.message,
    }
