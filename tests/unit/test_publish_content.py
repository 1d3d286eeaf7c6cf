"""The content hash: it ignores the order of rows, and nothing else."""

import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestration.warehouse.content import content_hash, digest, published_tables

Row = tuple[int | None, str | None, Decimal | None, date | None, float | None]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
COLUMNS = (
    st.none() | st.integers(-(2**31), 2**31 - 1),
    st.none() | TEXT,
    st.none() | st.decimals(-(10**12), 10**12, places=2),
    st.none() | st.dates(),
    st.none() | st.floats(allow_nan=False),
)
ROWS = st.lists(st.tuples(*COLUMNS), min_size=1, max_size=8)
DATABASE = duckdb.connect(config={"threads": 1})
DDL = "(item_id integer, item_name varchar, amount decimal(18, 2), sold_on date, weight_kg double)"


def hash_of(rows: list[Row], *, ddl: str = DDL, table: str = "kpi.kpi_value") -> str:
    with DATABASE.cursor() as connection:
        connection.execute("begin; create schema kpi; create schema finance")
        connection.execute(f"create table {table} {ddl}")
        marks = ", ".join(f"({', '.join('?' * len(row))})" for row in rows)
        connection.execute(f"insert into {table} values {marks}", [value for row in rows for value in row])
        found = [digest(connection, "memory", table) for table in published_tables(connection, "memory")]
        connection.execute("rollback")
        return content_hash(found)


@settings(deadline=None, max_examples=40)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_hash_ignores_the_order_of_rows(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert hash_of(shuffled) == hash_of(rows)


@settings(deadline=None, max_examples=80)
@given(st.data())
def test_the_hash_notices_any_changed_value(data):
    rows = data.draw(ROWS)
    at = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.integers(0, len(COLUMNS) - 1))
    replacement = data.draw(COLUMNS[column].filter(lambda value: value != rows[at][column]))
    changed = [*rows[:at], (*rows[at][:column], replacement, *rows[at][column + 1 :]), *rows[at + 1 :]]
    assert hash_of(changed) != hash_of(rows)


@settings(deadline=None, max_examples=30)
@given(ROWS, st.integers(1, 3))
def test_the_hash_counts_repeated_rows(rows, times):
    assert hash_of(rows + [rows[0]] * times) != hash_of(rows)


def test_pairs_of_the_same_row_do_not_cancel_each_other():
    one, other = (1, "x", None, None, None), (2, "y", None, None, None)
    assert hash_of([one, one]) != hash_of([other, other])


def test_the_hash_tells_no_value_from_an_empty_text_and_from_the_word_null():
    hashes = {hash_of([(1, text, None, None, None)]) for text in (None, "", "null", "NULL")}
    assert len(hashes) == 4


def test_the_hash_notices_a_value_that_moved_to_the_next_column():
    ddl = "(a varchar, b varchar)"
    assert hash_of([("x", None)], ddl=ddl) != hash_of([(None, "x")], ddl=ddl)


@pytest.mark.parametrize(
    "ddl",
    [
        "(item_id bigint, item_name varchar)",
        "(item_id integer not null, item_name varchar)",
        "(item_id integer, name_of_item varchar)",
    ],
)
def test_the_hash_notices_a_changed_type_name_or_constraint(ddl):
    assert hash_of([(1, "x")], ddl=ddl) != hash_of([(1, "x")], ddl="(item_id integer, item_name varchar)")


def test_the_hash_notices_that_a_table_moved():
    rows = [(1, "x", None, None, None)]
    assert hash_of(rows, table="finance.kpi_value") != hash_of(rows, table="kpi.kpi_value")


def test_a_column_with_the_name_of_another_table_does_not_confuse_the_hash():
    ddl = "(kpi_value integer, t integer)"
    assert hash_of([(1, 2)], ddl=ddl) != hash_of([(1, 3)], ddl=ddl)


def test_the_hash_is_the_same_in_another_process_with_another_number_of_threads(tmp_path: Path):
    file = tmp_path / "a.duckdb"
    with duckdb.connect(file) as connection:
        connection.execute(
            "create schema kpi; create table kpi.kpi_value as "
            "select range as id, (range / 7)::decimal(18, 4) as amount, range::double / 3 as ratio from range(300000)"
        )
    program = """
import sys, duckdb
from orchestration.warehouse.content import content_hash, digest, published_tables
connection = duckdb.connect(sys.argv[1], read_only=True, config={"threads": int(sys.argv[2])})
print(content_hash(digest(connection, "a", table) for table in published_tables(connection, "a")))
"""
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program, file, threads], capture_output=True, text=True, check=True
        ).stdout
        for threads in ("1", "4")
    }
    assert len(hashes) == 1


def test_what_publishing_writes_itself_is_not_content():
    with duckdb.connect() as connection:
        connection.execute("create schema meta; create schema staging; create schema core")
        for table in ("meta.tie_out", "meta.publication", "meta.check_result", "staging.stg_x", "core.account"):
            connection.execute(f"create table {table} (id integer)")
        assert [table.label for table in published_tables(connection, "memory")] == ["meta.tie_out"]
