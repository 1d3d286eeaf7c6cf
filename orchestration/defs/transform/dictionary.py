"""The KPI dictionary as assets of its own: written beside the code, and into the warehouse before dbt runs."""

import dagster as dg

from orchestration.company.chosen import company
from orchestration.kpis.warehouse_rows import TABLES


@dg.definitions
def dictionary() -> dg.Definitions:
    """Give each table of the dictionary a place in the lineage; nothing materialises them but a change of the code."""
    return dg.Definitions(
        assets=[
            dg.AssetSpec(
                ["dictionary", name],
                description=table.description,
                group_name="dictionary",
                owners=[company().owners.finance],
                kinds={"yaml"},
            )
            for name, table in TABLES.items()
        ]
    )
