"""A source system in Dagster: one step that lands its tables, one asset per table, declared in one `defs.yaml`.

Wiring only: what may be declared is in `orchestration.sources.declaration`, what landing does in
`orchestration.sources.landing`.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

import dagster as dg
from pydantic import BaseModel

from orchestration.components.scaffolding import SourceSystemScaffolder
from orchestration.errors import TieoutError
from orchestration.runs_at_work import writing_step
from orchestration.settings import settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import SourceError, printable
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import known_table, land_opened, open_source
from orchestration.sources.results import LandingResult

NOTHING_QUARANTINED = "nothing_quarantined"


def raw_asset_key(system: str, table: str) -> dg.AssetKey:
    """Return the key of a source table's asset."""
    return dg.AssetKey(["raw", system, table])


@dg.scaffold_with(SourceSystemScaffolder)
class SourceSystemComponent(dg.Component):
    """A source system whose tables are landed in the raw lake.

    Where it is, who owns it, its files and their columns.
    """

    def __init__(self, declared: SourceSystem) -> None:
        self.declared = declared

    @classmethod
    def get_model_cls(cls) -> type[BaseModel]:
        """Return the model of the YAML's attributes, which is the same that is read without Dagster."""
        return SourceSystem

    @classmethod
    def load(cls, attributes: BaseModel | None, context: dg.ComponentLoadContext) -> Self:  # noqa: ARG003
        """Make the component from its attributes."""
        return cls(SourceSystem.model_validate(attributes))

    def build_defs(self, context: dg.ComponentLoadContext) -> dg.Definitions:  # noqa: ARG002
        """Return the system's assets and their checks."""
        return dg.Definitions(assets=[source_system_assets(self.declared)])


def source_system_assets(system: SourceSystem) -> dg.AssetsDefinition:
    """Return one step with an asset per table. A refused table fails the step after all other tables have landed."""
    tables = {raw_asset_key(system.name, table.name): table for table in system.tables}

    @dg.multi_asset(
        name=f"land_{system.name}",
        description=f"Lands the tables of {system.name} in the raw lake. {system.description}",
        specs=[_asset_spec(system, table) for table in system.tables],
        check_specs=[
            dg.AssetCheckSpec(NOTHING_QUARANTINED, asset=key, description="Every row of the source could be landed.")
            for key in tables
        ],
        can_subset=True,
    )
    def land(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        try:
            with writing_step(context):
                yield from landed_tables(context)
        except TieoutError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error

    def landed_tables(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        refused: dict[str, str] = {}
        selected = {key: table for key, table in tables.items() if key in context.selected_asset_keys}
        for key, landed in _land(system, list(selected.items())):
            name = f"{system.name}.{tables[key].name}"
            if isinstance(landed, SourceError):
                refused[tables[key].name] = printable(str(landed))
                context.log.info(f"{tables[key].name} is refused: {refused[tables[key].name]}")
                continue
            for warning in landed.warnings:
                context.log.warning(f"{name}: {warning}")
            if not landed.current:
                context.log.warning(f"{name}: nothing was known of it at {settings().as_of}; it is empty.")
            checked = _check(key) in context.selected_asset_check_keys
            yield _materialization(key, tables[key], landed, checked=checked)
        if refused:
            told = "".join(f"\n  {message}" for message in dict.fromkeys(refused.values()))
            raise dg.Failure(
                description=f"{len(refused)} of {len(tables)} tables of {system.name} were refused; the data landed "
                f"before stays in use.{told}",
                metadata=refused,
                allow_retries=False,
            )

    return land


def _land(
    system: SourceSystem, tables: Sequence[tuple[dg.AssetKey, SourceTable]]
) -> Iterator[tuple[dg.AssetKey, LandingResult | SourceError]]:
    """Land tables of one system, opened once; give of each what came of it or why it was refused."""
    installation = settings()
    lake = RawLake(installation.raw_lake)
    if as_of := installation.as_of:
        yield from ((key, known_table(system, table, lake, as_of)) for key, table in tables)
        return
    try:
        with open_source(system, installation.company_dir) as source:
            for key, table in tables:
                try:
                    yield key, land_opened(source, table, lake)
                except SourceError as refusal:
                    yield key, refusal
    except SourceError as refusal:  # the system as a whole could not be opened
        yield from ((key, refusal) for key, _ in tables)


def _asset_spec(system: SourceSystem, table: SourceTable) -> dg.AssetSpec:
    declared = {name: column.type for name, column in table.columns.items()}
    metadata: dict[str, Any] = {"dagster/column_schema": _column_schema(table, declared), "load": table.load}
    metadata |= {"files": table.files} if table.files else {"relation": table.relation} if table.relation else {}
    metadata |= {"resource": f"{table.resource.method} {table.resource.path}"} if table.resource else {}
    age = system.max_age_hours
    return dg.AssetSpec(
        raw_asset_key(system.name, table.name),
        description=table.description,
        group_name=system.group,
        owners=list(system.owners),
        code_version=table.reading_hash[:12],
        kinds={table.format or ("dlt" if system.api else system.kind), "duckdb"},
        tags={"layer": "raw", "source_system": system.name},
        metadata=metadata if declared else {k: v for k, v in metadata.items() if k != "dagster/column_schema"},
        freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=age)) if age else None,
    )


def _materialization(
    key: dg.AssetKey, table: SourceTable, result: LandingResult, *, checked: bool
) -> dg.MaterializeResult[Any]:
    columns = {column.name: column.type for batch in result.current for column in batch.columns}
    newest = max(result.current, key=lambda batch: batch.known_at, default=None)
    check = dg.AssetCheckResult(
        asset_key=key,
        check_name=NOTHING_QUARANTINED,
        passed=result.rows_quarantined == 0,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{result.rows_quarantined} rows are in quarantine." if result.rows_quarantined else None,
        metadata={"rows_quarantined": result.rows_quarantined},
    )
    return dg.MaterializeResult(
        asset_key=key,
        metadata={
            "dagster/row_count": result.row_count,
            "dagster/column_schema": _column_schema(table, columns),
            "rows_quarantined": result.rows_quarantined,
            "batch_id": newest.batch_id if newest else None,
            "known_at": dg.MetadataValue.timestamp(newest.known_at) if newest else dg.MetadataValue.null(),
            "new_batch": bool(result.new),
            "batches": len(result.current),
            "sources": list(dict.fromkeys(batch.source_file for batch in result.current)),
            "bytes": sum(batch.source_bytes or 0 for batch in result.current),
            "warnings": result.warnings,
        },
        data_version=dg.DataVersion(result.data_version),
        check_results=[check] if checked else [],
    )


def _column_schema(table: SourceTable, columns: Mapping[str, str]) -> dg.TableSchema:
    described = {name: column.description for name, column in table.columns.items()}
    return dg.TableSchema(
        columns=[dg.TableColumn(name, kind, description=described.get(name)) for name, kind in columns.items()]
        + [
            dg.TableColumn(
                "source_row",
                "BIGINT",
                description="Row (Parquet, Excel, JSON array, database, API) or line (CSV, JSON lines), from 1.",
            )
        ]
    )


def _check(key: dg.AssetKey) -> dg.AssetCheckKey:
    return dg.AssetCheckKey(key, NOTHING_QUARANTINED)
