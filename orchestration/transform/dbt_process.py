"""Starting `dbt build` in a process of its own, read by dagster-dbt.

`DbtCliResource.cli` would first run `dbt --version` and import dbt and its adapter here, nine seconds that only its
row counts and column metadata need; the models' step counts rows itself.
"""

import os
from importlib.metadata import version as installed_version
from pathlib import Path

import dagster as dg
from dagster_dbt import DbtCliInvocation
from packaging.version import Version

from orchestration.settings import settings
from orchestration.transform.manifest import TRANSLATOR, dbt_executable, dbt_project, manifest


def start_dbt_build(context: dg.AssetExecutionContext) -> DbtCliInvocation:
    """Start building and testing the models that the run selects, and return the running invocation."""
    project = dbt_project()
    project_dir = Path(project.project_dir)
    # A rebuilt past has results of its own, and leaves dbt's memory of the current warehouse alone.
    target = settings().built / "dbt" if settings().as_of else project_dir / project.target_path
    # What an earlier build left must not be taken for the results of one that ends before it has any.
    (target / "run_results.json").unlink(missing_ok=True)
    return DbtCliInvocation.run(
        args=[str(dbt_executable()), "build", *_selection(context)],
        env={
            **os.environ,
            "DBT_LOG_FORMAT": "json",
            "DBT_LOG_PATH": str(target),
            "DBT_PROFILES_DIR": str(project_dir),
            "DBT_PROJECT_DIR": str(project_dir),
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_TARGET_PATH": str(target),
            "PYTHONUNBUFFERED": "1",
        },
        manifest=manifest(),
        dagster_dbt_translator=TRANSLATOR,
        project_dir=project_dir,
        target_path=target,
        raise_on_error=False,
        context=context,
        adapter=None,
        cli_version=Version(installed_version("dbt-core")),
        dbt_project=project,
    )


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
