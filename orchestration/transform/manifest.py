"""The dbt project's manifest and the asset keys of its models.

The manifest is parsed when a file of the dbt project or of the company has changed, and read otherwise: parsing costs
seconds.
"""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.company.chosen import company
from orchestration.errors import yaml_fault
from orchestration.settings import Settings, settings
from orchestration.transform.environment import dbt_environment
from orchestration.transform.faults import dbt_fault, indented
from orchestration.transform.project import lay_out_project, project_files, project_folder
from orchestration.warehouse.errors import WarehouseError

_AREAS = {"finance": "finance", "operations": "operations", "kpi": "finance"}
MART_SCHEMAS = ("finance", "operations", "kpi", "meta")


class ModelTranslator(DagsterDbtTranslator):
    """Groups models by schema and says who owns them."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the schema: staging, core, finance, operations, kpi, meta."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        """Return who answers for the schema in the company."""
        area = _AREAS.get(str(dbt_resource_props["schema"]), "data")
        return [str(getattr(company().owners, area))]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the model's description, without its SQL: that is a click away in the code."""
        return str(dbt_resource_props.get("description") or "")


TRANSLATOR = ModelTranslator()


@lru_cache
def dbt_project() -> DbtProject:
    """Return the dbt project of the company that is chosen, its manifest parsed anew if one of its files is newer.

    Raises the errors of `lay_out_project`, and WarehouseError where dbt cannot parse it.
    """
    installation = settings()
    lay_out_project(installation)
    target = installation.dbt_target
    folder = project_folder(installation)
    try:
        project = DbtProject(project_dir=folder, profiles_dir=folder, target_path=target)
    except yaml.YAMLError as error:
        raise WarehouseError(f"{folder / 'dbt_project.yml'} is not YAML: {yaml_fault(error)}.") from error
    if not _is_manifest_current(installation):
        # dbt's partial parsing forgets a singular test's properties when only its SQL changed.
        (target / "partial_parse.msgpack").unlink(missing_ok=True)
        _parse(installation)
        _stamp(installation).write_text(_parsed_of(installation), encoding="utf-8")
    return project


def dbt_executable() -> Path:
    """Return the dbt that belongs to this Python, whether or not it is on the PATH."""
    return Path(sys.executable).with_name("dbt")


def _parse(installation: Settings) -> None:
    outcome = subprocess.run(  # noqa: S603 - our own arguments
        [str(dbt_executable()), "parse"],
        env=os.environ | dbt_environment(installation),
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise WarehouseError(
            f"The dbt project of {installation.company_dir} cannot be parsed; nothing was landed or "
            "built. Mend it, and run again.\n" + indented(dbt_fault(outcome.stdout + outcome.stderr))
        )


def _is_manifest_current(installation: Settings) -> bool:
    stamp = _stamp(installation)
    return (
        (installation.dbt_target / "manifest.json").exists()
        and stamp.exists()
        and stamp.read_text(encoding="utf-8") == _parsed_of(installation)
    )


def _stamp(installation: Settings) -> Path:
    return installation.dbt_target / "parsed.txt"


def _parsed_of(installation: Settings) -> str:
    """Return what parsing depends on, as one hash: the files by name, size and time, and what dbt is told."""
    digest = hashlib.sha256(json.dumps(dbt_environment(installation), sort_keys=True).encode())
    digest.update(version("dbt-core").encode())
    for file in project_files(installation):
        found = file.stat()
        digest.update(f"{file}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


@lru_cache
def manifest() -> Mapping[str, Any]:
    """Return the parsed manifest."""
    content: dict[str, Any] = json.loads(dbt_project().manifest_path.read_text(encoding="utf-8"))
    return content


def mart_asset_keys() -> list[dg.AssetKey]:
    """Return the asset keys of all models of the mart's schemas: what publishing waits for."""
    return [
        TRANSLATOR.get_asset_key(node)
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in MART_SCHEMAS
    ]
