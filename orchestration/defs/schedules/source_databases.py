"""The sensor that starts a refresh of a database that changed, as its tables' cursors tell."""

import hashlib
import json

import dagster as dg

from orchestration.defs.schedules.jobs import REFRESH
from orchestration.defs.schedules.selection import refresh_of
from orchestration.settings import settings
from orchestration.sources.databases import open_database
from orchestration.sources.declaration import SourceSystem, load_declarations
from orchestration.sources.errors import SourceError


@dg.sensor(
    job=REFRESH,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks the declared databases every 30 seconds for their highest cursors; refreshes those with news.",
)
def source_databases_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request a refresh of the databases whose state is not the one that the last request was for.

    A database that cannot be asked keeps its state and holds up no other.
    """
    before: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    now, faults = {}, []
    try:
        systems = [system for system in load_declarations(settings().declarations) if system.database]
    except SourceError as error:
        return dg.SkipReason(str(error))
    for system in systems:
        try:
            now[system.name] = _state(system)
        except SourceError as error:
            faults.append(str(error))
            if system.name in before:
                now[system.name] = before[system.name]
    changed = [name for name, state in now.items() if before.get(name) != state]
    for fault in faults:
        context.log.warning(fault)
    if not changed:
        return dg.SkipReason(" ".join(faults) or "No declared database has news.")
    cursor = json.dumps(now, sort_keys=True)
    run_key = hashlib.sha256(cursor.encode()).hexdigest()
    request = dg.RunRequest(run_key=run_key, asset_selection=refresh_of(changed, context))
    return dg.SensorResult(run_requests=[request], cursor=cursor)


def _state(system: SourceSystem) -> str:
    """Return a text that is another one when a table of the system has changed."""
    with open_database(system, settings().root) as database:
        newest = [[table.name, database.newest(table)] for table in system.tables]
    return hashlib.sha256(json.dumps(newest).encode()).hexdigest()
