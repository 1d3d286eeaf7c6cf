"""The dbt command line, as the resource that the models' step uses."""

import dagster as dg
from dagster_dbt import DbtCliResource

from orchestration.transform.manifest import dbt_project


@dg.definitions
def dbt_resource() -> dg.Definitions:
    """Give the dbt command line to the assets."""
    return dg.Definitions(resources={"dbt": DbtCliResource(project_dir=dbt_project())})
