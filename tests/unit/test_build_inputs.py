"""A build is needed again when anything that it or its report depends on has changed, and not otherwise."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.transform import inputs
from orchestration.transform.inputs import (
    build_fingerprint,
    is_completed,
    record_built,
    record_completed,
    record_published,
)

DECLARATION = """type: orchestration.components.SourceSystemComponent
attributes:
  name: shop
  description: A shop.
  owners: [team:shop]
  group: sources_shop
  root: files
  tables:
    - {name: sale, description: Sales., files: sale.csv, format: csv, columns: {id: INTEGER}}
"""
COMPANY = """name: X
group: {currency: EUR}
calendars:
  own: {kind: own, file: calendar/closing_days.csv}
entities:
  - {id: A, name: A, calendar: own}
"""


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A product with a file of each kind, and a company with one source table that has landed, beside another company."""
    for name, text in {
        "product/dbt_project/models/core/thing.sql": "select 1",
        "product/dbt_project/dbt_project.yml": "name: x",
        "product/expectations/suites/core.thing.yaml": "table: core.thing",
        "product/orchestration/kpis/dictionary/kpis.yaml": "kpis: []",
        "product/orchestration/reports/templates/report.html.j2": "<p>",
        "product/orchestration/simulation/simulate.py": "pass",
        "product/orchestration/simulation/books/tables.yaml": "tables: []",
        "product/systems/ledgers/models/ledger.sql": "select 1",
        "product/docs/page.md": "a page",
        "company/company.yaml": COMPANY,
        "company/calendar/closing_days.csv": "period_id,fiscal_year,fiscal_period,starts_on,ends_on\n",
        "company/accounts.csv": "account_code\n0870\n",
        "company/lists/territory.csv": "territory\nnorth\n",
        "company/models/mapping/map_shop__thing.sql": "select 1",
        "company/macros/sign.sql": "{% macro sign() %}1{% endmacro %}",
        "company/tests/assert_thing.sql": "select 1",
        "company/suites/core.own.yaml": "table: core.own",
        "company/kpis/caveats.yaml": "{}",
        "company/sources/shop/defs.yaml": DECLARATION,
        "company/files/sale.csv": "id\n1\n",
        "company/files/README.md": "What the files are.",
        "neighbour/company.yaml": "name: y",
        "neighbour/models/mapping/map_shop__thing.sql": "select 2",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(inputs, "PRODUCT", tmp_path / "product")
    installed = Settings(company=tmp_path / "company", data_dir=tmp_path / "company" / "data")
    land(installed)
    return installed


def land(installed: Settings) -> None:
    for system in load_declarations(installed.declarations):
        for table in system.tables:
            land_table(system, table, RawLake(installed.raw_lake), installed.company_dir)


def change_source(installed: Settings) -> None:
    (installed.company_dir / "files" / "sale.csv").write_text("id\n1\n2\n", encoding="utf-8")
    land(installed)


def append_to(name: str, installed: Settings) -> None:
    with (installed.company_dir.parent / name).open("a", encoding="utf-8") as file:
        file.write("\n")


@pytest.mark.parametrize(
    "file",
    [
        "product/dbt_project/models/core/thing.sql",
        "product/dbt_project/dbt_project.yml",
        "product/expectations/suites/core.thing.yaml",
        "product/orchestration/kpis/dictionary/kpis.yaml",
        "product/orchestration/reports/templates/report.html.j2",
        "product/systems/ledgers/models/ledger.sql",
        "company/company.yaml",
        "company/accounts.csv",
        "company/lists/territory.csv",
        "company/calendar/closing_days.csv",
        "company/models/mapping/map_shop__thing.sql",
        "company/macros/sign.sql",
        "company/tests/assert_thing.sql",
        "company/suites/core.own.yaml",
        "company/kpis/caveats.yaml",
        "company/sources/shop/defs.yaml",
    ],
)
def test_a_changed_file_of_product_or_company_is_another_build(installation: Settings, file: str) -> None:
    before = build_fingerprint(installation)
    append_to(file, installation)
    assert build_fingerprint(installation) != before


def test_a_new_batch_is_another_build(installation: Settings) -> None:
    before = build_fingerprint(installation)
    change_source(installation)
    assert build_fingerprint(installation) != before


def test_a_rebuilt_past_is_another_build_of_the_batches_known_then(installation: Settings) -> None:
    then = datetime.now(UTC)
    past = installation.model_copy(update={"as_of": then})
    before = build_fingerprint(past)
    assert before != build_fingerprint(installation)
    change_source(installation)
    assert build_fingerprint(past) == before
    later = installation.model_copy(update={"as_of": datetime.now(UTC)})
    assert build_fingerprint(later) != before


@pytest.mark.parametrize(
    "file",
    [
        "product/docs/page.md",
        "product/orchestration/simulation/simulate.py",
        "product/orchestration/simulation/books/tables.yaml",
        "company/files/README.md",
        "neighbour/company.yaml",
        "neighbour/models/mapping/map_shop__thing.sql",
    ],
)
def test_what_a_build_does_not_depend_on_does_not_count(installation: Settings, file: str) -> None:
    before = build_fingerprint(installation)
    append_to(file, installation)
    assert build_fingerprint(installation) == before


def test_landing_again_what_has_landed_does_not_count(installation: Settings) -> None:
    before = build_fingerprint(installation)
    land(installation)
    assert build_fingerprint(installation) == before


def test_a_build_is_complete_only_while_its_mart_and_its_report_are_there(installation: Settings) -> None:
    report = installation.reports / "report.html"
    for file in (installation.published_mart, report):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("there", encoding="utf-8")
    assert not is_completed(installation, "a")
    record_built(installation, "a")
    record_published(installation)
    record_completed(installation, report)
    assert is_completed(installation, "a")
    assert not is_completed(installation, "b")
    report.unlink()
    assert not is_completed(installation, "a")
    report.write_text("there", encoding="utf-8")
    installation.published_mart.unlink()
    assert not is_completed(installation, "a")


def test_a_report_of_the_old_mart_does_not_complete_a_build_that_was_not_published(installation: Settings) -> None:
    report = installation.reports / "report.html"
    for file in (installation.published_mart, report):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("there", encoding="utf-8")
    record_built(installation, "old")
    record_published(installation)
    record_built(installation, "new")
    record_completed(installation, report)
    assert is_completed(installation, "old")
    assert not is_completed(installation, "new")


def test_an_unreadable_record_means_that_the_build_is_needed(installation: Settings) -> None:
    (installation.state).mkdir(parents=True, exist_ok=True)
    (installation.state / "completed.json").write_text("{", encoding="utf-8")
    assert not is_completed(installation, "a")
