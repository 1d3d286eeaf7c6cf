"""The jobs, and when they run: the daily refresh, and the monthly report after the close."""

import dagster as dg

from orchestration.company.chosen import company
from orchestration.defs.reports.monthly import MONTHLY_REPORT
from orchestration.progress import progress_logger

REFRESH = dg.define_asset_job(
    "refresh",
    selection=dg.AssetSelection.all() | dg.AssetSelection.all_asset_checks(),
    description="The main job: land every source, build and check the warehouse, publish the mart, make the report.",
    executor_def=dg.in_process_executor,
)

REPORT = dg.define_asset_job(
    "monthly_report",
    selection=dg.AssetSelection.assets(MONTHLY_REPORT),
    description="The monthly performance report alone, from the published mart.",
    executor_def=dg.in_process_executor,
)


@dg.definitions
def jobs_and_schedules() -> dg.Definitions:
    """Give Dagster the jobs and their schedules, in the company's time zone."""
    schedules, zone = company().schedules, company().time_zone
    return dg.Definitions(
        jobs=[REFRESH, REPORT],
        schedules=[
            dg.ScheduleDefinition(
                name="daily_refresh",
                job=REFRESH,
                cron_schedule=schedules.refresh,
                execution_timezone=zone,
                description="Without new source files it costs seconds and changes nothing.",
                default_status=dg.DefaultScheduleStatus.RUNNING,
            ),
            dg.ScheduleDefinition(
                name="monthly_report",
                job=REPORT,
                cron_schedule=schedules.report,
                execution_timezone=zone,
                description="When the ledger's last closing is in.",
                default_status=dg.DefaultScheduleStatus.RUNNING,
            ),
        ],
        loggers={"progress": progress_logger},
    )
