"""Running suites: each table's expectations as SQL in DuckDB, then Data Docs.

Import this module only where checks run: it imports Great Expectations (5 to 7 seconds). One ephemeral context per
run, one validation per table, Data Docs built once at the end. Nothing leaves the machine, and no table is read into
memory.
"""

import contextlib
import datetime
import logging
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import great_expectations as gx
import sqlalchemy
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.data_context.types.base import (
    DataContextConfig,
    InMemoryStoreBackendDefaults,
    ProgressBarsConfig,
)
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.exceptions.exceptions import GreatExpectationsError
from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

from expectations.data_docs import SITE, literal, site_config
from expectations.engine import connection_string, open_read_only
from expectations.outcomes import SAMPLE_ROWS, Finding, filled, judged, not_evaluated, scalar
from expectations.results import CheckResult, Scalar
from expectations.suites import Expectation, Suite

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation import Expectation as GxExpectation

_GX_SEVERITY = {"error": "critical", "warn": "warning"}


def run_suites(
    database: Path,
    suites: Sequence[Suite],
    docs_folder: Path,
    *,
    only: Collection[str] | None = None,
    memory_limit: str = "512MB",
    threads: int = 2,
) -> list[CheckResult]:
    """Check the tables of `database` and write Data Docs to `docs_folder`.

    Returns one CheckResult per expectation, in the suites' order; with `only`, per expectation whose id is in it. A
    table that is missing, an expectation that Great Expectations refuses or that raises: a failed result of severity
    error that says so, neither pass nor warning nor exception. `database` is opened read-only and is closed again when
    this returns. Raises WarehouseUnavailableError when it cannot be opened.
    """
    chosen = [(suite, [item for item in suite.expectations if only is None or item.id in only]) for suite in suites]
    observed, missing = _survey(database, chosen, memory_limit=memory_limit, threads=threads)
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL)  # what went wrong is in the results
    run = _Run(database, docs_folder, memory_limit=memory_limit, threads=threads)
    results: list[CheckResult] = []
    try:
        for suite, expectations in chosen:
            if suite.table in missing:
                results += [not_evaluated(suite, item, missing[suite.table]) for item in expectations]
            elif expectations:
                results += run.check(suite, expectations, observed)
        index = run.build_docs()
    finally:
        run.close()
    return [result if result.docs_url else replace(result, docs_url=index) for result in results]


