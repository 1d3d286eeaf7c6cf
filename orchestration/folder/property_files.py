"""The YAML files beside a company's models and tests, and its tests' SQL: that what they name is there."""

import re
from collections.abc import Iterator
from pathlib import Path

from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import read_yaml
from orchestration.folder.model_sql import ModelTrial
from orchestration.folder.places import line_of


def property_faults(folder: Path, models: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with `*.yml` files of models/ and tests/."""
    tests = {file.stem for file in (folder / "tests").rglob("*.sql")}
    for file in sorted([*(folder / "models").rglob("*.y*ml"), *(folder / "tests").rglob("*.y*ml")]):
        try:
            document = read_yaml(file)
        except CompanyError as error:
            yield from error.faults
            continue
        content = document.value if isinstance(document.value, dict) else {}
        if "sources" in content:
            line = document.line(("sources",))
            yield Fault(file, line, "sources: dbt's sources are written from sources/*/defs.yaml; take them out here")
        for key, there, kind in (("models", models, "model"), ("data_tests", tests, "test")):
            for number, entry in enumerate(content.get(key) or []):
                name = entry.get("name") if isinstance(entry, dict) else None
                if name is not None and name not in there:
                    line = document.line((key, number, "name"))
                    yield Fault(file, line, f"name: there is no {kind} {name} in {key.removeprefix('data_')}/")


def singular_test_faults(folder: Path, trial: ModelTrial, known: set[str]) -> Iterator[Fault]:
    """Yield what is wrong with the Jinja of a company's own tests; their SQL reads core and marts, not tried here."""
    for file in sorted((folder / "tests").rglob("*.sql")):
        faults, refs = trial.rendered(file)
        yield from faults
        for name in dict.fromkeys(refs):
            if name not in known:
                line = line_of(file, rf"ref\(.*?['\"]{re.escape(name)}['\"]")
                yield Fault(file, line, f"ref('{name}'): there is no such model")
