"""The company's source systems as assets: one step per system, declared in its folder `sources/`."""

import dagster as dg

from orchestration.components.source_system import source_system_assets
from orchestration.settings import settings
from orchestration.sources.declaration.systems import load_declarations


@dg.definitions
def source_systems() -> dg.Definitions:
    """Give each source table of the company an asset."""
    return dg.Definitions(
        assets=[source_system_assets(system) for system in load_declarations(settings().declarations)]
    )
