"""A company's expectation suites, checked with their lines: form, names, columns, types of expectations and queries.

The tables are those of the company's own models, as far as these are known, and the product's.
"""

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import duckdb
import yaml
from pydantic import ValidationError

from expectations.suites import Suite, load_suites
from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import LocatedYaml, read_yaml
from orchestration.folder.product_tables import product_columns
from orchestration.sources.sql import identifier

_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")
_OF_MODELS = "staging"
_Columns = Mapping[str, Mapping[str, str]]


def suite_faults(folder: Path, columns: Mapping[str, Mapping[str, str]], models: set[str]) -> list[Fault]:
    """Return what is wrong with the suites of a company's folder.

    `columns` are those of the company's models that are known, `models` the names of all of them.
    """
    faults: list[Fault] = []
    if not (files := sorted((folder / "suites").glob("*.yaml"))):
        return _unread(folder)
    tables = product_columns() | {f"{_OF_MODELS}.{name}": found for name, found in columns.items()}
    used = {expectation.id: "the product's suites" for suite in load_suites() for expectation in suite.expectations}
    with duckdb.connect() as connection:
        _create_tables(connection, tables)
        for file in files:
            try:
                document = read_yaml(file)
                suite = Suite.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
            except CompanyError as error:
                faults += error.faults
                continue
            except ValidationError as error:
                faults += document.faults(error, Suite, shows=lambda _, value: isinstance(value, str | int | float))
                continue
            faults += _faults(file, document, suite, tables, models)
            if suite.table in tables:
                faults += _query_faults(file, document, suite, connection)
            for number, expectation in enumerate(suite.expectations):
                if expectation.id in used:
                    line = document.line(("expectations", number, "id"))
                    where = f"in {used[expectation.id]}"
                    faults.append(Fault(file, line, f"id: {expectation.id} is used {where} too; ids are unique"))
                used.setdefault(expectation.id, file.name)
    return faults + _unread(folder)


def _unread(folder: Path) -> list[Fault]:
    return [
        Fault(file, None, "is not read: a suite's file ends in .yaml")
        for file in sorted((folder / "suites").glob("*.yml"))
    ]


def _faults(file: Path, document: LocatedYaml, suite: Suite, tables: _Columns, models: set[str]) -> Iterator[Fault]:
    if file.name != f"{suite.table}.yaml":
        yield Fault(
            file, document.line(("table",)), f"table: is {suite.table}, so the file is called {suite.table}.yaml"
        )
    for number, expectation in enumerate(suite.expectations):
        if expectation.type is not None and expectation.type not in _types():
            line = document.line(("expectations", number, "type"))
            known_types = "Great Expectations has no such type" + _close(expectation.type, _types())
            yield Fault(file, line, f"expectations.{number}.type: is {expectation.type}: {known_types}")
    if suite.schema_name == _OF_MODELS and suite.table_name not in models:
        yield Fault(file, document.line(("table",)), f"table: there is no model {suite.table_name} in models/")
        return
    known = tables.get(suite.table)
    if known is None:
        if suite.table_name not in models:
            what = "the product has no such table" + _close(suite.table, tables)
            yield Fault(file, document.line(("table",)), f"table: is {suite.table}: {what}")
        return
    for number, column in enumerate(suite.key):
        if column not in known:
            yield _unknown(file, document.line(("key", number)), suite, column, known)
    for number, expectation in enumerate(suite.expectations):
        for argument in _COLUMN_ARGUMENTS:
            named = expectation.kwargs.get(argument)
            if isinstance(named, str) and named not in known:
                place = ("expectations", number, "kwargs", argument)
                yield _unknown(file, document.line(place), suite, named, known)


def _query_faults(
    file: Path, document: LocatedYaml, suite: Suite, connection: duckdb.DuckDBPyConnection
) -> Iterator[Fault]:
    """Yield the queries that cannot run on tables of these columns."""
    for number, expectation in enumerate(suite.expectations):
        for argument in ("query", "observe"):
            text = getattr(expectation, argument)
            if text is None:
                continue
            try:
                connection.execute(f"explain {text.format(batch=suite.table)}")
            except duckdb.CatalogException:  # what else is in the warehouse is not known here
                continue
            except duckdb.Error as error:
                line = document.line(("expectations", number, argument))
                yield Fault(file, line, f"expectations.{number}.{argument}: {str(error).splitlines()[0]}")


def _create_tables(connection: duckdb.DuckDBPyConnection, tables: _Columns) -> None:
    for table, columns in tables.items():
        schema, name = map(identifier, table.split(".", 1))
        of = ", ".join(f"{identifier(column)} {kind}" for column, kind in columns.items())
        connection.execute(f"create schema if not exists {schema}; create table {schema}.{name} ({of})")


@cache
def _types() -> frozenset[str]:
    """Return the types of expectations that there are, without importing Great Expectations, which takes seconds."""
    package = find_spec("great_expectations")
    folder = Path(str(package.origin)).parent if package else Path()
    return frozenset(file.stem for file in (folder / "expectations" / "core").glob("expect_*.py"))


def _close(name: str, known: Iterable[str]) -> str:
    close = get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _unknown(file: Path, line: int, suite: Suite, column: str, known: Mapping[str, str]) -> Fault:
    return Fault(file, line, f"{suite.table_name} has no column {column}; it has: {', '.join(known)}")
