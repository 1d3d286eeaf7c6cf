"""The rules that keep the project simple, read from its files."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
MODELS = PROJECT / "dbt_project" / "models"
MODEL_FILES = sorted(MODELS.rglob("*.sql"))


def described_models() -> dict[str, dict[str, object]]:
    return {
        model["name"]: model
        for file in MODELS.rglob("*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
    }


@pytest.mark.parametrize("file", MODEL_FILES, ids=lambda file: file.stem)
def test_a_model_opens_with_its_grain_and_has_a_description_and_a_tested_key(file: Path) -> None:
    assert re.search(r"^-- Grain: one row per .+", file.read_text(encoding="utf-8"), re.MULTILINE)
    model = described_models()[file.stem]
    assert model["description"]
    if "mapping" in file.parts:
        return  # part of the core model that it fills, whose key is tested
    tests = [next(iter(test)) for test in model.get("data_tests", []) if isinstance(test, dict)]  # type: ignore[attr-defined]
    assert "unique_key" in tests


@pytest.mark.parametrize("file", MODEL_FILES, ids=lambda file: file.stem)
def test_a_mart_reads_core_and_core_what_companies_supply(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    if "marts" in file.parts:
        assert "ref('stg_" not in text
        assert re.findall(r"source\('(\w+)'", text) in ([], *[["dictionary"] * count for count in range(1, 9)])
    if "staging" in file.parts:
        assert "ref(" not in text
    if "core" in file.parts:
        assert "ref('stg_" not in text
        assert "ref('map_" not in text


def test_marts_enforce_their_contracts() -> None:
    project = yaml.safe_load((PROJECT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["models"]["tieout"]["marts"]["+contract"] == {"enforced": True}
    for model in described_models().values():
        source = next(file for file in MODEL_FILES if file.stem == model["name"])
        if "marts" in source.parts:
            assert all(column["data_type"] and column["description"] for column in model["columns"])  # type: ignore[attr-defined]


def test_money_is_never_floating_point() -> None:
    for model in described_models().values():
        for column in model.get("columns", []):  # type: ignore[attr-defined]
            assert column.get("data_type", "") not in {"double", "float", "real"}, (model["name"], column["name"])


def test_imports_run_one_way() -> None:
    outcome = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert outcome.returncode == 0, outcome.stdout


def test_dagsters_private_modules_are_not_imported() -> None:
    for file in (PROJECT / "orchestration").rglob("*.py"):
        assert not re.search(r"(from|import) dagster\._", file.read_text(encoding="utf-8")), file


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
