"""`dbt build` in a process of its own (`dbt_at_work`), read by dagster-dbt.

`DbtCliResource.cli` would first run `dbt --version` and import dbt and its adapter here, nine seconds that only its
row counts and column metadata need; the models' step counts rows itself. It would start dbt anew, too.
"""

import os
import subprocess
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import dagster as dg
from packaging.version import Version

from orchestration.settings import Settings, settings
from orchestration.transform.dagster_dbt_alone import DbtCliInvocation
from orchestration.transform.dbt_at_work import command_dbt
from orchestration.transform.environment import dbt_environment
from orchestration.transform.idle import IDLE, idle_fault
from orchestration.transform.manifest import TRANSLATOR, dbt_project, manifest
from orchestration.transform.project import lay_out_project, project_folder
from orchestration.warehouse.prepare import prepare_warehouse

_SECONDS_TO_STOP = 2


def start_dbt_build(context: dg.AssetExecutionContext) -> DbtCliInvocation:
    """Start building and testing the models that the run selects, and return the running invocation."""
    project = dbt_project()
    installation = settings()
    # What an earlier build left must not be taken for the results of one that ends before it has any.
    (installation.dbt_target / "run_results.json").unlink(missing_ok=True)
    invocation = DbtCliInvocation(
        process=command_dbt(
            installation, ["--log-format", "json", "--log-level-file", "info", "build", *_selection(context)]
        ),
        manifest=manifest(),
        dagster_dbt_translator=TRANSLATOR,
        project=project,
        project_dir=project_folder(installation),
        target_path=installation.dbt_target,
        raise_on_error=False,
        cli_version=Version(installed_version("dbt-core")),
        context=context,
    )
    invocation.termination_timeout_seconds = _SECONDS_TO_STOP
    return invocation


def outcome_of(invocation: DbtCliInvocation) -> list[Any]:
    """Return the events of a build after its end; if this process is to end, so does dbt's, at once.

    Nothing is lost by it: the warehouse is built anew. Raises `DagsterExecutionInterruptedError`, and `OutsideError`
    where dbt hung.
    """
    try:
        events = list(invocation.stream())
    except (dg.DagsterExecutionInterruptedError, subprocess.TimeoutExpired):
        invocation.process.kill()
        raise dg.DagsterExecutionInterruptedError from None
    if invocation.process.returncode == IDLE:
        raise idle_fault()
    return events


def run_dbt(installation: Settings, arguments: list[str]) -> int:
    """Run dbt with a person's arguments and return its exit code; what it prints is theirs to read.

    Raises the errors of `prepare_warehouse` and `lay_out_project`.
    """
    lay_out_project(installation)
    prepare_warehouse(installation)
    environment = os.environ | dbt_environment(installation)
    del environment["TIEOUT_TESTS_FAIL_IF"]  # dbt's own answer is what counts here
    # The dbt that belongs to this Python, whether or not it is on the PATH.
    dbt = Path(sys.executable).with_name("dbt")
    return subprocess.run([str(dbt), *arguments], env=environment, check=False).returncode  # noqa: S603


def _selection(context: dg.AssetExecutionContext) -> list[str]:
    """Return dbt's arguments for the selected assets; everything but unit tests when all are selected."""
    if not context.is_subset:
        return ["--exclude-resource-type", "unit_test"]
    names = [
        node["name"]
        for node in manifest()["nodes"].values()
        if node["resource_type"] in {"model", "seed"} and TRANSLATOR.get_asset_key(node) in context.selected_asset_keys
    ]
    return ["--exclude-resource-type", "unit_test", "--select", *sorted(names)]
