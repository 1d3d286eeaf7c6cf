"""Landing a table as a task to be timed."""

import shutil
from collections.abc import Callable
from pathlib import Path

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table


def landing(system: SourceSystem, folder: Path, lake: str, *, again: bool) -> Callable[[], int]:
    """Return the landing of a system's only table into a lake of the folder, an empty one unless `again`."""
    target = RawLake(folder / lake)
    if not again:
        shutil.rmtree(target.root, ignore_errors=True)

    def timed() -> int:
        result = land_table(system, system.tables[0], target, folder)
        if bool(result.new) == again or result.rows_quarantined:
            raise SystemExit(f"Landing did not do what is measured here: {result}")
        return result.row_count

    return timed
