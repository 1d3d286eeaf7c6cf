"""The asset `published/mart`: what BI tools and reports read.

Belongs here: wiring the warehouse, the checks' results and the sources' declarations to `warehouse.publish`.
"""

from datetime import UTC, datetime

import dagster as dg

from orchestration.company.chosen import company
from orchestration.errors import TieoutError
from orchestration.runs_at_work import writing_step
from orchestration.settings import PRODUCT, Settings, settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.transform.inputs import record_published
from orchestration.transform.manifest import MART_SCHEMAS, manifest, mart_asset_keys
from orchestration.transform.touched import touched_kpis
from orchestration.warehouse.checks import read_check_results
from orchestration.warehouse.code_version import code_version
from orchestration.warehouse.errors import WarehouseMissing
from orchestration.warehouse.freshness import source_freshness
from orchestration.warehouse.landing_checks import landing_checks
from orchestration.warehouse.prepare import dictionary_of
from orchestration.warehouse.publish import Description, Publication, publish

PUBLISHED_MART = dg.AssetKey(["published", "mart"])
CHECK_RESULT_FILES = ("dbt_results.json", "quality_results.json")
"""Below `<data>/state/`: written by the transform and the quality step of the same run."""


@dg.asset(
    key=PUBLISHED_MART,
    deps=mart_asset_keys(),
    group_name="publish",
    kinds={"duckdb"},
    owners=[company().owners.data],
    description=(
        "The file that BI tools and reports open, read-only: schemas kpi, finance, operations, meta, replaced in one "
        "step after every blocking check has passed. Unchanged content is not published again. "
        "The contract is docs/published-mart.md."
    ),
)
def published_mart(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Publish the checked warehouse, or fail with the reason and leave the published mart as it was."""
    try:
        with writing_step(context):
            publication = publish_now(settings())
            record_published(settings())
    except TieoutError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None  # the message says it all
    context.log.info(_summary(publication))
    return dg.MaterializeResult(
        metadata=_metadata(publication),
        data_version=dg.DataVersion(publication.row.content_hash),
    )


def publish_now(installation: Settings) -> Publication:
    """Publish an installation's warehouse with the check results and batches that are there.

    Raises the errors of `read_check_results`, `load_declarations`, `source_freshness` and `publish`.
    """
    warehouse = installation.warehouse
    if not warehouse.exists():
        raise WarehouseMissing(
            f"There is no warehouse at {warehouse} yet. Run `tieout run`: it builds and checks it first."
        )
    lake, systems = RawLake(installation.raw_lake), load_declarations(installation.declarations)
    found = read_check_results(
        [installation.state / name for name in CHECK_RESULT_FILES],
        built_at=datetime.fromtimestamp(warehouse.stat().st_mtime, UTC),
    )
    return publish(
        warehouse,
        installation.published_mart,
        [
            *landing_checks(
                lake,
                systems,
                as_of=installation.as_of,
                touched=touched_kpis(manifest(), dictionary_of(installation)),
            ),
            *found,
        ],
        source_freshness(lake, systems, as_of=installation.as_of),
        code_version(PRODUCT),
        datetime.now(UTC),
        tables=set(mart_descriptions()),
        descriptions=mart_descriptions(),
    )


def mart_descriptions() -> dict[str, Description]:
    """Return `schema.table` of every mart model, what must be in the published mart and nothing else, described."""
    return {
        f"{node['schema']}.{node['alias']}": Description(
            node["description"], {name: column["description"] for name, column in node["columns"].items()}
        )
        for node in manifest()["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] in MART_SCHEMAS
    }


def _summary(publication: Publication) -> str:
    row = publication.row
    checks = f"{row.checks_passed} checks passed, {row.checks_warned} warned, {row.checks_failed} failed"
    if publication.is_new:
        return f"Published {row.publication_id} to {publication.path}: {checks}."
    since = f"{row.publication_id} of {row.published_at:%Y-%m-%d %H:%M} UTC"
    return f"Nothing changed since {since}; {publication.path} was left as it is."


def _metadata(publication: Publication) -> dict[str, dg.MetadataValue]:
    row = publication.row
    tables = [dg.TableRecord({"table": name, "rows": rows}) for name, rows in publication.rows_by_table.items()]
    return {
        "outcome": dg.MetadataValue.text("published" if publication.is_new else "unchanged"),
        "publication_id": dg.MetadataValue.text(row.publication_id),
        "published_at": dg.MetadataValue.timestamp(row.published_at),
        "content_hash": dg.MetadataValue.text(row.content_hash),
        "code_version": dg.MetadataValue.text(row.code_version),
        "path": dg.MetadataValue.path(publication.path),
        "checks_passed": dg.MetadataValue.int(row.checks_passed),
        "checks_warned": dg.MetadataValue.int(row.checks_warned),
        "dagster/row_count": dg.MetadataValue.int(sum(publication.rows_by_table.values())),
        "rows_by_table": dg.MetadataValue.table(
            tables,
            schema=dg.TableSchema([dg.TableColumn("table", "string"), dg.TableColumn("rows", "int")]),
        ),
    }
