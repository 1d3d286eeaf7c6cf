"""What dbt's tests found, as check results for publishing and as messages to a person."""

import json
from collections.abc import Mapping
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
    not let fail in dbt's eyes, so that dbt skips nothing for it, fails here.

    `run_results` and `manifest` are dbt's artifacts of the build; `warehouse` is read, not written.
    """
    tests = [
        result
        for result in run_results["results"]
        if result["unique_id"].startswith("test.") and result["status"] != "skipped"
    ]
    failing = [result for result in tests if result["status"] in _FAILED | {"warn"}]
    samples: dict[str, list[dict[str, Any]]] = {}
    if failing:
        connection = open_warehouse(warehouse, read_only=True)
        try:
            samples = {result["unique_id"]: _sample(connection, result) for result in failing}
        finally:
            connection.close()
    return [_check_row(result, manifest["nodes"][result["unique_id"]], manifest, samples) for result in tests]


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


def _check_row(
    result: Mapping[str, Any],
    node: Mapping[str, Any],
    manifest: Mapping[str, Any],
    samples: Mapping[str, list[dict[str, Any]]],
) -> CheckRow:
    severity = "warn" if str(node["config"]["severity"]).lower() == "warn" else "error"
    failing_rows = result["failures"] or 0
    status = {"pass": "pass", "warn": "warn"}.get(result["status"], "fail")
    if severity == "error" and failing_rows and node["config"]["error_if"] == NEVER_FAILS:
        status = "fail"
    return CheckRow(
        check_id=node["name"],
        engine="dbt",
        table_name=_table_name(node, manifest),
        severity=severity,
        status=status,
        observed=f"{failing_rows} failing rows",
        failing_rows=failing_rows,
        message=_message(result, node, status, samples.get(result["unique_id"], [])) if status != "pass" else None,
        sample_rows=samples.get(result["unique_id"], []),
    )


def _message(result: Mapping[str, Any], node: Mapping[str, Any], status: str, sample: list[dict[str, Any]]) -> str:
    """Return what the test found: of a warning by name. What blocks is told with its rows below it, when it blocks."""
    if result["status"] in {"error", "runtime error"}:
        return f"The test could not run: {' '.join(str(result['message']).split())}"
    rule = node.get("description") or f"dbt test in {node['original_file_path']}"
    if status != "warn":
        return str(rule)
    if not sample:
        return f"{rule} ({result['failures']} failing rows)"
    more = result["failures"] - len(sample)
    return f"{rule.rstrip('.')}: {'; '.join(described(row) for row in sample)}{f'; and {more:,} more' if more else ''}."


def _table_name(node: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    models = [name for name in node["depends_on"]["nodes"] if name.startswith("model.")]
    attached = node.get("attached_node") or (models[0] if models else None)
    if attached is None or attached not in manifest["nodes"]:
        sources = [manifest["sources"][name] for name in node["depends_on"]["nodes"] if name.startswith("source.")]
        return f"{sources[0]['schema']}.{sources[0]['identifier']}" if sources else "warehouse"
    model = manifest["nodes"][attached]
    return f"{model['schema']}.{model['alias']}"


def _sample(connection: duckdb.DuckDBPyConnection, result: Mapping[str, Any]) -> list[dict[str, Any]]:
    query = result.get("compiled_code")
    if not query:
        return []
    try:
        found = connection.execute(f"select * from ({query}) as failing limit {_SAMPLE_ROWS}")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, map(_plain, row), strict=True)) for row in found.fetchall()]
    except duckdb.Error:
        return []


def _plain(value: object) -> str | int | bool | None:
    return value if isinstance(value, str | int | bool) or value is None else str(value)
