"""Files of the product's own that are damaged: damage is told or mended, and never read as if it were data."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import dagster as dg
import duckdb
import pytest

from orchestration.outside import OutsideError, outside_fault
from orchestration.refresh import dagster_instance
from orchestration.runs_at_work import writing_alone
from orchestration.settings import Settings, settings
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import LakeError
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.transform.dbt_at_work import begin_parsing, finish_parsing, is_parsed, is_parsing
from orchestration.transform.inputs import is_completed, record_built, record_completed, record_published
from orchestration.warehouse.connect import open_mart, open_warehouse
from orchestration.warehouse.publish import publish
from orchestration.warehouse.raw_views import register_raw_views
from tests.companies import choose, made_company

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def system(tmp_path: Path) -> SourceSystem:
    """A system whose one table has landed in the lake below tmp_path."""
    (tmp_path / "sale.csv").write_text("id,amount\n1,2.50\n2,x\n3,4.75\n", encoding="utf-8")
    system = SourceSystem.model_validate(
        {
            "name": "shop",
            "description": "x",
            "owners": ["team:a"],
            "group": "g",
            "root": str(tmp_path),
            "tables": [
                {
                    "name": "sale",
                    "description": "x",
                    "files": "sale.csv",
                    "format": "csv",
                    "columns": {"id": {"type": "INTEGER"}, "amount": {"type": "DECIMAL(18,2)"}},
                }
            ],
        }
    )
    land_table(system, system.tables[0], RawLake(tmp_path / "lake"), tmp_path)
    return system


def flip(file: Path, place: int, bit: int = 0) -> None:
    """Flip one bit of a file."""
    content = bytearray(file.read_bytes())
    content[place] ^= 1 << bit
    file.write_bytes(content)


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize("which", ["batch=*/manifest.json", "snapshots/*.json"])
def test_every_flipped_bit_of_a_record_of_the_lake_is_told(tmp_path: Path, which: str) -> None:
    lake = RawLake(tmp_path / "lake")
    (file,) = lake.folder("shop", "sale").glob(which)
    whole = file.read_bytes()
    for place in range(len(whole)):
        flip(file, place, place % 8)
        with pytest.raises(LakeError) as told:
            lake.current("shop", "sale")
        file.write_bytes(whole)
        assert str(told.value).startswith(f"{file} ")
        assert "\n" not in str(told.value)
    assert lake.current("shop", "sale")


@pytest.mark.parametrize("name", ["data.parquet", "rejects.parquet"])
@pytest.mark.parametrize("damage", [lambda file: flip(file, 40), lambda file: file.write_bytes(b""), Path.unlink])
def test_parquet_that_is_not_what_was_landed_is_not_built_of(
    tmp_path: Path, system: SourceSystem, name: str, damage: Callable[[Path], object]
) -> None:
    lake = RawLake(tmp_path / "lake")
    with duckdb.connect() as connection:
        assert register_raw_views(connection, lake, [system]) == ["shop__sale"]
        (file,) = lake.folder("shop", "sale").glob(f"batch=*/{name}")
        damage(file)
        with pytest.raises(LakeError, match=f"{file} is not what was landed. Restore it from a backup"):
            register_raw_views(connection, lake, [system])


def test_a_damaged_mart_whose_content_is_published_again_is_replaced(tmp_path: Path) -> None:
    warehouse, mart = tmp_path / "warehouse.duckdb", tmp_path / "mart.duckdb"
    with open_warehouse(warehouse) as connection:
        for schema in ("kpi", "finance", "operations"):
            connection.execute(
                f"create schema {schema}; create table {schema}.t as select hash(range) from range(50000)"
            )
    assert publish(warehouse, mart, [], [], "1", NOW).is_new
    assert not publish(warehouse, mart, [], [], "1", NOW).is_new
    mart.chmod(0o644)
    whole = mart.read_bytes()
    for place in range(len(whole) - 1, 0, -50_000):  # from the end: the catalogue is where it can still be read
        flip(mart, place)
        try:
            with open_mart(mart) as connection:
                connection.execute("select * from meta.publication").fetchall()
                with pytest.raises(duckdb.Error):
                    connection.execute("select sum(hash(t)::hugeint) from kpi.t").fetchall()
                break
        except (duckdb.Error, pytest.fail.Exception):
            mart.write_bytes(whole)
    else:
        raise AssertionError("no damage left the catalogue and hit the table")
    assert publish(warehouse, mart, [], [], "1", NOW).is_new
    with open_mart(mart) as connection:
        assert connection.execute("select count(*), count(distinct t) from kpi.t").fetchone() == (50_000, 50_000)


@pytest.fixture
def completed() -> Settings:
    """An installation whose mart and report are complete."""
    installation = settings()
    for file in (installation.published_mart, installation.reports / "report.html"):
        file.parent.mkdir(parents=True)
        file.write_bytes(bytes(1000))
    record_built(installation, "fingerprint")
    record_published(installation)
    record_completed(installation, installation.reports / "report.html")
    return installation


@pytest.mark.parametrize("name", ["published/mart.duckdb", "reports/report.html"])
def test_nothing_is_complete_whose_mart_or_report_is_damaged_or_gone(completed: Settings, name: str) -> None:
    file = completed.data / name
    assert is_completed(completed, "fingerprint")
    flip(file, 500)
    assert not is_completed(completed, "fingerprint")
    flip(file, 500)
    assert is_completed(completed, "fingerprint")
    file.unlink()
    assert not is_completed(completed, "fingerprint")


@pytest.fixture
def storage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Dagster's storage after a run."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    _run_a_job()
    return tmp_path / "dagster"


@dg.job
def refresh() -> None:
    """Do nothing."""


def _run_a_job() -> None:
    run_id = str(uuid.uuid4())
    with dagster_instance(settings()) as instance, writing_alone(instance, settings().built, run_id, str):
        dead = instance.create_run_for_job(refresh, status=dg.DagsterRunStatus.STARTED)
        (settings().built / "runs" / dead.run_id).touch()
        refresh.execute_in_process(instance=instance, run_id=run_id, raise_on_error=False)


@pytest.mark.parametrize("seed", range(8))
def test_damage_of_dagsters_storage_is_survived_or_told_in_one_line(storage: Path, seed: int) -> None:
    random = Random(seed)  # noqa: S311
    file = random.choice(sorted(storage.rglob("*.db")))
    if seed % 2:
        file.write_bytes(file.read_bytes()[: random.randrange(file.stat().st_size)])
    else:
        flip(file, random.randrange(file.stat().st_size), random.randrange(8))
    try:
        _run_a_job()
    except Exception as error:
        told = error if isinstance(error, OutsideError) else outside_fault(error)
        if told is None:
            raise
        assert "Move that folder away, and run again" in str(told)
        assert "\n" not in str(told)


def test_what_dbt_has_parsed_is_not_taken_where_it_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(made_company(tmp_path / "company"), monkeypatch)
    installation = settings()
    begin_parsing(installation)
    assert is_parsing(installation)
    finish_parsing(installation)
    begin_parsing(installation)
    assert not is_parsing(installation)
    for name in ("parsed_manifest.json", "partial_parse.msgpack", "parsed.txt"):
        whole = (installation.dbt_target / name).read_bytes()
        flip(installation.dbt_target / name, len(whole) // 2)
        assert not is_parsed(installation), name
        (installation.dbt_target / name).write_bytes(whole)
    assert is_parsed(installation)
