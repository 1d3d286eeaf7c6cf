"""The sensor that starts a refresh of a database that changed, as its tables' cursors tell."""

import hashlib
import json

import dagster as dg

from orchestration.defs.schedules.jobs import REFRESH
from orchestration.defs.schedules.polling import poll
from orchestration.settings import settings
from orchestration.sources.databases.database import open_database
from orchestration.sources.declaration.systems import SourceSystem, load_declarations
from orchestration.sources.errors import SourceError


@dg.sensor(
    job=REFRESH,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Asks the declared databases every 30 seconds for their highest cursors; refreshes those with news.",
)
def source_databases_changed(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Request a refresh of the databases whose state is not the one that the last request was for."""
    try:
        declared = load_declarations(settings().declarations)
    except SourceError as error:
        return dg.SkipReason(str(error))
    systems = [system for system in declared if system.database]
    return poll(context, systems, _state, "No declared database has news.")


def _state(system: SourceSystem, _last: str | None) -> str:
    """Return a text that is another one when a table of the system has changed."""
    with open_database(system, settings().company_dir, settings().data / "tmp") as database:
        newest = [[table.name, database.newest(table)] for table in system.tables]
    return hashlib.sha256(json.dumps(newest).encode()).hexdigest()
