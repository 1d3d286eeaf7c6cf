"""Suites on real DuckDB files: what is found, what is said, and what is left behind."""

import re
import shutil
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import duckdb
import pytest
import sqlalchemy

from expectations.engine import WarehouseUnavailableError, connection_string
from expectations.outcomes import SAMPLE_ROWS
from expectations.runner import run_suites
from expectations.suites import Suite
from tests.companies import ADVENTUREWORKS

DEMO = ADVENTUREWORKS / "files"
STOCK = DEMO / "operations" / "FactProductInventory.parquet"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a warehouse with the demo's stock in a schema of its own."""
    file = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute("create schema core")
        connection.execute(
            f'create table core.stock as select "ProductKey" as product_key, "MovementDate" as balance_on, '
            f'"UnitsBalance" as balance_qty, "UnitCost" as unit_cost_amount from \'{STOCK}\''
        )
    return file


def rule(check_id: str, kind: str, severity: str = "warn", **kwargs: object) -> dict[str, object]:
    return {"id": check_id, "type": kind, "kwargs": kwargs, "severity": severity, "why": "The test says so."}


def query(check_id: str, sql: str, **more: object) -> dict[str, object]:
    return {"id": check_id, "query": sql, "severity": "error", "why": "The test says so."} | more


def suite(*rules: dict[str, object], table: str = "core.stock") -> Suite:
    return Suite.model_validate(
        {
            "table": table,
            "asset": table.split("."),
            "key": ["product_key", "balance_on"],
            "description": "Daily stock.",
            "expectations": list(rules),
        }
    )


NOT_NEGATIVE = rule("stock_is_not_negative", "expect_column_values_to_be_between", column="balance_qty", min_value=0)
NOT_EMPTY = rule("stock_arrived", "expect_table_row_count_to_be_between", min_value=1)


def test_failing_rows_are_counted_sampled_by_key_and_found_again_by_the_query(database: Path, tmp_path: Path):
    (result,) = run_suites(database, [suite(NOT_NEGATIVE)], tmp_path)
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(str(result.query)).fetchall()
    (expected,) = duckdb.sql(f"select count(*) from '{STOCK}' where \"UnitsBalance\" < 0").fetchone() or (None,)
    assert result.status == "warn"
    assert result.failing_rows == expected == len(found)
    assert f"{expected:,} of 776,286 rows" in result.message
    assert [tuple(row.values()) for row in result.sample_rows] == [
        (key, day.isoformat(), quantity) for key, day, quantity in found[: len(result.sample_rows)]
    ]


@pytest.mark.parametrize(("more", "status"), [(0, "pass"), (1, "pass"), (-1, "warn")])
def test_known_rows_are_no_warning_until_there_is_one_more(database: Path, tmp_path: Path, more: int, status: str):
    (there,) = duckdb.sql(f"select count(*) from '{STOCK}' where \"UnitsBalance\" < 0").fetchone() or (0,)
    known = {"rows": there + more, "reason": "Issues come first.", "owner": "warehouse"}
    below = "select * from {batch} where balance_qty < 0 order by balance_on"
    results = run_suites(
        database,
        [suite(NOT_NEGATIVE | {"known": known}, query("no_row_is_negative", below, severity="warn", known=known))],
        tmp_path,
    )
    for result in results:
        assert (result.status, result.failing_rows) == (status, there)
        assert f"{there + more:,} are known (owner: warehouse): Issues come first." in result.message
        assert ("First: " in result.message) == (status == "warn")


def test_known_rows_are_not_known_of_a_table_as_a_whole(database: Path, tmp_path: Path):
    known = {"rows": 1, "reason": "It is small.", "owner": "warehouse"}
    arrived = rule("stock_arrived", "expect_table_row_count_to_be_between", min_value=10**9)
    (result,) = run_suites(database, [suite(arrived | {"known": known})], tmp_path)
    assert result.status == "warn"


def test_a_query_expectation_shows_its_rows_and_the_value_that_it_observes(database: Path, tmp_path: Path):
    far_below = query(
        "stock_is_not_far_below_zero",
        "select * from {batch} where balance_qty < -400 order by balance_qty",
        observe="select min(balance_qty) from {batch}",
    )
    (result,) = run_suites(database, [suite(far_below)], tmp_path)
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(str(result.query)).fetchall()
    assert (result.status, result.failing_rows) == ("fail", len(found))
    assert result.observed == result.sample_rows[0]["balance_qty"] == found[0][2]
    assert result.sample_rows[0]["unit_cost_amount"] == str(found[0][3]), "money is told to its last digit"


