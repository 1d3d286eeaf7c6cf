"""What dbt's tests found, as check results for publishing and as messages to a person."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from orchestration.transform.environment import NEVER_FAILS
from orchestration.warehouse.checks import CheckRow, described
from orchestration.warehouse.connect import open_warehouse

_SAMPLE_ROWS = 5
_FAILED = {"fail", "error", "runtime error"}


def test_results(run_results: Mapping[str, Any], manifest: Mapping[str, Any], warehouse: Path) -> list[CheckRow]:
    """Return one check result per dbt test that a build ran, with a sample of the rows that fail it.

    A test is skipped when a model before it could not be built, which is then what there is to say. What a run does
    not let fail in dbt's eyes, so that dbt skips nothing for it, fails here. Rows with a true `is_note` fail nothing:
    they are a result of their own, which passes and has a message.

    `run_results` and `manifest` are dbt's artifacts of the build; `warehouse` is read, not written.
    """
    tests = [
        result
        for result in run_results["results"]
        if result["unique_id"].startswith("test.") and result["status"] != "skipped"
    ]
    failing = [result for result in tests if result["status"] in _FAILED | {"warn"}]
    found: dict[str, _Found] = {}
    if failing:
        connection = open_warehouse(warehouse, read_only=True)
        try:
            found = {result["unique_id"]: _found(connection, result) for result in failing}
        finally:
            connection.close()
    nothing = _Found([], [])
    return [
        row
        for result in tests
        for row in _check_rows(
            result, manifest["nodes"][result["unique_id"]], manifest, found.get(result["unique_id"], nothing)
        )
    ]


def model_failures(run_results: Mapping[str, Any]) -> list[str]:
    """Return one line per model or seed that dbt could not build."""
    return [
        f"{result['unique_id'].split('.')[-1]}: {' '.join(str(result['message']).split(' > in macro')[0].split())}"
        for result in run_results["results"]
        if not result["unique_id"].startswith("test.") and result["status"] in _FAILED
    ]


def write_check_rows(rows: list[CheckRow], file: Path) -> None:
    """Hand the check results to publishing, replacing what the file held."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps([row.model_dump(mode="json") for row in rows], indent=1), encoding="utf-8")
    temporary.replace(file)


@dataclass(frozen=True)
class _Found:
    """Some of the rows that fail a test, and all that are only notes."""

    sample: list[dict[str, Any]]
    notes: list[dict[str, Any]]


def _check_rows(
    result: Mapping[str, Any], node: Mapping[str, Any], manifest: Mapping[str, Any], found: _Found
) -> Iterator[CheckRow]:
    failing_rows = (result["failures"] or 0) - len(found.notes)
    status = {"pass": "pass", "warn": "warn" if failing_rows else "pass"}.get(result["status"], "fail")
    severity = "warn" if str(node["config"]["severity"]).lower() == "warn" else "error"
    if severity == "error" and failing_rows and node["config"]["error_if"] == NEVER_FAILS:
        status = "fail"
    row = CheckRow(
        check_id=node["name"],
        engine="dbt",
        table_name=_table_name(node, manifest),
        severity=severity,
        status=status,
        observed=f"{failing_rows} failing rows",
        failing_rows=failing_rows,
        message=_message(result, node, status, found.sample, failing_rows) if status != "pass" else None,
        sample_rows=found.sample,
    )
    yield row
    if found.notes:
        told = f"{'; '.join(map(described, found.notes))}."
        changed = {"check_id": f"{row.check_id}_notes", "status": "pass", "observed": f"{len(found.notes)} notes"}
        yield row.model_copy(update={**changed, "failing_rows": 0, "message": told, "sample_rows": []})


def _message(
    result: Mapping[str, Any], node: Mapping[str, Any], status: str, sample: list[dict[str, Any]], failing_rows: int
) -> str:
    """Return what the test found: of a warning by name. What blocks is told with its rows below it, when it blocks."""
    if result["status"] in {"error", "runtime error"}:
        return f"The test could not run: {' '.join(str(result['message']).split())}"
    rule = node.get("description") or f"dbt test in {node['original_file_path']}"
    if status != "warn":
        return str(rule)
    if not sample:
        return f"{rule} ({failing_rows} failing rows)"
    more = failing_rows - len(sample)
    return f"{rule.rstrip('.')}: {'; '.join(described(row) for row in sample)}{f'; and {more:,} more' if more else ''}."


def _table_name(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    models = [name for name in node["depends_on"]["nodes"] if name.startswith("model.")]
    attached = node.get("attached_node") or (models[0] if models else None)
    if attached is None or attached not in manifest["nodes"]:
        sources = [manifest["sources"][name] for name in node["depends_on"]["nodes"] if name.startswith("source.")]
        return f"{sources[0]['schema']}.{sources[0]['identifier']}" if sources else "warehouse"
    model = manifest["nodes"][attached]
    return f"{model['schema']}.{model['alias']}"


def _found(connection: duckdb.DuckDBPyConnection, result: Mapping[str, Any]) -> _Found:
    query = result.get("compiled_code")
    if not query:
        return _Found([], [])
    try:
        sample = _rows(connection, f"select * from ({query}) as failing limit {_SAMPLE_ROWS}")
        if not sample or "is_note" not in sample[0]:
            return _Found(sample, [])
        return _Found(
            _rows(connection, f"select * from ({query}) as failing where not is_note limit {_SAMPLE_ROWS}"),
            _rows(connection, f"select * from ({query}) as failing where is_note"),
        )
    except duckdb.Error:
        return _Found([], [])


def _rows(connection: duckdb.DuckDBPyConnection, query: str) -> list[dict[str, Any]]:
    found = connection.execute(query)
    names = [column[0] for column in found.description or []]
    return [dict(zip(names, map(_plain, row), strict=True)) for row in found.fetchall()]


def _plain(value: object) -> str | int | bool | None:
    return value if isinstance(value, str | int | bool) or value is None else str(value)
