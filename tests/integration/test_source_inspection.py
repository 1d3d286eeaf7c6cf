"""`tieout source inspect` on exports of very different shape, and its drafts used as they are.

The drafts must land every row, load in Dagster, build in dbt, hold their own suites and pass the project's linter and rules.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from expectations.runner import run_suites
from expectations.suites import load_suites
from orchestration.settings import Settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import DeclarationError, MissingSourceError
from orchestration.sources.inspection.adding import write_drafts
from orchestration.sources.inspection.drafts import write_all
from orchestration.sources.inspection.found import FoundTable
from orchestration.sources.inspection.look import Inspection, inspect_source, page
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from tests.companies import PROJECT, made_company
from tests.integration.inspected_sources import ROWS, write_exports
from tests.model_rules import check_form, check_layer, described_models


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports") / "shop"
    write_exports(folder)
    return folder


@pytest.fixture(scope="module")
def found(exports: Path) -> Inspection:
    return inspect_source(str(exports), None, exports.parent)


def table(found: Inspection, name: str) -> FoundTable:
    return next(table for table in found.system.tables if table.name == name)


def declared(inspection: Inspection) -> SourceSystem:
    return SourceSystem.model_validate(yaml.safe_load(inspection.drafts[0].text)["attributes"])


def test_every_table_is_found_with_its_key_and_rows(found: Inspection) -> None:
    assert {t.name: (t.rows, t.key) for t in found.system.tables} == {
        "buchungen": (300, ("Belegnr",)),
        "orders": (400, ("order_id", "line")),
        "stock_levels": (300, ("Item No",)),
        "events": (200, ("id",)),
        "meter": (100, ("id",)),
        "budget": (36, ("Cost Center", "Month")),
        "rates": (3, ("currency",)),
    }
    assert [told.split(":")[0] for told in found.system.left_out] == ["plan.xlsx", "readme.pdf"]
    assert not any(t.unfit_rows for t in found.system.tables)


def test_how_each_file_is_written_is_declared(found: Inspection) -> None:
    assert {name: guess.value for name, guess in table(found, "buchungen").options.items()} == {
        "delimiter": ";",
        "encoding": "windows-1252",
        "decimal": ",",
        "thousands": ".",
        "date_format": "%d.%m.%Y",
    }
    stock = {name: guess.value for name, guess in table(found, "stock_levels").options.items()}
    assert stock == {"delimiter": "\t", "encoding": "utf-16", "date_format": "%m/%d/%Y"}
    assert {name: guess.value for name, guess in table(found, "budget").options.items()} == {
        "sheet": "Budget",
        "header_row": 3,
    }
    assert table(found, "orders").options["encoding"].value == "detect"
    assert found.system.max_age_hours.value == 48


def test_types_are_strict(found: Inspection) -> None:
    types = {t.name: {column.name: column.type for column in t.columns} for t in found.system.tables}
    assert types["buchungen"]["Konto"] == "VARCHAR"
    assert types["buchungen"]["Betrag"] == "DECIMAL(18, 2)"
    assert types["orders"]["ordered_at"] == "TIMESTAMP"
    assert types["stock_levels"] == {"Item No": "VARCHAR", "Store": "VARCHAR", "On Hand": "INTEGER", "Listed": "DATE"}
    assert types["budget"] == {"Cost Center": "VARCHAR", "Month": "DATE", "Amount": "DECIMAL(18, 2)"}
    assert types["events"]["is_paid"] == "BOOLEAN"
    assert types["meter"] == {
        "id": "INTEGER",
        "amount": "DECIMAL(18, 2)",
        "share": "DOUBLE",
        "read_date": "DATE",
        "sent_at": "TIMESTAMP",
    }


def test_files_that_add_to_each_other_and_files_that_repeat_the_table_are_told_apart(found: Inspection) -> None:
    assert (table(found, "orders").load.value, table(found, "orders").is_newest_file) == ("append", False)
    assert (table(found, "stock_levels").load.value, table(found, "stock_levels").is_newest_file) == ("full", True)
    assert any("each file repeats the table" in note for note in table(found, "stock_levels").notes)


def test_no_text_that_may_be_personal_is_in_any_draft(found: Inspection) -> None:
    drafted = "\n".join([page(found), *(draft.text for draft in found.drafts)])
    assert "Person 1" not in drafted
    assert "Erlöse" not in drafted
    assert "TODO" not in drafted


def test_landing_with_the_draft_lands_every_row(found: Inspection, exports: Path, tmp_path: Path) -> None:
    system = declared(found)
    for t in system.tables:
        result = land_table(system, t, RawLake(tmp_path / "lake"), exports.parent)
        assert result.rows_quarantined == 0
        assert result.row_count == table(found, t.name).rows
        assert result.warnings == []


def test_what_would_be_quarantined_is_said_and_is_what_landing_quarantines(tmp_path: Path) -> None:
    lines = [f"{n};{n % 28 + 1:02d}.01.2014;{n},50" for n in range(100)]
    lines[40] = "40;31.02.2014;40,50"
    lines[41] = "41;01.01.2014"
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "sales.csv").write_text("\n".join(["id;day;amount", *lines]) + "\n", encoding="utf-8")
    found = inspect_source(str(tmp_path / "exports"), None, tmp_path)
    told = found.system.tables[0].unfit_rows
    assert told == (
        "1 row: column day does not fit its type, first in sales.csv, line 42",
        "1 row: the line has too few fields, first in sales.csv, line 43",
    )
    assert all(sentence in page(found) and sentence in found.drafts[0].text for sentence in told)
    system = declared(found)
    result = land_table(system, system.tables[0], RawLake(tmp_path / "lake"), tmp_path)
    assert (result.row_count, result.rows_quarantined) == (98, 2)


def test_a_big_file_is_looked_at_in_part_and_the_rest_lands_too(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    lines = [f'{n},"text, with\nlines {n}",{n * 0.5}' for n in range(60_000)]
    (folder / "big.csv").write_text("\n".join(["id,text,amount", *lines]) + "\n", encoding="utf-8")
    found = inspect_source(str(folder), None, tmp_path, sample_mb=1)
    assert not found.system.tables[0].is_whole
    assert 10_000 < found.system.tables[0].rows < 60_000
    assert not found.system.tables[0].unfit_rows
    system = declared(found)
    result = land_table(system, system.tables[0], RawLake(tmp_path / "lake"), tmp_path)
    assert (result.row_count, result.rows_quarantined) == (60_000, 0)


def test_files_elsewhere_are_to_be_copied_first(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="Copy some of them to a folder"):
        inspect_source("s3://bucket/exports", "erp", tmp_path)


def test_a_relative_path_is_found_from_where_one_stands(
    exports: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exports.parent)
    found = inspect_source("shop/Buchungen.csv", None, exports.parent)
    assert found.system.place["root"].value == "shop"
    assert [t.rows for t in found.system.tables] == [300]
    elsewhere = inspect_source("shop", "erp", tmp_path, only=["daily/*"])
    assert elsewhere.system.place["root"].value == str(exports)
    assert [t.name for t in elsewhere.system.tables] == ["orders"]


def test_a_source_is_not_changed_by_looking(exports: Path, tmp_path: Path) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in exports.rglob("*")}
    inspect_source(str(exports), None, tmp_path, sample_mb=1)
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ctime_ns) for path in exports.rglob("*")} == before


@pytest.mark.parametrize(
    ("files", "told"),
    [
        ({}, "no file here can be landed"),
        ({"a.pdf": "x"}, "a.pdf: a document, not data"),
        ({"a.csv": ""}, "a.csv is empty"),
        ({"a.csv": "Sales of the week\nin euros\nid;amount\n1;2\n2;3\n"}, "at its top have another number of fields"),
        ({"a.csv": "id,id\n1,2\n"}, "both named 'id'"),
        ({"a.json": '[{"id": 1}, {"id":'}, "a.json, line 1"),
    ],
)
def test_what_cannot_be_landed_is_said_with_the_reason(files: dict[str, str], told: str, tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(MissingSourceError, match=told):
        inspect_source(str(folder), None, tmp_path)


@pytest.mark.parametrize("indent", [None, 2])
def test_the_list_that_an_object_wraps_is_found(indent: int | None, tmp_path: Path) -> None:
    answer = {"status": "ok", "result": {"page": 1, "items": [{"id": n, "price": n + 0.5} for n in range(9)]}}
    (tmp_path / "items.json").write_text(json.dumps(answer, indent=indent), encoding="utf-8")
    found = inspect_source(str(tmp_path / "items.json"), "shop", tmp_path)
    (items,) = found.system.tables
    assert (items.rows, items.options["path"].value) == (9, "result.items")
    system = declared(found)
    assert land_table(system, system.tables[0], RawLake(tmp_path / "lake"), tmp_path).row_count == 9


def test_a_file_without_a_header_gets_numbered_columns(tmp_path: Path) -> None:
    (tmp_path / "plain.csv").write_text("1,2014-01-01,5.5\n2,2014-01-02,6.5\n", encoding="utf-8")
    found = inspect_source(str(tmp_path / "plain.csv"), "erp", tmp_path)
    assert [column.name for column in found.system.tables[0].columns] == ["column_1", "column_2", "column_3"]
    assert found.system.tables[0].rows == 2


def test_drafts_are_written_all_or_none_and_never_over_a_file(found: Inspection, tmp_path: Path) -> None:
    (there,) = write_all(found.drafts[-1:], tmp_path)
    with pytest.raises(DeclarationError, match="already there, and nothing is overwritten"):
        write_drafts(found.system, tmp_path)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [there]


@pytest.fixture(scope="module")
def company(exports: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company into whose folder the drafts were written by the command."""
    folder = made_company(tmp_path_factory.mktemp("companies") / "shop")
    outcome = of_company(folder, "orchestration.cli", "source", "inspect", str(exports), "--name", "shop", "--write")
    assert outcome.returncode == 0, outcome.stderr
    assert f"wrote {folder / 'sources/shop/defs.yaml'}" in outcome.stdout
    return folder


