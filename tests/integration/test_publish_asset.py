"""The Dagster asset `published/mart`: it publishes what was checked, and fails with the reason otherwise."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.defs.publish.publish import CHECK_RESULT_FILES, PUBLISHED_MART, mart_descriptions, published_mart
from orchestration.settings import Settings, settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.status import print_publication
from orchestration.warehouse.connect import open_mart, open_warehouse

CHECK = {"check_id": "c", "engine": "dbt", "table_name": "kpi.kpi_value", "severity": "error", "failing_rows": 7}


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Give an installation with a built and checked warehouse."""
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    with open_warehouse() as connection:
        for table in (*set(mart_descriptions()), "finance.of_a_model_that_is_gone"):
            connection.execute(f"create schema if not exists {table.partition('.')[0]}")
            connection.execute(
                f"create table {table} as select range as id, 'KPI' as kpi_name, true as has_source from range(5)"
            )
    write_results(settings(), "pass")
    yield settings()
    settings.cache_clear()


def write_results(installation: Settings, status: str) -> None:
    folder = installation.data / "state"
    folder.mkdir(exist_ok=True)
    for name in CHECK_RESULT_FILES:
        (folder / name).write_text(json.dumps([{**CHECK, "status": status}]))


def materialize() -> dg.ExecuteInProcessResult:
    return dg.materialize([published_mart])


def metadata(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    [event] = result.asset_materializations_for_node(published_mart.op.name)
    return {name: value.value for name, value in event.metadata.items()}


def test_the_asset_publishes_and_says_what(installation):
    result = materialize()
    assert result.success
    found = metadata(result)
    with open_mart() as mart:
        [(publication_id, content_hash)] = mart.execute(
            "select publication_id, content_hash from meta.publication"
        ).fetchall()
        tables = {
            f"{schema}.{table}"
            for schema, table in mart.execute("select schema_name, table_name from duckdb_tables()").fetchall()
        }
    assert found["outcome"] == "published"
    assert (found["publication_id"], found["content_hash"]) == (publication_id, content_hash)
    assert set(mart_descriptions()) <= tables
    assert "finance.of_a_model_that_is_gone" not in tables
    assert found["dagster/row_count"] == 5 * len(set(mart_descriptions()))
    assert found["path"] == str(installation.published_mart)
    source_tables = [table for system in load_declarations(installation.declarations) for table in system.tables]
    assert found["checks_passed"] == len(CHECK_RESULT_FILES) + len(source_tables)


@pytest.mark.usefixtures("installation")
def test_the_asset_says_when_nothing_changed():
    first, second = metadata(materialize()), metadata(materialize())
    assert second["outcome"] == "unchanged"
    assert second["publication_id"] == first["publication_id"]


@pytest.mark.usefixtures("installation")
def test_every_declared_source_table_has_its_freshness():
    materialize()
    with open_mart() as mart:
        tables = mart.execute("select source_system, source_table from meta.source_freshness").fetchall()
    assert ("adventureworks_finance", "fact_finance") in tables


def test_rows_in_quarantine_are_a_warning_of_the_publication_and_of_what_is_printed(
    installation: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (system,) = (each for each in load_declarations(installation.declarations) if each.name == "adventureworks_erp")
    (vendor,) = (table for table in system.tables if table.name == "vendor")
    lines = (installation.company_dir / (system.root or "") / "Vendor.csv").read_text(encoding="utf-8").splitlines(True)
    (tmp_path / "Vendor.csv").write_text("".join([lines[0], "x" + lines[1], *lines[2:]]), encoding="utf-8")
    spoilt = system.model_copy(update={"root": str(tmp_path)})
    assert land_table(spoilt, vendor, RawLake(installation.raw_lake), installation.company_dir).rows_quarantined == 1
    assert metadata(materialize())["checks_warned"] == 1
    print_publication(installation)
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("⚠")]
    assert line.startswith(
        "⚠ adventureworks_erp.vendor: 1 row is in quarantine (Vendor.csv: 1); no figure counts it. "
        "`tieout quarantine adventureworks_erp.vendor` says why; "
    )


def blocked(found: Settings) -> None:
    write_results(found, "fail")


def unchecked(found: Settings) -> None:
    (found.data / "state" / CHECK_RESULT_FILES[0]).unlink()


def checked_before_it_was_built(found: Settings) -> None:
    built_at = found.warehouse.stat().st_mtime
    os.utime(found.data / "state" / CHECK_RESULT_FILES[1], (built_at - 1, built_at - 1))


def not_built(found: Settings) -> None:
    found.warehouse.unlink()


@pytest.mark.parametrize(
    ("what_is_wrong", "message"),
    [
        (blocked, "kpi.kpi_value.*7 failing rows"),
        (unchecked, "no check results"),
        (checked_before_it_was_built, "older than the warehouse"),
        (not_built, "no warehouse"),
    ],
)
def test_the_asset_fails_with_the_reason_without_a_retry_and_publishes_nothing(installation, what_is_wrong, message):
    what_is_wrong(installation)
    with pytest.raises(dg.Failure) as failure:
        dg.materialize([published_mart])
    assert re.search(message, failure.value.description)
    assert failure.value.allow_retries is False
    assert not installation.published_mart.exists()


def test_the_asset_shows_where_it_belongs():
    spec = published_mart.get_asset_spec(PUBLISHED_MART)
    assert spec.key == dg.AssetKey(["published", "mart"])
    assert spec.group_name == "publish"
    assert spec.kinds == {"duckdb"}
    assert spec.owners
    assert spec.description
