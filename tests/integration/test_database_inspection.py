"""`tieout source inspect` on databases: an SQLite file and a real PostgreSQL server; what is drafted lands every row."""

import os
import sqlite3
from pathlib import Path

import pytest
import yaml

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import DeclarationError, MissingSourceError
from orchestration.sources.inspection.found import FoundTable
from orchestration.sources.inspection.look import Inspection, inspect_source, page
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from tests.database_servers import PASSWORD, PostgresServer
from tests.integration.inspected_sources import write_database

TRADE = """
    CREATE SCHEMA sales;
    CREATE TABLE sales."Order Line" (
        order_no text, line int, sku varchar(20), qty numeric, price numeric(12, 4), ordered timestamptz,
        "Updated At" timestamp, weight double precision, share real, is_open boolean, id uuid,
        PRIMARY KEY (order_no, line)
    );
    INSERT INTO sales."Order Line"
    SELECT lpad((i / 2)::text, 6, '0'), i % 2, 'S' || i % 5, i * 1.25, i, now(), timestamp '2014-01-01' + i * interval '1 h',
        i * 0.1::double precision, i / 3.0, i % 2 = 0, gen_random_uuid()
    FROM generate_series(1, 500) t(i);
    CREATE VIEW sales.open_line AS SELECT * FROM sales."Order Line" WHERE is_open;
    CREATE TABLE public.store (store_id int PRIMARY KEY, opened date);
    INSERT INTO store SELECT i, date '2001-01-01' + i FROM generate_series(1, 9) t(i);
    CREATE TABLE public.hidden (a int);
    CREATE ROLE clerk LOGIN PASSWORD 'Hush-Hush 4711''';
    GRANT USAGE ON SCHEMA sales TO clerk; GRANT SELECT ON ALL TABLES IN SCHEMA sales TO clerk;
    GRANT SELECT ON store TO clerk;
"""


def table(found: Inspection, name: str) -> FoundTable:
    return next(table for table in found.system.tables if table.name == name)


def lands_whole(found: Inspection, root: Path) -> None:
    system = SourceSystem.model_validate(yaml.safe_load(found.drafts[0].text)["attributes"])
    for declared in system.tables:
        result = land_table(system, declared, RawLake(root / "lake"), root)
        assert (result.row_count, result.rows_quarantined) == (table(found, declared.name).rows, 0)


def test_a_database_file_is_drafted_with_its_keys_and_lands_whole(tmp_path: Path) -> None:
    write_database(tmp_path / "crm.db")
    found = inspect_source(str(tmp_path / "crm.db"), None, tmp_path)
    assert {t.name: (t.rows, t.key) for t in found.system.tables} == {
        "customer": (50, ("customer_no",)),
        "visit": (80, ("day", "hour")),
    }
    types = {column.name: column.type for column in table(found, "customer").columns}
    assert types == {
        "customer_no": "VARCHAR",
        "name": "VARCHAR",
        "credit_limit": "DECIMAL(18, 2)",
        "updated_at": "TIMESTAMP",
    }
    assert "Customer 7" not in "".join(draft.text for draft in found.drafts)
    lands_whole(found, tmp_path)


def test_a_value_that_does_not_fit_its_column_is_told(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("CREATE TABLE sale (id INTEGER PRIMARY KEY, amount NUMERIC)")
        database.executemany("INSERT INTO sale (amount) VALUES (?)", [(n * 1.5,) for n in range(99)])
        database.execute("INSERT INTO sale (amount) VALUES ('free')")
    found = inspect_source(str(tmp_path / "shop.db"), None, tmp_path)
    assert table(found, "sale").unfit_rows == ("1 row: column amount does not fit its type, first in row 100",)


def test_a_large_table_that_says_when_its_rows_changed_is_read_in_increments(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "big.db") as database:
        database.execute("CREATE TABLE entry (id INTEGER PRIMARY KEY, modified TEXT)")
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) "
            "INSERT INTO entry SELECT i, datetime('2014-01-01', '+' || i || ' seconds') FROM n"
        )
    found = inspect_source(str(tmp_path / "big.db"), None, tmp_path, sample_mb=1)
    entry = table(found, "entry")
    assert (entry.load.value, entry.more["cursor"].value, entry.rows, entry.is_whole) == (
        "incremental",
        "modified",
        10_000,
        False,
    )
    system = SourceSystem.model_validate(yaml.safe_load(found.drafts[0].text)["attributes"])
    assert land_table(system, system.tables[0], RawLake(tmp_path / "lake"), tmp_path).row_count == 100_000