def test_what_all_rows_break_is_counted_and_not_fetched(database: Path, tmp_path: Path):
    impossible = rule("stock_is_huge", "expect_column_values_to_be_between", column="balance_qty", min_value=10**9)
    also = query("stock_is_huge_by_query", "select * from {batch} where balance_qty < 1000000000")
    run_suites(database, [suite(NOT_EMPTY)], tmp_path)  # imports what it needs
    tracemalloc.start()
    results = run_suites(database, [suite(impossible, also)], tmp_path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [result.failing_rows for result in results] == [776_286, 776_286]
    assert [len(result.sample_rows) for result in results] == [SAMPLE_ROWS, SAMPLE_ROWS]
    assert most < 50_000_000, "each failing row as a dictionary takes more than a hundred bytes"


@pytest.mark.parametrize(
    "sql",
    [
        "select * from {batch} as stock where exists (select 1 from {batch} as other "
        "where other.product_key = stock.product_key and other.balance_qty < -400)",
        "with below as (select product_key from {batch} group by all having min(balance_qty) < -400) "
        "select batch.* from {batch} as batch inner join below using (product_key)",
        "select * from {batch} where product_key in (select product_key from {batch} where balance_qty < -400) -- all",
    ],
    ids=["an alias without a join", "a join", "a comment at the end"],
)
def test_the_table_stands_where_the_query_says_batch(database: Path, tmp_path: Path, sql: str):
    (result,) = run_suites(database, [suite(query("stock_is_not_far_below_zero", sql))], tmp_path)
    with duckdb.connect(database, read_only=True) as connection:
        found = connection.execute(sql.format(batch="core.stock")).fetchall()
    assert (result.status, result.failing_rows) == ("fail", len(found)), result.message
    assert found


def test_a_brace_of_the_sql_stays_one(database: Path, tmp_path: Path):
    sql = "select {{'key': product_key}} as named from {batch} where balance_qty < -400"
    (result,) = run_suites(database, [suite(query("braces_are_kept", sql))], tmp_path)
    assert result.failing_rows, result.message


def test_a_rule_that_holds_passes_with_what_was_observed(database: Path, tmp_path: Path):
    (result,) = run_suites(database, [suite(NOT_EMPTY)], tmp_path)
    assert (result.status, result.observed, result.sample_rows) == ("pass", 776286, ())


def test_decimals_are_compared_as_decimals(tmp_path: Path):
    file = tmp_path / "w.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute(
            "create table main.ledger as select 1 as product_key, 9007199254740993.01::decimal(18,2) as amount"
        )
    exact = query("amounts_agree", "select * from {batch} where amount <> 9007199254740993.01")
    ledger = suite(exact, table="main.ledger").model_copy(update={"key": ["product_key"]})
    assert run_suites(file, [ledger], tmp_path / "docs")[0].passed


def test_every_check_of_a_missing_table_fails_and_says_so(database: Path, tmp_path: Path):
    gone = suite({**NOT_EMPTY, "id": "a"}, query("b", "select * from {batch}"), table="core.gone")
    results = run_suites(database, [gone, suite(NOT_EMPTY)], tmp_path)
    assert [(result.check_id, result.status) for result in results] == [
        ("a", "fail"),
        ("b", "fail"),
        ("stock_arrived", "pass"),
    ]
    for result in results[:2]:
        assert "could not be evaluated: there is no table core.gone in warehouse.duckdb" in result.message
        assert "expectations/suites/core.gone.yaml" in result.message
        assert result.docs_url


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (rule("broken", "expect_column_values_to_not_be_null", "error", column="colour"), 'The column "colour"'),
        (query("broken", "select colour from {batch}"), 'Referenced column "colour" not found'),
        (rule("broken", "expect_column_values_to_not_be_null", "error", colum="colour"), "colum: extra fields"),
        (rule("broken", "expect_wonders", "error"), "expect_wonders not found"),
        (
            rule(
                "broken",
                "expect_column_quantile_values_to_be_between",
                "error",
                column="balance_qty",
                quantile_ranges={"quantiles": [0.5], "value_ranges": [[0, 1]]},
            ),
            "could not be evaluated: TypeError",
        ),
    ],
    ids=["missing column", "wrong SQL", "wrong argument", "unknown type", "breaks the whole validation"],
)
def test_an_expectation_that_breaks_fails_with_its_message_and_hides_no_other(
    database: Path, tmp_path: Path, broken: dict[str, object], what: str
):
    results = run_suites(database, [suite(broken, NOT_NEGATIVE, NOT_EMPTY)], tmp_path)
    assert [(result.check_id, result.status) for result in results] == [
        ("broken", "fail"),
        ("stock_is_not_negative", "warn"),
        ("stock_arrived", "pass"),
    ]
    assert what in results[0].message


def test_only_the_chosen_checks_run(database: Path, tmp_path: Path):
    results = run_suites(database, [suite(NOT_NEGATIVE, NOT_EMPTY)], tmp_path, only={"stock_arrived"})
    assert [result.check_id for result in results] == ["stock_arrived"]


