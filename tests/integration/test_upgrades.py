"""What earlier versions wrote is read by today's: the raw lake, the published mart and a company's folder of each of tests/data/releases."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from orchestration.reports.headline import headline
from orchestration.settings import PRODUCT
from orchestration.sources.declaration.systems import SourceSystem, load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.warehouse.checks import CheckRow
from orchestration.warehouse.connect import open_mart, open_warehouse
from orchestration.warehouse.publish import publish
from orchestration.warehouse.raw_views import register_raw_views

RELEASES = sorted(path for path in (PRODUCT / "tests" / "data" / "releases").iterdir() if path.is_dir())
DEMO = PRODUCT / "companies" / "adventureworks"
ROWS = {"ship_method": 5, "department": 16, "vendor": 104}
MARTS = {"finance.statement_line", "operations.dim_product", "kpi.kpi_value"}
RENAMED = {"kpi.measure_value": ("measure_id", {"reseller_sales_amount": "quota_order_amount"})}
"""What the changelog says is called otherwise since: by table the column, and today's words by those of then."""
CHECK = CheckRow(check_id="c", engine="dbt", table_name="kpi.kpi_value", severity="error", status="pass")


@pytest.fixture(params=RELEASES, ids=lambda path: path.name)
def release(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of what one version wrote."""
    return Path(shutil.copytree(request.param, tmp_path / "release"))


@pytest.fixture(scope="module")
def erp() -> SourceSystem:
    (system,) = (system for system in load_declarations(DEMO / "sources") if system.name == "adventureworks_erp")
    return system.model_copy(update={"tables": tuple(table for table in system.tables if table.name in ROWS)})


def test_the_batches_of_an_earlier_version_are_current_and_whole(release: Path, erp: SourceSystem) -> None:
    connection = duckdb.connect()
    register_raw_views(connection, RawLake(release / "raw"), [erp])
    for name, rows in ROWS.items():
        counted = connection.execute(
            f"select count(*), count(distinct source_row), count(known_at) from raw.{erp.name}__{name}"
        ).fetchone()
        assert counted == (rows, rows, rows), name


def test_the_same_files_are_no_new_batches_after_an_upgrade(release: Path, erp: SourceSystem) -> None:
    lake = RawLake(release / "raw")
    for table in erp.tables:
        before = [batch.batch_id for batch in lake.current(erp.name, table.name)]
        landed = land_table(erp, table, lake, DEMO)
        assert [batch.batch_id for batch in landed.current] == before, table.name
        assert not landed.new


def test_the_mart_of_an_earlier_version_is_read_and_the_next_publication_follows_it(
    release: Path, tmp_path: Path
) -> None:
    mart = release / "mart.duckdb"
    (revenue, *_) = headline(mart)
    assert revenue.name == "Revenue"
    assert revenue.value.startswith("3,571")
    with open_mart(mart) as connection:
        earlier = connection.execute("select publication_id, content_hash from meta.publication").fetchall()
    warehouse = tmp_path / "warehouse.duckdb"
    with open_warehouse(warehouse) as connection:
        for table in MARTS:
            schema = table.split(".")[0]
            connection.execute(f"create schema {schema}; create table {table} as select 'a' as id, 1.00 as value")
    publication = publish(warehouse, mart, [CHECK], [], "0.2.0", datetime(2027, 1, 1, tzinfo=UTC), tables=MARTS)
    assert publication.is_new
    assert publication.row.publication_id.startswith("000002-")
    with open_mart(mart) as connection:
        kept = connection.execute("select publication_id, content_hash from meta.publication order by 1").fetchall()
    assert kept[: len(earlier)] == earlier


def test_a_company_of_an_earlier_version_builds_with_the_figures_that_it_had(release: Path, tmp_path: Path) -> None:
    """Its folder and its lake are as they were; what the version published of them is all there, and nothing else of those KPIs."""
    data = tmp_path / "data"
    shutil.copytree(release / "company_lake", data / "raw")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
    ended = subprocess.run(
        [sys.executable, "-m", "orchestration.cli", "dbt", "build", "--resource-type", "model"],
        env=environment
        | {"TIEOUT_COMPANY": str(release / "company"), "TIEOUT_DATA_DIR": str(data), "PYTHONPATH": str(PRODUCT)},
        cwd=PRODUCT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    figures = sorted((release / "figures").glob("*.parquet"))
    assert len(figures) == 6
    with open_warehouse(next(data.rglob("warehouse.duckdb")), read_only=True) as connection:
        for file in figures:
            table, kept = file.stem, _in_todays_words(file)
            columns = ", ".join(name for name, *_ in connection.execute(f"describe select * from {kept}").fetchall())
            key = columns.split(", ")[0]  # what is new is another line, account, KPI or rule
            today = f"(select {columns} from {table} where {key} in (select {key} from {kept}))"
            counted = connection.execute(f"select count(*) from {kept}").fetchone()
            assert counted is not None, table
            assert counted[0] > 0, table
            gone = connection.execute(f"select * from {kept} except all select * from {today}").fetchall()
            assert gone == [], f"{table}: published once, and not so today"
            # A KPI without a value has a row since, which says why; that is no figure.
            figures = "value is not null or reason is null" if table == "kpi.kpi_value" else "true"
            new = connection.execute(
                f"select {columns} from {table} where {key} in (select {key} from {kept}) and ({figures}) "
                f"except all select * from {kept}"
            ).fetchall()
            assert new == [], f"{table}: not published then"


def _in_todays_words(figures: Path) -> str:
    """Return what stands after FROM for the figures that a version published."""
    if figures.stem not in RENAMED:
        return f"read_parquet('{figures}')"
    column, words = RENAMED[figures.stem]
    cases = " ".join(f"when '{then}' then '{now}'" for then, now in words.items())
    return f"(select * replace (case {column} {cases} else {column} end as {column}) from read_parquet('{figures}')) as kept"
