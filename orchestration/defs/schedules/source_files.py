"""The sensor that refreshes a system when one of its files appears, changes or goes, or its API is due."""

import hashlib
import time

import dagster as dg

from orchestration.defs.schedules.jobs import REFRESH
from orchestration.defs.schedules.polling import NotYet, poll
from orchestration.settings import settings
from orchestration.sources.declaration.systems import SourceSystem, load_declarations
from orchestration.sources.errors import SourceError
from orchestration.sources.folders.files import declared_files
from orchestration.sources.folders.places import open_place
from orchestration.sources.lake.raw_lake import FileMark

_SEEN_ONCE = "?"
_MINUTE = 60


@dg.sensor(
    job=REFRESH,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks at the declared files every 30 seconds and refreshes the systems of which one appeared, "
    "changed or went; refreshes APIs as often as they declare.",
)
def source_files_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request a refresh once per state of a system's files, after they have stopped changing."""
    try:
        declared = load_declarations(settings().declarations)
    except SourceError as error:
        return dg.SkipReason(str(error))
    systems = [system for system in declared if not system.database]
    return poll(context, systems, _state, "No declared source file appeared, changed or went.")


def _state(system: SourceSystem, last: str | None) -> str:
    if system.api:
        minutes = system.api.refresh_minutes
        return str(int(time.time() // (minutes * _MINUTE))) if minutes else "by schedule"
    digest = hashlib.sha256()
    newest = 0.0
    is_elsewhere = False
    with open_place(system, settings().company_dir) as place:
        for name in declared_files(system, place):
            mark = place.mark(name)
            digest.update(f"{name}|{mark}\n".encode())
            if isinstance(mark, FileMark):
                newest = max(newest, mark.mtime_ns / 1e9)
            else:
                is_elsewhere |= place.can_grow
    state = digest.hexdigest()
    if state == last:
        return state
    if time.time() - newest < settings().settle_seconds:
        raise NotYet("A source file was written moments ago; it may still be growing.", last)
    if is_elsewhere and last != f"{state}{_SEEN_ONCE}":  # a server's clock does not tell what is moments ago
        raise NotYet(
            "A source file on a server changed; it is taken when it is the same at the next look.",
            f"{state}{_SEEN_ONCE}",
        )
    return state
