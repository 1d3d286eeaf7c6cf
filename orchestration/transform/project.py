"""The dbt project of one company: a folder in its data that links to the product's models and to the company's.

Paths outside of the project would parse, too, but dbt writes compiled SQL below its target under the path of the source
file: with an absolute path it would overwrite the company's files. Links keep every path within the project.

What dbt must be told of the sources is written here from the company's declarations. A file is written only when its
text changes.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from orchestration.company.declaration import load_company
from orchestration.company.lists import list_files
from orchestration.company.table_definitions import CompanyTable
from orchestration.company.tables import company_tables
from orchestration.settings import Settings
from orchestration.sources.declaration.ready_systems import filled, ready_models
from orchestration.sources.declaration.systems import SourceSystem, load_declarations
from orchestration.sources.sql import identifier

_PRODUCT = ("dbt_project.yml", "profiles.yml", "models", "macros", "tests")
_COMPANY = ("models", "macros", "tests")
_GENERATED = "generated_models"
_GENERATED_TESTS = "generated_tests"
_PATTERN = frozenset("*?[")
_KEYS_ACROSS_FILES = (
    "A key occurs in two files of the table, or has a NULL; if the later file's row is to count, say load: append."
)


def project_folder(installation: Settings) -> Path:
    """Return the folder of the company's dbt project."""
    return installation.built / "dbt" / "project"


def lay_out_project(installation: Settings) -> None:
    """Link the product's and the company's files into the project and write the sources. Raises `DeclarationError`."""
    project = project_folder(installation)
    project.mkdir(parents=True, exist_ok=True)
    for name in _PRODUCT:
        _link(project / name, installation.dbt_project / name)
    for name in _COMPANY:
        _link(project / f"company_{name}", installation.company_dir / name)
    systems = load_declarations(installation.declarations)
    _write_ready_models(project / _GENERATED, systems)
    _write_key_tests(project / _GENERATED_TESTS, systems)
    sources = [_system(system) for system in systems]
    _write(project / _GENERATED / "_sources.yml", _text([*sources, _company(installation)]))


def project_files(installation: Settings) -> list[Path]:
    """Return the files that dbt parses, in order: what is linked as it is named in the project."""
    project = project_folder(installation)
    names = [*_PRODUCT, *(f"company_{name}" for name in _COMPANY), _GENERATED, _GENERATED_TESTS]
    found = (path for name in names for path in _files(project / name))
    return sorted(path for path in found if path.suffix in {".sql", ".yml", ".yaml", ".csv"})


def _files(place: Path) -> Iterable[Path]:
    # A link is not descended into unless it is resolved.
    return [place] if place.is_file() else place.resolve().rglob("*")


def _write_key_tests(generated: Path, systems: Iterable[SourceSystem]) -> None:
    """Write a test of the keys of each table that is several files in full: landing sees a file's keys by itself."""
    tables = {
        f"keys_of_{system.name}__{table.name}": (f"{system.name}.{table.name}", list(map(identifier, table.keys)))
        for system in systems
        for table in system.tables
        if table.keys and table.load == "full" and _PATTERN & set(table.files or "")
    }
    wanted = {
        generated / f"{name}.sql": f"{{{{ keys_are_unique({{{table!r}: {keys!r}}}) }}}}\n"
        for name, (table, keys) in tables.items()
    }
    if tables:
        described = [{"name": name, "description": _KEYS_ACROSS_FILES} for name in tables]
        wanted[generated / "_keys.yml"] = _as_yaml({"version": 2, "data_tests": described})
    _replace_files(generated, "*", wanted)


def _write_ready_models(generated: Path, systems: Iterable[SourceSystem]) -> None:
    """Write the models of the ready systems in use, named after the company's systems; those no longer in use go."""
    wanted: dict[Path, str] = {}
    for system in systems:
        for file in ready_models(system.ready) if system.ready else ():
            name = filled(file.name, system.name, system.entity or "")
            layer = "mapping" if name.startswith("map_") else "staging"
            wanted[generated / layer / system.name / name] = filled(
                file.read_text(encoding="utf-8"), system.name, system.entity or ""
            )
    _replace_files(generated, "*/*/*", wanted)


def _link(link: Path, target: Path) -> None:
    if link.is_symlink() and link.readlink() == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def _system(system: SourceSystem) -> dict[str, object]:
    return {
        "name": system.name,
        "description": system.description,
        "schema": "raw",
        "tables": [
            {
                "name": table.name,
                "identifier": f"{system.name}__{table.name}",
                "description": table.description,
                "meta": {"dagster": {"asset_key": ["raw", system.name, table.name]}},
            }
            for table in system.tables
        ],
    }


def declared_tables(installation: Settings) -> dict[str, CompanyTable]:
    """Return the tables of the schema `company` by name. Raises the errors of `load_company`."""
    lists = list_files(installation.company_dir)
    folder = installation.company_dir
    tables = {name: CompanyTable(f"{file.relative_to(folder)}, as text.", {}) for name, file in lists.items()}
    return tables | company_tables(load_company(folder))


def _company(installation: Settings) -> dict[str, object]:
    return {
        "name": "company",
        "description": "What the company declares in its folder.",
        "schema": "company",
        "tables": [
            {
                "name": name,
                "description": table.description,
                "columns": [{"name": column, "data_type": kind} for column, kind in table.columns.items()],
            }
            for name, table in declared_tables(installation).items()
        ],
    }


def _text(sources: Iterable[dict[str, object]]) -> str:
    return _as_yaml({"version": 2, "sources": list(sources)})


def _as_yaml(content: dict[str, object]) -> str:
    return yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)


def _replace_files(folder: Path, pattern: str, wanted: Mapping[Path, str]) -> None:
    for file in folder.glob(pattern):
        if file not in wanted:
            file.unlink()
    for file, text in wanted.items():
        _write(file, text)


def _write(file: Path, text: str) -> None:
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
