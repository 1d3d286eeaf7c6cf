"""The sensor that starts a refresh when a declared source file appears, changes or goes."""

import hashlib
import time

import dagster as dg

from orchestration.defs.schedules.jobs import REFRESH
from orchestration.settings import settings
from orchestration.sources.declaration import load_declarations
from orchestration.sources.errors import SourceError
from orchestration.sources.files import declared_files
from orchestration.sources.lake import FileMark
from orchestration.sources.places import open_place

_SEEN_ONCE = "?"


@dg.sensor(
    job=REFRESH,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Looks at the declared source files every 30 seconds and refreshes when one appeared, changed or went.",
)
def source_files_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request a refresh once per state of the source files, after they have stopped changing."""
    digest = hashlib.sha256()
    newest = 0.0
    seen_once = False
    try:
        for system in load_declarations(settings().declarations):
            if system.api and system.api.refresh_minutes:
                digest.update(f"{system.name}|{time.time() // (60 * system.api.refresh_minutes)}\n".encode())
            if system.kind != "files":
                continue
            with open_place(system, settings().root) as place:
                for name in declared_files(system, place):
                    mark = place.mark(name)
                    digest.update(f"{system.name}|{name}|{mark}\n".encode())
                    if isinstance(mark, FileMark):
                        newest = max(newest, mark.mtime_ns / 1e9)
                    else:
                        seen_once |= place.can_grow
    except (SourceError, OSError) as error:
        return dg.SkipReason(str(error))
    state = digest.hexdigest()
    if state == context.cursor:
        return dg.SkipReason("No declared source file appeared, changed or went.")
    if time.time() - newest < settings().settle_seconds:
        return dg.SkipReason("A source file was written moments ago; it may still be growing.")
    if seen_once and context.cursor != f"{state}{_SEEN_ONCE}":  # a server's clock does not tell what is moments ago
        return dg.SensorResult(
            skip_reason="A source file on a server changed; it is taken when it is the same at the next look.",
            cursor=f"{state}{_SEEN_ONCE}",
        )
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=state)], cursor=state)
