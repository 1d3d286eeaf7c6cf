"""Everything that Dagster sees: assets, checks, jobs, schedules and sensors, found below `defs/`."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load the code location."""
    return dg.load_from_defs_folder(path_within_project=Path(__file__).parent)
