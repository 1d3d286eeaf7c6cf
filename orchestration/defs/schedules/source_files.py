"""The sensor that starts a refresh when a declared source file appears, changes or goes."""

import hashlib
import time

import dagster as dg

from orchestration.defs.schedules.jobs import REFRESH
from orchestration.settings import settings
from orchestration.sources.declaration import load_declarations
from orchestration.sources.errors import SourceError
from orchestration.sources.files import declared_files

_SETTLED_AFTER_SECONDS = 5


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
    try:
        for system in load_declarations(settings().declarations, settings().demo):
            for file in declared_files(system, settings().root):
                status = file.stat()
                digest.update(f"{file}|{status.st_size}|{status.st_mtime_ns}\n".encode())
                newest = max(newest, status.st_mtime)
    except (SourceError, OSError) as error:
        return dg.SkipReason(str(error))
    state = digest.hexdigest()
    if state == context.cursor:
        return dg.SkipReason("No declared source file appeared, changed or went.")
    if time.time() - newest < _SETTLED_AFTER_SECONDS:
        return dg.SkipReason("A source file was written moments ago; it may still be growing.")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=state)], cursor=state)