def test_a_server_is_drafted_as_its_user_sees_it_and_the_password_is_nowhere(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.sql("CREATE DATABASE trade")
    postgres.sql(TRADE, "trade")
    monkeypatch.setenv("TRADE_URL", f"postgresql://clerk:Hush-Hush%204711%27@127.0.0.1:{postgres.port}/trade")
    found = inspect_source("${TRADE_URL}", "trade", tmp_path)
    assert {t.name: (t.place["relation"], t.rows, t.key) for t in found.system.tables} == {
        "order_line": ("sales.Order Line", 500, ("order_no", "line")),
        "store": ("public.store", 9, ("store_id",)),
    }
    assert found.system.left_out == ("sales.open_line: a view; add --only 'sales.open_line' to look at it",)
    lines = {column.name: column for column in table(found, "order_line").columns}
    assert {name: column.type for name, column in lines.items()} == {
        "order_no": "VARCHAR",
        "line": "INTEGER",
        "sku": "VARCHAR",
        "qty": "DECIMAL(18, 2)",
        "price": "DECIMAL(12, 4)",
        "ordered": "TIMESTAMP",
        "Updated At": "TIMESTAMP",
        "weight": "DECIMAL(18, 2)",
        "share": "DOUBLE",
        "is_open": "BOOLEAN",
        "id": "VARCHAR",
    }
    assert (lines["weight"].rounding, lines["share"].rounding) == ("half_even", "exact")
    drafted = "".join([page(found), *(draft.text for draft in found.drafts)])
    assert "${TRADE_URL}" in drafted
    assert PASSWORD not in drafted
    assert "4711" not in drafted
    lands_whole(found, tmp_path)


def test_only_what_is_asked_for_is_looked_at(postgres: PostgresServer, tmp_path: Path) -> None:
    postgres.sql("CREATE DATABASE books")
    postgres.sql(
        "CREATE TABLE a AS SELECT 1 AS id; CREATE TABLE b AS SELECT 1 AS id; CREATE VIEW v AS TABLE a", "books"
    )
    address = f"postgresql://postgres:Hush-Hush%204711%27@127.0.0.1:{postgres.port}/books"
    found = inspect_source(address, None, tmp_path, only="public.[av]")
    assert [t.name for t in found.system.tables] == ["a", "v"]
    assert "${BOOKS_DATABASE}" in found.drafts[0].text
    assert "BOOKS_DATABASE" in os.environ
    with pytest.raises(MissingSourceError, match=r"No relation is named 'x'. There is: public.a, public.b, public.v"):
        inspect_source(address, None, tmp_path, only="x")


def test_what_is_not_there_or_not_set_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    with pytest.raises(DeclarationError, match="NOT_SET, which is not set"):
        inspect_source("${NOT_SET}", "erp", tmp_path)
    with pytest.raises(MissingSourceError, match="there is no such file or folder"):
        inspect_source(str(tmp_path / "nowhere"), None, tmp_path)
    (tmp_path / "empty.db").write_bytes(b"")
    with pytest.raises(MissingSourceError, match="no file here can be landed"):
        inspect_source(str(tmp_path / "empty.db"), None, tmp_path)
    with pytest.raises(MissingSourceError, match="the database does not answer") as refused:
        inspect_source("postgresql://clerk:secret-word@127.0.0.1:1/x", None, tmp_path)
    assert "secret-word" not in str(refused.value)
