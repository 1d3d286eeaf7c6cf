"""What the company declares as assets of its own: read from its folder, written into the warehouse before dbt runs."""

import dagster as dg

from orchestration.company.chosen import company
from orchestration.settings import settings
from orchestration.transform.project import declared_tables


@dg.definitions
def declared_by_the_company() -> dg.Definitions:
    """Give each table of the schema `company` a place in the lineage; only a change of its files makes them anew."""
    return dg.Definitions(
        assets=[
            dg.AssetSpec(
                ["company", name],
                description=table.description,
                group_name="company",
                owners=[company().owners.data],
                kinds={"yaml"},
            )
            for name, table in declared_tables(settings()).items()
        ]
    )
