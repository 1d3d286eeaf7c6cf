"""The dbt project's manifest and the asset keys of its models.

The manifest is parsed when a file of the dbt project is newer than it, and read otherwise: parsing costs seconds.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import dagster as dg
import yaml
from dagster_dbt import DagsterDbtTranslator, DbtProject

from orchestration.errors import yaml_fault
from orchestration.settings import DEFAULT_DEMO, settings
from orchestration.transform.faults import dbt_fault, indented
from orchestration.warehouse.errors import WarehouseError

_OWNERS = {"finance": "team:finance", "operations": "team:operations", "kpi": "team:finance", "meta": "team:data"}
_PARSED_FOLDERS = ("models", "macros", "seeds", "tests")
MART_SCHEMAS = ("finance", "operations", "kpi", "meta")


class ModelTranslator(DagsterDbtTranslator):
    """Groups models by schema and says who owns them."""

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """Return the schema: staging, core, finance, operations, kpi, meta; seeds are `mapping`."""
        return str(dbt_resource_props["schema"])

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str] | None:
        """Return the team that answers for the schema."""
        return [_OWNERS.get(str(dbt_resource_props["schema"]), "team:data")]

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """Return the model's description, without its SQL: that is a click away in the code."""
        return str(dbt_resource_props.get("description") or "")


TRANSLATOR = ModelTranslator()


@lru_cache
def dbt_project() -> DbtProject:
    """Return the dbt project, its manifest parsed anew if a file of the project is newer.

    Each demo company enables other models, so each has a manifest of its own.
    """
    # The project and the profile read them; parsed with other values, dbt would parse everything again when it builds.
    os.environ["TIEOUT_WAREHOUSE"] = str(settings().warehouse)
    os.environ["TIEOUT_DEMO"] = settings().demo
    os.environ["TIEOUT_MEMORY_LIMIT"], os.environ["TIEOUT_THREADS"] = settings().memory_limit, str(settings().threads)
    root, target = settings().dbt_project, Path("target")
    if settings().demo != DEFAULT_DEMO:
        target /= settings().demo
    try:
        project = DbtProject(project_dir=root, profiles_dir=root, target_path=target)
    except yaml.YAMLError as error:
        raise WarehouseError(f"{root / 'dbt_project.yml'} is not YAML: {yaml_fault(error)}.") from error
    if not _is_manifest_current(root, root / target):
        # dbt's partial parsing forgets a singular test's properties when only its SQL changed.
        (root / target / "partial_parse.msgpack").unlink(missing_ok=True)
        _parse(root, root / target)
    return project


def dbt_executable() -> Path:
    """Return the dbt that belongs to this Python, whether or not it is on the PATH."""
    return Path(sys.executable).with_name("dbt")


def _parse(root: Path, target: Path) -> None:
    folders = ["--project-dir", str(root), "--profiles-dir", str(root), "--log-path", str(target)]
    outcome = subprocess.run(  # noqa: S603 - our own arguments
        [str(dbt_executable()), "parse", *folders, "--target-path", str(target)],
        capture_output=True,
        text=True,
        check=False,
    )
    if outcome.returncode:
        raise WarehouseError(
            f"The dbt project {root} cannot be parsed; nothing was landed or built. Mend it, and run again.\n"
            + indented(dbt_fault(outcome.stdout + outcome.stderr))
        )


def _is_manifest_current(root: Path, target: Path) -> bool:
    manifest_file = target / "manifest.json"
    if not manifest_file.exists():
        return False
    parsed_at = manifest_file.stat().st_mtime
    files = [file for folder in _PARSED_FOLDERS for file in (root / folder).rglob("*") if file.is_file()]
    return all(file.stat().st_mtime < parsed_at for file in (*files, root / "dbt_project.yml"))


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
