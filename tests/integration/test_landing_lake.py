"""The lake holds each content once, keeps every batch, and knows which batches are a table now and were then."""

import fcntl
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem, load_declarations
from orchestration.sources.errors import DriftError, LakeError, UnreadableSourceError
from orchestration.sources.folders import file_batches, local_folder
from orchestration.sources.formats.source_file import FileScan, scan_file
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult
from tests.companies import ADVENTUREWORKS


class Source:
    """A folder of ledger files, landed into a lake beside it."""

    def __init__(self, folder: Path, form: str = "csv") -> None:
        self.folder, self.form = folder, form
        self.lake = RawLake(folder / "lake")
        self.columns: dict[str, Any] = {}

    def write(self, name: str, content: str) -> None:
        (self.folder / name).write_text(content)

    def write_parquet(self, name: str, query: str) -> None:
        duckdb.execute(f"COPY ({query}) TO '{self.folder / name}' (FORMAT parquet)")

    def land(self) -> LandingResult:
        table = {
            "name": "t",
            "description": "x",
            "files": f"*.{self.form}",
            "format": self.form,
            "columns": self.columns,
        }
        said = {"name": "s", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": [table]}
        system = SourceSystem.model_validate(said)
        return land_table(system, system.tables[0], self.lake, self.folder)

    def values(self, batches: list[BatchManifest]) -> list[Any]:
        files = [str(self.lake.data_file(batch)) for batch in batches]
        return [value for (value,) in duckdb.execute(f"SELECT a FROM read_parquet({files}) ORDER BY 1").fetchall()]

    def now(self) -> list[Any]:
        return self.values(self.lake.current("s", "t"))


@pytest.fixture
def source(tmp_path: Path) -> Source:
    return Source(tmp_path)


def test_the_same_content_again_makes_no_batch(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    first = source.land()
    again = source.land()
    (source.folder / "1.csv").touch()
    touched = source.land()
    assert len(first.new) == 1
    assert again.new == touched.new == ()
    assert first.data_version == again.data_version == touched.data_version
    assert len(source.lake.batches("s", "t")) == 1


def test_a_changed_file_replaces_its_batch_and_the_old_one_stays(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    (old,) = source.land().current
    source.write("1.csv", "a\ny\n")
    result = source.land()
    assert source.now() == ["y"]
    assert source.values([old]) == ["x"]
    assert [batch.batch_id for batch in source.lake.batches("s", "t")] == [old.batch_id, result.new[0].batch_id]


def test_a_change_that_keeps_size_and_time_is_noticed(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    stat = (source.folder / "1.csv").stat()
    source.land()
    source.write("1.csv", "a\ny\n")
    os.utime(source.folder / "1.csv", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert source.land().new
    assert source.now() == ["y"]


def test_a_content_that_comes_back_is_current_again_without_a_new_batch(source: Source) -> None:
    found = []
    for content in ("x", "y", "x"):
        source.write("1.csv", f"a\n{content}\n")
        found.append(source.land())
    assert source.now() == ["x"]
    assert [len(result.new) for result in found] == [1, 1, 0]
    assert found[0].data_version == found[2].data_version != found[1].data_version


def test_a_settled_file_is_not_read_again(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    source.write("1.csv", "a\nx\n")
    source.land()
    read: list[Path] = []

    def scan(path: Path) -> FileScan:
        read.append(path)
        return scan_file(path)

    monkeypatch.setattr(file_batches, "scan_file", scan)
    source.land()
    assert read == [source.folder / "1.csv"], (
        "written a moment before it was landed, so its time stamps do not vouch for it"
    )
    monkeypatch.setattr(local_folder, "_SETTLED", timedelta(0))
    source.land()
    assert len(read) == 1


def test_one_process_loads_a_table_at_a_time(source: Source) -> None:
    lock = source.lake.folder("s", "t") / ".lock"
    with source.lake.loading("s", "t"), lock.open("w") as other, pytest.raises(BlockingIOError):
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_a_clock_set_back_does_not_bring_back_an_old_state(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    (batch,) = source.land().current
    source.lake.commit("s", "t", [], 0, batch.known_at - timedelta(days=1))
    assert source.lake.current("s", "t") == []


def test_what_is_landed_after_the_clock_was_set_back_is_known_no_earlier_than_what_was_landed_before(
    source: Source,
) -> None:
    source.write("1.csv", "a\nx\n")
    (first,) = source.land().current
    ahead = first.known_at + timedelta(days=700)
    source.lake.commit("s", "t", [], 0, ahead)  # so the clock is behind it now, as one that was set back
    source.write("1.csv", "a\ny\n")
    (second,) = source.land().current
    assert second.known_at == ahead
    assert second.source_mark is None, "the file's own times say nothing then: it is read again"
    source.write("1.csv", "a\nz\n")
    source.land()
    assert source.now() == ["z"]


def test_a_table_is_the_newest_batch_of_each_file_that_is_there(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    source.write("2.csv", "a\ny\n")
    source.land()
    source.write("3.csv", "a\nz\n")
    (source.folder / "1.csv").unlink()
    result = source.land()
    assert source.now() == ["y", "z"]
    assert len(result.new) == 1
    assert len(source.lake.batches("s", "t")) == 3


def test_a_removed_file_that_returns_needs_no_new_batch(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    source.write("2.csv", "a\ny\n")
    source.land()
    (source.folder / "1.csv").unlink()
    source.land()
    source.write("1.csv", "a\nx\n")
    assert source.land().new == ()
    assert source.now() == ["x", "y"]


def test_two_files_of_the_same_content_are_two_batches(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    source.write("2.csv", "a\nx\n")
    result = source.land()
    assert source.now() == ["x", "x"]
    assert [batch.source_file for batch in result.current] == ["1.csv", "2.csv"]


def test_what_was_known_at_a_time_can_be_read(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    source.land()
    between = datetime.now(UTC)
    source.write("1.csv", "a\ny\n")
    source.land()
    assert source.values(source.lake.current("s", "t", as_of=between)) == ["x"]
    assert source.lake.current("s", "t", as_of=between - timedelta(days=1)) == []
    assert source.now() == ["y"]


def test_a_manifest_says_what_its_batch_is(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    (batch,) = source.land().current
    assert batch.batch_id == f"{batch.known_at:%Y%m%dT%H%M%SZ}-{batch.content_hash[:12]}"
    assert (batch.source_file, batch.source_bytes) == ("1.csv", (source.folder / "1.csv").stat().st_size)
    assert source.lake.tables() == [("s", "t")]
    assert source.lake.rejects_file(batch) is None


def test_a_damaged_manifest_is_named(source: Source) -> None:
    source.write("1.csv", "a\nx\n")
    (batch,) = source.land().current
    manifest = source.lake.data_file(batch).parent / "manifest.json"
    manifest.write_text("{")
    with pytest.raises(LakeError, match=str(manifest)):
        source.lake.current("s", "t")


def test_parquet_keeps_types_names_and_row_numbers(tmp_path: Path) -> None:
    source = Source(tmp_path, "parquet")
    source.write_parquet("1.parquet", 'SELECT 7::SMALLINT AS a, 2.50::DOUBLE AS "Amount Due"')
    source.columns = {"Amount Due": "DECIMAL(18,2)"}
    result = source.land()
    assert {c.name: c.type for c in result.current[0].columns} == {"a": "SMALLINT", "Amount Due": "DECIMAL(18,2)"}
    file = source.lake.data_file(result.current[0])
    assert duckdb.execute(f"SELECT a, \"Amount Due\"::VARCHAR, source_row FROM '{file}'").fetchall() == [(7, "2.50", 1)]
    assert result.warnings == ["1.parquet: column 'a' is not declared; it was kept as its own type"]


def test_a_parquet_value_that_does_not_fit_is_quarantined_with_its_row(tmp_path: Path) -> None:
    source = Source(tmp_path, "parquet")
    source.write_parquet("1.parquet", "SELECT unnest([1.25, 1.255, 2.0])::DOUBLE AS a")
    source.columns = {"a": "DECIMAL(18,2)"}
    (batch,) = source.land().current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (3, 2, 1)
    found = duckdb.execute(f"SELECT * FROM '{source.lake.rejects_file(batch)}'").fetchall()
    assert [row[:4] for row in found] == [("1.parquet", 2, "a", 'a: "1.255" does not fit DECIMAL(18,2) exactly')]
    assert found[0][4] == '{"a":1.255}'


def test_a_missing_declared_column_refuses_and_the_last_data_stays(tmp_path: Path) -> None:
    source = Source(tmp_path, "parquet")
    source.columns = {"a": "INTEGER"}
    source.write_parquet("1.parquet", "SELECT 1::INTEGER AS a")
    source.land()
    source.write_parquet("1.parquet", "SELECT 2::INTEGER AS a_1")
    with pytest.raises(DriftError, match=r"missing: a \(renamed to 'a_1'\?\)|missing: a\."):
        source.land()
    assert source.now() == [1]


def test_one_refused_file_keeps_the_whole_table_as_it_was(source: Source) -> None:
    source.columns = {"a": "VARCHAR"}
    source.write("1.csv", "a\nx\n")
    source.land()
    source.write("1.csv", "a\ny\n")
    source.write("2.csv", "b\nz\n")
    with pytest.raises(DriftError):
        source.land()
    assert source.now() == ["x"]
    source.write("2.csv", "a\nz\n")
    assert [batch.source_file for batch in source.land().new] == ["2.csv"]
    assert source.now() == ["y", "z"]


def test_an_undeclared_column_that_goes_or_changes_is_reported(tmp_path: Path) -> None:
    source = Source(tmp_path, "parquet")
    source.write_parquet("1.parquet", "SELECT 1 AS a, 2 AS b")
    source.land()
    source.write_parquet("1.parquet", "SELECT 'x' AS a")
    assert source.land().warnings == [
        "1.parquet: column 'a' was INTEGER in the last batch and is VARCHAR now",
        "1.parquet: column 'b', which the last batch had, is gone",
    ]


def test_what_is_not_parquet_is_refused(tmp_path: Path) -> None:
    source = Source(tmp_path, "parquet")
    source.write("1.parquet", "not parquet")
    with pytest.raises(UnreadableSourceError, match=r"1\.parquet: this cannot be read as Parquet"):
        source.land()


def test_a_name_with_glob_signs_is_that_file_alone(tmp_path: Path) -> None:
    source = Source(tmp_path, "parquet")
    source.write_parquet("a[1].parquet", "SELECT 1 AS a")
    source.write_parquet("a1.parquet", "SELECT 2 AS a")
    assert [batch.rows_read for batch in source.land().current] == [1, 1]
    assert source.now() == [1, 2]


def test_the_demo_lands_whole_and_once(tmp_path: Path) -> None:
    root = ADVENTUREWORKS
    lake = RawLake(tmp_path / "lake")
    systems = load_declarations(root / "sources")
    for system in systems:
        for table in system.tables:
            result = land_table(system, table, lake, root)
            (batch,) = result.current
            source = system.folder(root) / table.files
            reader = f"read_csv('{source}', all_varchar = true)" if table.format == "csv" else f"'{source}'"
            counted = duckdb.execute(f"SELECT count(*) FROM {reader}").fetchall()[0][0]
            assert (batch.rows_landed, batch.rows_quarantined, result.warnings) == (counted, 0, [])
            assert land_table(system, table, lake, root).new == ()
    assert len(lake.tables()) == sum(len(system.tables) for system in systems)


def test_the_ledger_of_the_demo_lands_to_the_cent(tmp_path: Path) -> None:
    root = ADVENTUREWORKS
    systems = load_declarations(root / "sources")
    finance = next(system for system in systems if system.name == "adventureworks_finance")
    ledger = next(table for table in finance.tables if table.name == "fact_finance")
    lake = RawLake(tmp_path / "lake")
    (batch,) = land_table(finance, ledger, lake, root).current
    landed = duckdb.execute(f"SELECT sum(Amount), typeof(any_value(Amount)) FROM '{lake.data_file(batch)}'").fetchall()
    cents = f"SELECT sum(round(Amount * 100)::BIGINT)::DECIMAL(38,2) / 100 FROM '{finance.folder(root) / ledger.files}'"
    assert landed[0][1] == "DECIMAL(18,2)"
    assert round(float(landed[0][0]) * 100) == round(duckdb.execute(cents).fetchall()[0][0] * 100)
