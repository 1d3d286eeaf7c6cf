"""Everything that Dagster sees of one company: assets, checks, jobs, schedules and sensors."""

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """Load the code location of the company that is chosen.

    The parts are imported here: they read the company, and importing this module must not.
    """
    from orchestration.defs.publish.publish import published_mart  # noqa: PLC0415
    from orchestration.defs.quality.checks import quality_checks  # noqa: PLC0415
    from orchestration.defs.reports.monthly import monthly_report  # noqa: PLC0415
    from orchestration.defs.schedules.jobs import jobs_and_schedules  # noqa: PLC0415
    from orchestration.defs.schedules.source_databases import source_databases_changed  # noqa: PLC0415
    from orchestration.defs.schedules.source_files import source_files_changed  # noqa: PLC0415
    from orchestration.defs.sources.systems import source_systems  # noqa: PLC0415
    from orchestration.defs.transform.company import declared_by_the_company  # noqa: PLC0415
    from orchestration.defs.transform.dbt_models import dbt_models  # noqa: PLC0415
    from orchestration.defs.transform.dictionary import dictionary  # noqa: PLC0415

    return dg.Definitions.merge(
        source_systems(),
        declared_by_the_company(),
        dictionary(),
        jobs_and_schedules(),
        dg.Definitions(
            assets=[dbt_models, published_mart, monthly_report],
            asset_checks=[quality_checks],
            sensors=[source_files_changed, source_databases_changed],
        ),
    )
