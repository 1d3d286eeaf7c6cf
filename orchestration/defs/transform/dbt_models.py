"""The dbt models as assets: one step that prepares the warehouse and runs `dbt build`.

A build whose inputs are those of the mart that is published already is not repeated: the step then yields nothing, and
Dagster skips what depends on it.
"""

import importlib
import threading
from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.errors import TieoutError
from orchestration.runs_at_work import writing_step
from orchestration.settings import Settings, settings
from orchestration.transform.dagster_dbt_alone import DbtCliInvocation, dbt_assets
from orchestration.transform.dbt_process import outcome_of, start_dbt_build
from orchestration.transform.faults import dbt_fault, indented
from orchestration.transform.inputs import build_fingerprint, is_completed, record_built
from orchestration.transform.manifest import TRANSLATOR, dbt_project, manifest
from orchestration.transform.results import model_failures, test_results, write_check_rows
from orchestration.warehouse.checks import CheckRow, refuse_if_blocked
from orchestration.warehouse.connect import open_warehouse
from orchestration.warehouse.errors import WarehouseError
from orchestration.warehouse.prepare import prepare_warehouse


@dbt_assets(
    manifest=manifest(),
    project=dbt_project(),
    dagster_dbt_translator=TRANSLATOR,
    name="dbt_build",
)
def dbt_models(context: dg.AssetExecutionContext) -> Iterator[Any]:
    """Build and test the models, or nothing when the published mart is of the same inputs."""
    try:
        with writing_step(context):
            yield from _build(context)
    except TieoutError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error


def _build(context: dg.AssetExecutionContext) -> Iterator[Any]:
    installation = settings()
    fingerprint = build_fingerprint(installation)
    if not context.is_subset and is_completed(installation, fingerprint):
        context.log.info("Nothing changed since the published mart was built: no build is needed.")
        return
    views = prepare_warehouse(installation)
    context.log.info(f"Prepared {len(views)} raw views and the KPI dictionary")
    invocation = start_dbt_build(context)
    # Great Expectations takes seconds to import; the next step needs it, and dbt works in a process of its own.
    threading.Thread(target=importlib.import_module, args=("expectations.runner",), daemon=True).start()
    events = outcome_of(invocation)
    checks = _results(installation, invocation)
    yield from _completed(events, checks, installation)
    _require_success(context, invocation, checks)
    if not context.is_subset:  # the results of some tests are not enough to publish on
        write_check_rows(checks, installation.state / "dbt_results.json")
        record_built(installation, fingerprint)


def _results(installation: Settings, invocation: DbtCliInvocation) -> list[CheckRow]:
    try:
        run_results = invocation.get_artifact("run_results.json")
    except FileNotFoundError as error:
        raise _broken("dbt broke off without results", dbt_fault(str(invocation.get_error()))) from error
    return test_results(run_results, invocation.get_artifact("manifest.json"), installation.warehouse)


def _completed(events: list[Any], checks: list[CheckRow], installation: Settings) -> Iterator[Any]:
    """Yield dbt's events: tables with their row counts, read in one go, and what forbids publishing as an error."""
    blocking = {check.check_id for check in checks if check.blocks}
    connection = open_warehouse(installation.warehouse, read_only=True)
    try:
        counts = {
            f"{schema}.{table}": count
            for schema, table, count in connection.execute(
                "select schema_name, table_name, estimated_size from duckdb_tables()"
            ).fetchall()
        }
    finally:
        connection.close()
    for event in events:
        if isinstance(event, dg.AssetCheckResult) and event.check_name in blocking:
            yield event._replace(severity=dg.AssetCheckSeverity.ERROR)
            continue
        if isinstance(event, dg.Output):
            relation = (event.metadata or {}).get("dagster/table_name")
            name = ".".join(str(getattr(relation, "value", relation)).split(".")[-2:])
            if name in counts:
                yield event.with_metadata({**event.metadata, "dagster/row_count": counts[name]})
                continue
        yield event


def _require_success(context: dg.AssetExecutionContext, invocation: DbtCliInvocation, checks: list[CheckRow]) -> None:
    """Raise what keeps the mart from being published, after the warnings; else `tieout run` tells these at its end."""
    is_refused = not invocation.is_successful() or any(check.blocks for check in checks)
    for check in checks:
        if check.status == "warn":
            (context.log.warning if is_refused else context.log.info)(check.message)
    broken = model_failures(invocation.get_artifact("run_results.json"))
    if broken:
        raise _broken("dbt could not build", "\n".join(broken))
    refuse_if_blocked(checks, settings().published_mart)
    if not invocation.is_successful():
        raise _broken("dbt failed", dbt_fault(str(invocation.get_error())))


def _broken(what: str, faults: str) -> WarehouseError:
    return WarehouseError(
        f"{what}\n{indented(faults)}\n{settings().published_mart} stays as it was. "
        "Mend what is named, and run `tieout run` again."
    )
