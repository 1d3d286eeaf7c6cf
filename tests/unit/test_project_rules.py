"""The rules that keep the project simple, read from its files."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.companies import PROJECT
from tests.model_rules import check_form, check_layer, check_mapping, described_models, models_with_tested_keys

MODELS = PROJECT / "dbt_project" / "models"
COMPANIES = sorted(file.parent for file in (PROJECT / "companies").glob("*/company.yaml"))
FOLDERS = [MODELS, *(company / "models" for company in COMPANIES)]
MODEL_FILES = [(file, folder) for folder in FOLDERS for file in sorted(folder.rglob("*.sql"))]
PRODUCT_FOLDERS = ("orchestration", "dbt_project", "expectations", "systems")
SIMULATOR = PROJECT / "orchestration" / "simulation"


def name_of(value: Path) -> str:
    return value.stem if value.suffix == ".sql" else value.parent.name


@pytest.mark.parametrize(("file", "folder"), MODEL_FILES, ids=name_of)
def test_a_model_opens_with_its_grain_and_has_a_description(file: Path, folder: Path) -> None:
    check_form(file, described_models(folder))


def test_every_model_of_the_product_has_a_tested_key() -> None:
    """A mapping is part of the core model that it fills; one part of a union has the key of the whole.

    The lines of the trial balance are a view that is computed for whoever traces a figure, and no run reads it whole.
    Rows out of place are those of every mapping, whose keys are tested where they are in core.
    """
    tested = models_with_tested_keys(PROJECT / "dbt_project" / "tests" / "keys")
    kept = [file for file in MODELS.rglob("*.sql") if "mapping" not in file.parts]
    untested = {file.stem for file in kept} - tested - {"trial_balance_line", "row_out_of_place"}
    parts = {"stock_from_movements": "stock_balance", "tie_out_": "tie_out", "measure_": "operations_measure"}
    assert {name for name in untested if not name.startswith(tuple(parts))} == set()
    assert set(parts.values()) <= tested


@pytest.mark.parametrize("file", [file for file, _ in MODEL_FILES], ids=name_of)
def test_a_mart_reads_core_and_core_what_companies_supply(file: Path) -> None:
    check_layer(file)


@pytest.mark.parametrize("file", [file for file, _ in MODEL_FILES if "mapping" in file.parts], ids=name_of)
def test_a_mapping_reads_staging_and_no_model_of_the_product(file: Path) -> None:
    check_mapping(file)


def test_marts_enforce_their_contracts() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["models"]["tieout"]["marts"]["+contract"] == {"enforced": True}
    for model in described_models(MODELS).values():
        source = next(file for file, _ in MODEL_FILES if file.stem == model["name"])
        if "marts" in source.parts:
            assert all(column["data_type"] and column["description"] for column in model["columns"])


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_money_is_never_floating_point(folder: Path) -> None:
    for model in described_models(folder).values():
        for column in model.get("columns", []):
            assert column.get("data_type", "") not in {"double", "float", "real"}, (model["name"], column["name"])


def test_imports_run_one_way() -> None:
    outcome = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout


def test_dagsters_private_modules_are_imported_by_the_storage_only() -> None:
    """Dagster has no public name for its storage; its own dagster.yaml names the private one."""
    files = (PROJECT / "orchestration").rglob("*.py")
    private = [file.name for file in files if re.search(r"(from|import) dagster\._", file.read_text(encoding="utf-8"))]
    assert private == ["run_storage.py"]


@pytest.mark.parametrize("schema", ["finance", "kpi", "operations", "meta"])
def test_the_published_contract_names_every_column(schema: str) -> None:
    page = (PROJECT / "docs" / "published-mart.md").read_text(encoding="utf-8")
    section = page.split(f"## `{schema}`")[1].split("\n## ")[0]
    models = yaml.safe_load((MODELS / "marts" / schema / f"_{schema}__models.yml").read_text(encoding="utf-8"))[
        "models"
    ]
    for model in models:
        source = (MODELS / "marts" / schema / f"{model['name']}.sql").read_text(encoding="utf-8")
        alias = re.search(r"alias='(\w+)'", source)
        table = alias.group(1) if alias else model["name"]
        row = next(line for line in section.splitlines() if line.startswith(f"| `{table}` "))
        assert [column["name"] for column in model["columns"] if f"`{column['name']}`" not in row] == [], table


def product_files() -> Iterator[tuple[Path, str]]:
    """Give each text file of the product, without the simulator, whose business it is to make a company."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PRODUCT_FOLDERS],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        file = PROJECT / name
        if SIMULATOR not in file.parents and file.is_file():
            yield file, file.read_text(encoding="utf-8")


def names_of(company: Path) -> set[str]:
    """Return what names a company: its folder, its own name and its group's, its systems, and the ids of its entities."""
    declared = yaml.safe_load((company / "company.yaml").read_text(encoding="utf-8"))
    systems = {folder.name for folder in (company / "sources").iterdir()}
    entities = [declared["group"], *declared["entities"]]
    return {company.name, declared["name"], declared["group"]["name"], *systems, *(one["id"] for one in entities)}


def test_the_product_names_no_company() -> None:
    names = {name for company in COMPANIES for name in names_of(company)} - {"simulated"}
    # The second demo's system is called as the simulator's command speaks of it: what is looked for is its use as a name.
    words = [*map(re.escape, names), "adventure[ _-]?works", "tarnvale", r"_simulated\b", "simulated__", "'simulated'"]
    words += ["bikes?", "resellers?"]  # what a demo sells, and to whom
    named = re.compile(rf"\b(?:{'|'.join(words)})(?![a-z0-9])|tieout_demo|demo (?:company|companies)", re.IGNORECASE)
    files = list(product_files())
    assert len(files) > 250
    found = [
        f"{file.relative_to(PROJECT)}:{number}: {line.strip()}"
        for file, text in files
        for number, line in enumerate([file.name, *text.splitlines()])
        if named.search(line)
    ]
    assert found == []


def test_a_company_says_what_it_is_in_its_own_folder_only() -> None:
    assert {company.name for company in COMPANIES} == {"adventureworks", "tarnvale"}
    for company in COMPANIES:
        others = {name for other in COMPANIES if other != company for name in (other.name, f"companies/{other.name}")}
        for file in company.rglob("*"):
            if file.suffix in {".sql", ".yml", ".yaml"} and not {"data", "files"} & set(
                file.relative_to(company).parts
            ):
                text = file.read_text(encoding="utf-8").lower()
                assert not [name for name in others if name in text], file