class _Run:
    """One ephemeral context on one database."""

    def __init__(self, database: Path, docs_folder: Path, *, memory_limit: str, threads: int) -> None:
        self._context: EphemeralDataContext = gx.get_context(
            mode="ephemeral",
            project_config=DataContextConfig(
                store_backend_defaults=InMemoryStoreBackendDefaults(init_temp_docs_sites=False),
                data_docs_sites={SITE: site_config(docs_folder.resolve())},
                progress_bars=ProgressBarsConfig(globally=False),
                analytics_enabled=False,
            ),
        )
        self._source: SQLDatasource = self._context.data_sources.add_sql(
            name="warehouse",
            connection_string=literal(connection_string(database, memory_limit=memory_limit, threads=threads)),
        )
        self._run_id = RunIdentifier(run_name="latest", run_time=datetime.datetime.now(datetime.UTC))

    def check(
        self, suite: Suite, expectations: Sequence[Expectation], observed: dict[str, Scalar]
    ) -> list[CheckResult]:
        """Evaluate `expectations` of one table, in their order."""
        results: dict[str, CheckResult] = {}
        accepted: dict[str, Expectation] = {}
        for item in expectations:
            try:
                _as_gx(suite, item)
                accepted[item.id] = item
            except (ValueError, GreatExpectationsError) as error:
                results[item.id] = not_evaluated(suite, item, f"Great Expectations refuses it: {_in_one_line(error)}")
        for check_id, finding, page in self._findings(suite, suite.table, list(accepted.values())):
            result = judged(suite, accepted[check_id], finding, observed.get(check_id))
            results[check_id] = replace(result, docs_url=page)
        return [results[item.id] for item in expectations]

    def build_docs(self) -> str:
        """Replace the site by the pages of this run, and return the index's address."""
        return _address(self._context.build_data_docs(site_names=[SITE])[SITE])

    def close(self) -> None:
        """Close every connection, so that the next writer gets the file."""
        self._source.get_execution_engine().close()
        self._source.get_engine().dispose()

    def _findings(
        self, suite: Suite, name: str, expectations: Sequence[Expectation]
    ) -> Iterator[tuple[str, Finding, str | None]]:
        """Yield check id, finding and Data Docs page of each expectation.

        A validation that breaks as a whole is repeated expectation by expectation, so that one does not hide others.
        """
        if not expectations:
            return
        try:
            validated = self._validate(suite, name, expectations)
        except Exception as error:  # whatever breaks in there is a failed check, never a crashed run
            if len(expectations) > 1:
                for item in expectations:
                    yield from self._findings(suite, f"{suite.table}.{item.id}", [item])
                return
            broken = {"raised_exception": True, "exception_message": f"{type(error).__name__}: {error}"}
            yield expectations[0].id, Finding(success=False, result={}, exception_info=broken), None
            return
        identifier = ValidationResultIdentifier(ExpectationSuiteIdentifier(name), self._run_id, validated.batch_id)
        page = self._page(identifier)
        queries = {item.id: item.query for item in expectations}
        for result in validated.results:
            check_id = str(result.expectation_config.meta["check_id"])
            found = dict(result.result)
            if queries.get(check_id) and not result.success:
                found["unexpected_rows"] = self._first_rows(str(filled(suite, queries[check_id])))
            yield check_id, Finding(bool(result.success), found, result.exception_info or {}), page

    def _first_rows(self, query: str) -> list[dict[str, Any]]:
        """Return some of a query's rows; what is wrong with the query is in the finding already."""
        escaped = query.replace(":", "\\:")  # a colon names a parameter
        with self._source.get_engine().connect() as connection, contextlib.suppress(sqlalchemy.exc.SQLAlchemyError):
            rows = connection.execute(sqlalchemy.text(f"select * from ({escaped}\n) limit {SAMPLE_ROWS}"))
            return [dict(row) for row in rows.mappings()]
        return []

    def _validate(self, suite: Suite, name: str, expectations: Sequence[Expectation]) -> Any:
        with warnings.catch_warnings():
            # A generic SQL source has no other place for a schema; one source serves the tables of all schemas.
            warnings.filterwarnings("ignore", message="`schema_name` is deprecated", category=DeprecationWarning)
            table = self._source.add_table_asset(name=name, table_name=suite.table_name, schema_name=suite.schema_name)
        definition = gx.ValidationDefinition(
            name=name,
            data=table.add_batch_definition_whole_table("all rows"),
            suite=self._context.suites.add(
                gx.ExpectationSuite(name=name, expectations=[_as_gx(suite, item) for item in expectations])
            ),
        )
        return self._context.validation_definitions.add(definition).run(
            run_id=self._run_id,
            result_format={
                # More would fetch every failing row: of a large table, all of its memory.
                "result_format": "SUMMARY",
                "return_unexpected_index_query": True,
                "unexpected_index_column_names": suite.key,
                "partial_unexpected_count": SAMPLE_ROWS,
            },
        )

    def _page(self, identifier: ValidationResultIdentifier) -> str:
        """Return the address of a page that `build_docs` will write."""
        (site,) = self._context.get_docs_sites_urls(identifier, site_name=SITE, only_if_exists=False)
        return _address(str(site["site_url"]))


def _address(unescaped: str) -> str:
    return Path(unescaped.removeprefix("file://")).as_uri()


def _as_gx(suite: Suite, expectation: Expectation) -> "GxExpectation":
    if expectation.query is None:
        kind, arguments = str(expectation.type), dict(expectation.kwargs)
    else:
        # Great Expectations puts a subquery for {batch}, and an alias after it unless the query has a JOIN: an alias of
        # the query's own would be a second one. The table's name needs none; the comment is for Great Expectations,
        # which asks for a {batch} in every query.
        sql = str(filled(suite, expectation.query)).replace("{", "{{").replace("}", "}}")
        kind, arguments = "unexpected_rows_expectation", {"unexpected_rows_query": f"{sql}\n/* {{batch}} */"}
    return ExpectationConfiguration(
        type=kind,
        kwargs=arguments,
        meta={"check_id": expectation.id},
        severity=_GX_SEVERITY[expectation.severity],  # type: ignore[arg-type]
        description=f"{expectation.sentence} ({expectation.severity}). {expectation.why}",
    ).to_domain_obj()


def _survey(
    database: Path, chosen: Sequence[tuple[Suite, Sequence[Expectation]]], *, memory_limit: str, threads: int
) -> tuple[dict[str, Scalar], dict[str, str]]:
    """Return observed values by check id, and for each table that is not there the sentence that says so."""
    observed: dict[str, Scalar] = {}
    missing: dict[str, str] = {}
    with open_read_only(database, memory_limit=memory_limit, threads=threads) as connection:
        tables = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
        ).fetchall()
        for suite, expectations in chosen:
            if (suite.table,) not in tables:
                missing[suite.table] = f"there is no table {suite.table} in {database.name}: run its model first"
                continue
            for item in expectations:
                if item.observe is not None:
                    observed[item.id] = _observe(connection, item.observe.format(batch=suite.table))
    return observed, missing


def _observe(connection: duckdb.DuckDBPyConnection, sql: str) -> Scalar:
    try:
        row = connection.execute(sql).fetchone()
    except duckdb.Error as error:
        return f"not known: {str(error).splitlines()[0]}"
    return scalar(row[0]) if row else None


def _in_one_line(error: Exception) -> str:
    details = getattr(error, "errors", None)
    if callable(details):
        return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in details())
    return " ".join(str(error).split())
