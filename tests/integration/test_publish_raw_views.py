"""The raw views hold exactly the current batches of each source table, with the lineage; freshness says how old."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.warehouse.connect import open_warehouse
from orchestration.warehouse.errors import RawTableUndeclared
from orchestration.warehouse.freshness import source_freshness
from orchestration.warehouse.raw_views import register_raw_views


class Company:
    """A folder of ledger exports, its declaration, and what has landed of it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.exports = folder / "exports"
        self.exports.mkdir()
        self.lake = RawLake(folder / "raw")
        self.warehouse = folder / "warehouse.duckdb"
        self.columns: dict[str, str] = {"Entry No": "INTEGER", "Amount": "DECIMAL(18,2)"}

    @property
    def system(self) -> SourceSystem:
        table = {"name": "entries", "description": "Ledger entries.", "files": "*.csv", "format": "csv"}
        return SourceSystem.model_validate(
            {
                "name": "ledger",
                "description": "The ledger.",
                "owners": ["team:finance"],
                "group": "finance",
                "root": "exports",
                "max_age_hours": 24,
                "tables": [{**table, "columns": self.columns}],
            }
        )

    def export(self, name: str, *lines: str, header: str = "Entry No,Amount") -> None:
        (self.exports / name).write_text("\n".join([header, *lines]) + "\n")

    def land(self) -> None:
        land_table(self.system, self.system.tables[0], self.lake, self.root)

    def view(self, query: str, *, as_of: datetime | None = None) -> list[tuple[object, ...]]:
        with open_warehouse(self.warehouse) as connection:
            assert register_raw_views(connection, self.lake, [self.system], as_of=as_of) == ["ledger__entries"]
            return connection.execute(query).fetchall()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.export("2013.csv", "1,10.00", "2,20.00")
    company.export("2014.csv", "3,30.00")
    company.land()
    return company


def test_a_view_holds_the_rows_of_all_current_batches_with_their_lineage(company):
    found = company.view(
        'select "Entry No", "Amount", source_system, source_table, source_file, batch_id, known_at '
        "from raw.ledger__entries order by all"
    )
    batches = {batch.source_file: batch for batch in company.lake.current("ledger", "entries")}
    assert [(int(row[0]), str(row[1]), row[4]) for row in found] == [
        (1, "10.00", "2013.csv"),
        (2, "20.00", "2013.csv"),
        (3, "30.00", "2014.csv"),
    ]
    for _, _, system, table, file, batch_id, known_at in found:
        assert (system, table, batch_id) == ("ledger", "entries", batches[file].batch_id)
        assert known_at.replace(tzinfo=UTC) == batches[file].known_at


def test_each_row_leads_back_to_its_line(company):
    found = company.view('select "Entry No", source_file, source_row from raw.ledger__entries order by 1')
    for entry, file, row in found:
        assert (company.exports / file).read_text().splitlines()[row - 1].startswith(f"{entry},")


def test_a_corrected_file_replaces_its_rows_and_a_removed_one_takes_them_along(company):
    company.export("2013.csv", "1,11.00")
    (company.exports / "2014.csv").unlink()
    company.land()
    assert [
        (entry, str(amount)) for entry, amount in company.view('select "Entry No", "Amount" from raw.ledger__entries')
    ] == [(1, "11.00")]


def test_the_views_can_be_as_of_an_earlier_time(company):
    query = 'select sum("Amount") from raw.ledger__entries'
    before = company.view(query)
    then = datetime.now(UTC)
    company.export("2013.csv", "1,11.00")
    company.land()
    assert company.view(query) != before
    assert company.view(query, as_of=then) == before


def test_a_column_that_only_a_later_file_has_is_null_in_the_earlier_ones(company):
    company.export("2015.csv", "4,40.00,north", header="Entry No,Amount,Region")
    company.land()
    found = company.view('select "Entry No", "Region" from raw.ledger__entries order by 1')
    assert found == [(1, None), (2, None), (3, None), (4, "north")]


def test_a_table_without_a_batch_is_an_empty_view_of_the_declared_columns(company):
    full = company.view("describe raw.ledger__entries")
    shutil.rmtree(company.lake.root)
    assert company.view("from raw.ledger__entries") == []
    empty = company.view("describe raw.ledger__entries")
    assert {row[:2] for row in empty} == {row[:2] for row in full}


def test_a_table_with_neither_a_batch_nor_columns_is_named(company):
    shutil.rmtree(company.lake.root)
    company.columns = {}
    with pytest.raises(RawTableUndeclared, match=r"ledger\.entries.*defs\.yaml"):
        company.view("select 1")


def test_a_table_that_is_no_longer_declared_has_no_view(company):
    company.view("select 1")
    with open_warehouse(company.warehouse) as connection:
        assert register_raw_views(connection, company.lake, []) == []
        assert connection.execute("select view_name from duckdb_views() where schema_name = 'raw'").fetchall() == []


def test_registering_unchanged_views_again_does_not_write_the_warehouse(company):
    company.view("select 1")
    before = company.warehouse.stat().st_mtime_ns, company.warehouse.read_bytes()
    company.view("select 1")
    assert (company.warehouse.stat().st_mtime_ns, company.warehouse.read_bytes()) == before


def test_a_filter_on_the_batch_reads_only_its_file(company):
    [batch] = [batch for batch in company.lake.current("ledger", "entries") if batch.source_file == "2014.csv"]
    plan = company.view(f"explain select * from raw.ledger__entries where batch_id = '{batch.batch_id}'")[0][1]
    assert plan.count("Function:") == 1


def test_names_and_folders_with_quotes_are_only_names(tmp_path):
    folder = tmp_path / 'o\'brien "and" sons'
    folder.mkdir()
    company = Company(folder)
    company.export("it's.csv", "1,10.00")
    company.land()
    assert company.view("select source_file from raw.ledger__entries") == [("it's.csv",)]


def test_freshness_is_of_the_newest_batch_and_counts_every_row(company):
    company.export("2015.csv", "5,50.00", "six,60.00")
    company.land()
    [row] = source_freshness(company.lake, [company.system])
    batches = company.lake.current("ledger", "entries")
    newest = max(batches, key=lambda batch: batch.known_at)
    assert (row.batch_id, row.known_at) == (newest.batch_id, newest.known_at)
    assert newest.source_file == "2015.csv"
    assert row.row_count == len(company.view("from raw.ledger__entries"))
    assert row.quarantined_count == 1


def test_a_source_is_fresh_up_to_its_promise_and_not_beyond(company):
    [row] = source_freshness(company.lake, [company.system])
    assert row.known_at is not None
    limit = row.known_at + timedelta(hours=24)
    assert row.is_fresh(limit)
    assert not row.is_fresh(limit + timedelta(microseconds=1))


def test_a_source_that_never_landed_is_not_fresh(company):
    shutil.rmtree(company.lake.root)
    [row] = source_freshness(company.lake, [company.system])
    assert (row.batch_id, row.row_count) == (None, 0)
    assert row.is_fresh(datetime.now(UTC)) is False


def test_a_view_over_a_hundred_batches_counts_them_all(company):
    for number in range(100):
        company.export(f"day_{number:03}.csv", f"{number},1.00")
    company.land()
    with duckdb.connect() as connection:
        [(expected,)] = connection.execute(
            f"select count(*) from read_parquet('{company.lake.root}/**/data.parquet')"
        ).fetchall()
    assert company.view("select count(*) from raw.ledger__entries") == [(expected,)]
