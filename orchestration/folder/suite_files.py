"""A company's expectation suites, checked with their lines: form, names, and columns of the company's own models."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import yaml
from pydantic import ValidationError

from expectations.suites import Suite, load_suites
from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import LocatedYaml, read_yaml

_COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


def suite_faults(folder: Path, columns: Mapping[str, Mapping[str, str]], models: set[str]) -> list[Fault]:
    """Return what is wrong with the suites of a company's folder.

    `columns` are those of the company's models that are known, `models` the names of all of them.
    """
    faults: list[Fault] = []
    used = {expectation.id: "the product's suites" for suite in load_suites() for expectation in suite.expectations}
    for file in sorted((folder / "suites").glob("*.yaml")):
        try:
            document = read_yaml(file)
            suite = Suite.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
        except CompanyError as error:
            faults += error.faults
            continue
        except ValidationError as error:
            faults += document.faults(error, Suite, shows=lambda _, value: isinstance(value, str | int | float))
            continue
        faults += _faults(file, document, suite, columns, models)
        for number, expectation in enumerate(suite.expectations):
            if expectation.id in used:
                line = document.line(("expectations", number, "id"))
                where = f"in {used[expectation.id]}"
                faults.append(Fault(file, line, f"id: {expectation.id} is used {where} too; ids are unique"))
            used.setdefault(expectation.id, file.name)
    faults += [
        Fault(file, None, "is not read: a suite's file ends in .yaml")
        for file in sorted((folder / "suites").glob("*.yml"))
    ]
    return faults


def _faults(
    file: Path, document: LocatedYaml, suite: Suite, columns: Mapping[str, Mapping[str, str]], models: set[str]
) -> Iterator[Fault]:
    if file.name != f"{suite.table}.yaml":
        yield Fault(
            file, document.line(("table",)), f"table: is {suite.table}, so the file is called {suite.table}.yaml"
        )
    if suite.schema_name != "staging":
        return
    if suite.table_name not in models:
        yield Fault(file, document.line(("table",)), f"table: there is no model {suite.table_name} in models/")
        return
    known = columns.get(suite.table_name)
    if known is None:
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


def _unknown(file: Path, line: int, suite: Suite, column: str, known: Mapping[str, str]) -> Fault:
    return Fault(file, line, f"{suite.table_name} has no column {column}; it has: {', '.join(known)}")
