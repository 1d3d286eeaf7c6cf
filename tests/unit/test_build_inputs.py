"""A build is needed again when anything that it or its report depends on has changed, and not otherwise."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from orchestration.settings import Settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
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


@pytest.fixture
def installation(tmp_path: Path) -> Settings:
    """A project with one model, one suite, one KPI file, one template, and one source table that has landed."""
    for name, text in {
        "dbt_project/models/core/thing.sql": "select 1",
        "dbt_project/dbt_project.yml": "name: x",
        "expectations/suites/core.thing.yaml": "table: core.thing",
        "orchestration/kpis/dictionary/kpis.yaml": "kpis: []",
        "orchestration/reports/templates/report.html.j2": "<p>",
        "orchestration/defs/sources/shop/defs.yaml": DECLARATION,
        "files/sale.csv": "id\n1\n",
        "docs/page.md": "a page",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    installed = Settings(root=tmp_path, data_dir=tmp_path / "data")
    land(installed)
    return installed


def land(installed: Settings) -> None:
    for system in load_declarations(installed.declarations):
        for table in system.tables:
            land_table(system, table, RawLake(installed.raw_lake), installed.root)


def change_source(installed: Settings) -> None:
    (installed.root / "files" / "sale.csv").write_text("id\n1\n2\n", encoding="utf-8")
    land(installed)


def appending_to(name: str) -> Callable[[Settings], None]:
    def append(installed: Settings) -> None:
        with (installed.root / name).open("a", encoding="utf-8") as file:
            file.write("\n")

    return append


@pytest.mark.parametrize(
    "change",
    [
        appending_to("dbt_project/models/core/thing.sql"),
        appending_to("dbt_project/dbt_project.yml"),
        appending_to("expectations/suites/core.thing.yaml"),
        appending_to("orchestration/kpis/dictionary/kpis.yaml"),
        appending_to("orchestration/reports/templates/report.html.j2"),
        change_source,
    ],
    ids=["model", "dbt project", "suite", "dictionary", "report template", "new batch"],
)
def test_a_changed_input_is_another_build(installation: Settings, change: Callable[[Settings], None]) -> None:
    before = build_fingerprint(installation)
    change(installation)
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


def test_what_a_build_does_not_depend_on_does_not_count(installation: Settings) -> None:
    before = build_fingerprint(installation)
    appending_to("docs/page.md")(installation)
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
