"""A past can be rebuilt beside the present: from the batches known then, in a folder of its own, landing nothing."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from orchestration.components.source_system import raw_asset_key, source_system_assets
from orchestration.refresh import dagster_instance
from orchestration.settings import Settings, settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.warehouse.as_of import as_of_time, require_known
from orchestration.warehouse.errors import AsOfRefused
from orchestration.warehouse.freshness import source_freshness


@pytest.fixture
def system(tmp_path: Path) -> SourceSystem:
    tables = [
        {"name": name, "description": "x", "files": f"{name}.csv", "format": "csv", "columns": {"n": "INTEGER"}}
        for name in ("a", "b")
    ]
    said = {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g", "root": str(tmp_path)}
    return SourceSystem.model_validate({**said, "max_age_hours": 24, "tables": tables})


def land(system: SourceSystem, name: str, content: str) -> datetime:
    """Land one table and return a moment after it."""
    Path(system.root, f"{name}.csv").write_text(content)
    table = next(table for table in system.tables if table.name == name)
    land_table(system, table, RawLake(settings().raw_lake), settings().company_dir)
    return datetime.now(UTC)


def rebuild_at(moment: datetime, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("TIEOUT_AS_OF", moment.isoformat())
    settings.cache_clear()
    return settings()


def test_all_that_a_rebuilt_past_writes_is_in_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    now = settings()
    then = rebuild_at(datetime(2014, 1, 15, tzinfo=UTC), monkeypatch)
    assert then.raw_lake == now.raw_lake
    own = now.data / "as_of" / "20140115T000000.000000Z"
    for path in (then.warehouse, then.published_mart, then.reports, then.data_docs, then.state):
        assert path.is_relative_to(own)
    monkeypatch.setenv("DAGSTER_HOME", str(now.data / "dagster"))
    with dagster_instance(then) as instance:
        assert Path(instance.root_directory) == own / "dagster"


def test_the_same_moment_in_two_zones_is_the_same_past() -> None:
    utc, paris = as_of_time("2014-01-15T00:00Z"), as_of_time("2014-01-15T01:00+01:00")
    assert Settings(as_of=utc).built == Settings(as_of=paris).built


def test_the_raw_assets_of_a_rebuilt_past_report_what_was_known_and_land_nothing(
    system: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    then = land(system, "a", "n\n1\n")
    land(system, "a", "n\n1\n2\n")
    land(system, "b", "n\n1\n")
    Path(system.root, "a.csv").write_text("n\n1\n2\n3\n")
    installation = rebuild_at(then, monkeypatch)
    before = sorted(installation.raw_lake.rglob("*"))
    result = dg.materialize([source_system_assets(system)], raise_on_error=False)
    assert result.success
    rows = {
        event.asset_key: event.metadata["dagster/row_count"].value
        for event in result.asset_materializations_for_node("land_erp")
    }
    assert rows == {raw_asset_key("erp", "a"): 1, raw_asset_key("erp", "b"): 0}
    assert sorted(installation.raw_lake.rglob("*")) == before


def test_the_sources_of_a_rebuilt_past_are_not_late(system: SourceSystem) -> None:
    then = land(system, "a", "n\n1\n")
    land(system, "a", "n\n1\n2\n")
    lake = RawLake(settings().raw_lake)
    table = source_freshness(lake, [system], as_of=then)[0]
    assert (table.row_count, table.is_fresh(then + timedelta(days=900))) == (1, None)
    assert source_freshness(lake, [system])[0].row_count == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("yesterday", r"^'yesterday' is not a time\. Write it as 2014-01-15T00:00Z\.$"),
        ("2014-02-31T00:00Z", r"is not a time"),
        ("2014-01-15T00:00", r"^2014-01-15T00:00 has no time zone\. Say which is meant: 2014-01-15T00:00Z"),
        ("2014-01-15", r"has no time zone"),
    ],
)
def test_what_is_not_a_time_with_zone_is_refused(text: str, message: str) -> None:
    with pytest.raises(AsOfRefused, match=message):
        as_of_time(text)


def test_a_time_of_which_nothing_can_be_known_is_refused(system: SourceSystem) -> None:
    lake, now = RawLake(settings().raw_lake), datetime.now(UTC)
    with pytest.raises(AsOfRefused, match=r"nothing has landed yet\. Run `tieout run` first\.$"):
        require_known(now, lake, [system], now)
    land(system, "b", "n\n1\n")
    first = lake.first_known_at("erp", "b")
    assert first is not None
    land(system, "b", "n\n2\n")
    last = land(system, "a", "n\n1\n")
    require_known(first, lake, [system], last)
    with pytest.raises(AsOfRefused, match=rf"the first batch became known at {first:%Y-%m-%dT%H:%M:%S}"):
        require_known(first - timedelta(microseconds=1), lake, [system], last)
    with pytest.raises(AsOfRefused, match=r"is in the future; now is"):
        require_known(last + timedelta(seconds=1), lake, [system], last)
