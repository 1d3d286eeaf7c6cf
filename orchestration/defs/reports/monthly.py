"""The asset `reports/monthly`: the performance report of the latest closed period, delivered once."""

from pathlib import Path

import dagster as dg

from orchestration.company.chosen import company
from orchestration.defs.publish.publish import PUBLISHED_MART
from orchestration.errors import TieoutError
from orchestration.runs_at_work import writing_step
from orchestration.settings import settings
from orchestration.transform.inputs import record_completed

MONTHLY_REPORT = dg.AssetKey(["reports", "monthly"])


@dg.asset(
    key=MONTHLY_REPORT,
    deps=[PUBLISHED_MART],
    group_name="reports",
    kinds={"html"},
    owners=[company().owners.finance],
    description=(
        "The monthly performance report as one self-contained HTML file: headline KPIs, statements, the bridge of the "
        "profit, working capital, operations, tie-outs and data quality. Made from the published mart alone."
    ),
)
def monthly_report(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Build, render and deliver the report, or fail with the reason."""
    from orchestration.reports.deliver import deliver_to_folder  # noqa: PLC0415 - charts take seconds to import
    from orchestration.reports.document import build_monthly_report  # noqa: PLC0415
    from orchestration.reports.render import render_html  # noqa: PLC0415

    installation = settings()
    try:
        with writing_step(context):
            report = build_monthly_report(installation.published_mart)
            delivery = deliver_to_folder(render_html(report), report, installation.reports)
            record_completed(installation, delivery.path)
    except TieoutError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from error
    except Exception as error:  # a defect of the report: what is published stays, and who runs it must know
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise dg.Failure(
            description=f"The mart is published, its report could not be made: {reason} (What led to it is in Dagster, "
            "in the run's log of this step.) The figures are in the mart; tell the makers of Tieout this line.",
            allow_retries=False,
        ) from error
    context.log.info(f"{delivery.path}: {'delivered' if delivery.is_new else 'unchanged'}")
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(delivery.path)),
            "report": dg.MetadataValue.url(Path(delivery.path).resolve().as_uri()),
            "delivered": delivery.is_new,
        }
    )