def test_the_warehouse_is_free_for_its_writer_after_the_checks_and_unchanged_by_them(database: Path, tmp_path: Path):
    before = database.read_bytes()
    broken = rule("broken", "expect_column_max_to_be_between", column="colour", max_value=1)
    run_suites(database, [suite(NOT_NEGATIVE, query("sql", "select colour from {batch}"), broken)], tmp_path)
    assert database.read_bytes() == before
    code = f"import duckdb; duckdb.connect({str(database)!r}).execute('begin').execute('rollback')"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_checks_cannot_write(database: Path):
    engine = sqlalchemy.create_engine(connection_string(database, memory_limit="100MB", threads=1))
    with engine.connect() as connection, pytest.raises(sqlalchemy.exc.DBAPIError, match="read-only"):
        connection.exec_driver_sql("create table core.written as select 1 as a")
    engine.dispose()


def test_rows_are_still_there_after_the_connection_went_back_to_the_pool(database: Path):
    engine = sqlalchemy.create_engine(connection_string(database, memory_limit="100MB", threads=1))
    with engine.connect() as connection:
        rows = connection.execute(sqlalchemy.text("select count(*) from core.stock"))
    assert rows.fetchall() == [(776286,)]
    engine.dispose()


def test_a_missing_warehouse_is_one_clear_error(tmp_path: Path):
    with pytest.raises(WarehouseUnavailableError, match=r"none\.duckdb does not exist: build the warehouse"):
        run_suites(tmp_path / "none.duckdb", [suite(NOT_EMPTY)], tmp_path)


def test_a_file_that_is_no_warehouse_is_one_clear_error(tmp_path: Path):
    file = tmp_path / "text.duckdb"
    file.write_text("not a database" * 1000)
    with pytest.raises(WarehouseUnavailableError, match="cannot be opened for reading"):
        run_suites(file, [suite(NOT_EMPTY)], tmp_path)


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Path]:
    """Give a database that another process is writing."""
    file = tmp_path / "locked.duckdb"
    code = f"import duckdb; c = duckdb.connect({str(file)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"open\n"
        yield file
        process.communicate(b"\n")


def test_a_warehouse_that_is_being_written_is_one_clear_error(writer: Path, tmp_path: Path):
    with pytest.raises(WarehouseUnavailableError, match="another process is writing it"):
        run_suites(writer, [suite(NOT_EMPTY)], tmp_path)


def test_folders_may_have_any_name(database: Path, tmp_path: Path):
    folder = tmp_path / "$5 of 20% profit? é"
    folder.mkdir()
    copy = Path(shutil.copy(database, folder))
    (result,) = run_suites(copy, [suite(NOT_NEGATIVE)], folder / "docs")
    assert result.failing_rows
    assert Path(unquote(urlparse(str(result.docs_url)).path)).is_file()


def links(page: Path) -> list[str]:
    return re.findall(r'(?:href|src)="([^"]+)"', page.read_text())


def test_data_docs_need_no_internet_and_every_link_leads_to_a_page(database: Path, tmp_path: Path):
    results = run_suites(database, [suite(NOT_NEGATIVE), suite(NOT_EMPTY, table="core.gone")], tmp_path)
    pages = list(tmp_path.rglob("*.html"))
    assert tmp_path / "index.html" in pages
    for page in pages:
        for link in links(page):
            target = (page.parent / link.split("#")[0]).resolve() if not link.startswith("#") else page
            assert target.is_file(), f"{page.relative_to(tmp_path)} links to {link}"
        assert not re.search(r"<script|url\(|@import", page.read_text()), f"{page} loads something"
    for result in results:
        assert Path(unquote(urlparse(str(result.docs_url)).path)) in pages


def test_data_docs_say_the_rule_its_reason_and_the_failing_rows(database: Path, tmp_path: Path):
    (result,) = run_suites(database, [suite(NOT_NEGATIVE)], tmp_path)
    page = Path(urlparse(str(result.docs_url)).path).read_text()
    assert "Stock is not negative (warn). The test says so." in page
    assert str(result.failing_rows) in page
    assert str(result.sample_rows[0]["balance_qty"]) in page
    assert "SELECT product_key, balance_on, balance_qty" in page, "the query for all of them is there"


def test_data_docs_keep_only_the_last_run(database: Path, tmp_path: Path):
    def pages() -> set[Path]:
        return {page.relative_to(tmp_path) for page in (tmp_path / "validations").rglob("*.html")}

    run_suites(database, [suite(NOT_NEGATIVE)], tmp_path)
    first = pages()
    run_suites(database, [suite(NOT_NEGATIVE)], tmp_path)
    assert len(first) == len(pages()) == 1
    assert first.isdisjoint(pages())