def of_company(company: Path, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
    own = {"TIEOUT_COMPANY": str(company), "TIEOUT_DATA_DIR": str(company / "data"), "TIEOUT_SETTLE_SECONDS": "0"}
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=PROJECT,
        env=kept | own,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_the_drafts_are_where_a_company_has_them_and_nowhere_else(company: Path, found: Inspection) -> None:
    models = [f"models/staging/shop/stg_shop__{table.name}.sql" for table in found.system.tables]
    suites = [f"suites/staging.stg_shop__{table.name}.yaml" for table in found.system.tables]
    drafts = {"sources/shop/defs.yaml", "models/staging/shop/_shop__models.yml", *models, *suites}
    assert {str(path.relative_to(company)) for path in company.rglob("*") if path.is_file()} == {
        "company.yaml",
        *drafts,
    }


def test_the_drafts_build_in_dbt_and_hold_their_own_suites(company: Path) -> None:
    landed = of_company(company, "orchestration.cli", "land")
    assert landed.returncode == 0, landed.stderr
    built = of_company(company, "orchestration.cli", "dbt", "build", "--select", "path:company_models/staging/shop")
    assert built.returncode == 0, built.stdout + built.stderr
    assert "PASS=7 WARN=0 ERROR=0" in built.stdout
    installation = Settings(company=company, data_dir=company / "data")
    with duckdb.connect(str(installation.warehouse), read_only=True) as warehouse:
        for name, rows in ROWS.items():
            assert warehouse.execute(f"SELECT count(*) FROM staging.stg_shop__{name}").fetchone() == (rows,), name
    suites = [suite for suite in load_suites(company=company / "suites") if suite.table.startswith("staging.")]
    assert len(suites) == len(ROWS)
    results = run_suites(installation.warehouse, suites, installation.data_docs)
    assert len(results) > 40
    assert [result.message for result in results if not result.passed] == []


def test_the_drafts_load_in_dagster_and_pass_the_linter_and_the_rules(company: Path) -> None:
    graph = of_company(company, "tests.integration.asset_graph", "show")
    assert graph.returncode == 0, graph.stderr
    assert "sources_shop: raw/shop/buchungen <- nothing" in graph.stdout
    assert "staging: staging/stg_shop__orders <- raw/shop/orders" in graph.stdout
    linted = of_company(company, "tests.lint_sql", "lint", str(company), "company_models")
    assert linted.returncode == 0, linted.stdout
    assert "All Finished" in linted.stdout
    models = company / "models"
    for file in models.rglob("*.sql"):
        check_form(file, described_models(models))
        check_layer(file)
