"""The dbt project's manifest and the asset keys of its models.

Nothing here is computed: the manifest is dbt's (`dbt_at_work`).
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import dagster as dg
import yaml

from orchestration.company.chosen import company
from orchestration.errors import yaml_fault
from orchestration.settings import settings
from orchestration.transform.dagster_dbt_alone import DagsterDbtTranslator, DbtProject
from orchestration.transform.dbt_at_work import begin_parsing, finish_parsing, parsed_manifest
from orchestration.transform.project import project_folder
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

    Raises the errors of `begin_parsing` and `finish_parsing`.
    """
    installation = settings()
    begin_parsing(installation)
    folder = project_folder(installation)
    try:
        project = DbtProject(project_dir=folder, profiles_dir=folder, target_path=installation.dbt_target)
    except yaml.YAMLError as error:
        raise WarehouseError(f"{folder / 'dbt_project.yml'} is not YAML: {yaml_fault(error)}.") from error
    finish_parsing(installation)
    return project


@lru_cache
def manifest() -> Mapping[str, Any]:
    """Return the parsed manifest."""
    dbt_project()
    content: dict[str, Any] = json.loads(parsed_manifest(settings()).read_text(encoding="utf-8"))
    return content


def mart_asset_keys() -> list[dg.AssetKey]:
    """Return the asset keys of all models of the mart's schemas: what publishing waits for."""
    return [
        TRANSLATOR.get_asset_key(node)
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in MART_SCHEMAS
    ]
