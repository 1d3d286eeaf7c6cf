"""The expectations as Dagster asset checks: one step runs all suites, each expectation is a check of its table's asset.

What belongs here: check definitions, metadata, the hand-over to publishing. How suites run is in `expectations`; Great
Expectations is imported when the step runs, not before.
"""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg

from expectations.results import CheckResult, write_results
from expectations.suites import Suite, load_suites
from orchestration.errors import TieoutError
from orchestration.runs_at_work import writing_step
from orchestration.settings import Settings, settings

RESULTS_FILE = "quality_results.json"
"""Below `<data>/state/`: what publishing reads."""

_SEVERITY = {"error": dg.AssetCheckSeverity.ERROR, "warn": dg.AssetCheckSeverity.WARN}


def results_file(configuration: Settings) -> Path:
    """Return the file that hands the findings to publishing: a JSON list of `expectations.results.PublishedResult`."""
    return configuration.state / RESULTS_FILE


def check_specs(suites: list[Suite]) -> list[dg.AssetCheckSpec]:
    """Return one check per expectation; those of severity error block what depends on the checked asset."""
    return [
        dg.AssetCheckSpec(
            name=expectation.id,
            asset=dg.AssetKey(suite.asset),
            description=expectation.why,
            blocking=expectation.severity == "error",
            metadata={"table": suite.table, "suite": suite.file_name, "severity": expectation.severity},
        )
        for suite in suites
        for expectation in suite.expectations
    ]


def run_checks(configuration: Settings, suites: list[Suite], only: set[str]) -> list[CheckResult]:
    """Run the expectations whose ids are in `only` on the warehouse and hand the findings to publishing.

    A run of some checks updates the hand-over only if that is about this warehouse: old findings must not look new.
    Raises WarehouseUnavailableError when the warehouse cannot be opened.
    """
    from expectations.runner import run_suites  # noqa: PLC0415  imports Great Expectations: 5 to 7 seconds

    results = run_suites(
        configuration.warehouse,
        suites,
        configuration.data_docs,
        only=only,
        memory_limit=configuration.memory_limit,
        threads=configuration.threads,
    )
    handed_over = results_file(configuration)
    is_complete = len(results) == sum(len(suite.expectations) for suite in suites)
    if is_complete or _is_newer(handed_over, configuration.warehouse):
        write_results(handed_over, results, keep_others=not is_complete)
    return results


def as_asset_check_result(result: CheckResult) -> dg.AssetCheckResult:
    """Return `result` as Dagster shows it: observed value, failing rows, the query that finds them, and Data Docs."""
    metadata: dict[str, dg.MetadataValue] = {"table": dg.MetadataValue.text(result.table)}
    if isinstance(result.observed, bool | str):
        metadata["observed"] = dg.MetadataValue.text(str(result.observed))
    elif isinstance(result.observed, int):
        metadata["observed"] = dg.MetadataValue.int(result.observed)
    elif isinstance(result.observed, float):
        metadata["observed"] = dg.MetadataValue.float(result.observed)
    if result.failing_rows is not None:
        metadata["failing_rows"] = dg.MetadataValue.int(result.failing_rows)
    if result.sample_rows:
        metadata["sample_of_failing_rows"] = dg.MetadataValue.table([dg.TableRecord(row) for row in result.sample_rows])
    if result.query is not None:
        metadata["query"] = dg.MetadataValue.md(f"```sql\n{result.query}\n```")
    if result.docs_url is not None:
        metadata["data_docs"] = dg.MetadataValue.url(result.docs_url)
    return dg.AssetCheckResult(
        asset_key=dg.AssetKey(result.asset_key),
        check_name=result.check_id,
        passed=result.passed,
        severity=_SEVERITY[result.severity],
        description=result.message,
        metadata=metadata,
    )


def quality_step(suites: list[Suite]) -> dg.AssetChecksDefinition:
    """Return the step that runs `suites` on the warehouse of the process's settings, one check per expectation."""

    @dg.multi_asset_check(
        name="great_expectations",
        specs=check_specs(suites),
        can_subset=True,
        description="All suites of expectations/suites, as SQL in DuckDB; writes Data Docs and what publishing reads.",
    )
    def great_expectations(context: dg.AssetCheckExecutionContext) -> Iterator[dg.AssetCheckResult]:
        """Yield a result per selected check; failed blocking ones stop what comes after, not the other checks here."""
        try:
            with writing_step(context):
                results = run_checks(settings(), suites, {key.name for key in context.selected_asset_check_keys})
        except TieoutError as error:
            raise dg.Failure(description=str(error), allow_retries=False) from error
        failed = [result for result in results if not result.passed]
        context.log.info(f"{len(results)} checks: {len(results) - len(failed)} hold, {len(failed)} do not")
        for result in failed:
            context.log.info(result.message)  # what blocks is told at the end of the run, once
        for result in results:
            yield as_asset_check_result(result)

    return great_expectations


def _is_newer(file: Path, warehouse: Path) -> bool:
    return file.is_file() and file.stat().st_mtime >= warehouse.stat().st_mtime


quality_checks = quality_step(load_suites(company=settings().company_dir / "suites"))
