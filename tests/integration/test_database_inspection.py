"""`tieout source inspect` on databases: an SQLite file and a real PostgreSQL server; what is drafted lands every row."""

import os
import sqlite3
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import DeclarationError, MissingSourceError
from orchestration.sources.inspection.adding import write_drafts
from orchestration.sources.inspection.found import FoundTable
from orchestration.sources.inspection.look import Inspection, inspect_source, page
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from tests.companies import forget_settings
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
    found = inspect_source(address, None, tmp_path, only=["public.[av]"])
    assert [t.name for t in found.system.tables] == ["a", "v"]
    assert "${BOOKS_DATABASE}" in found.drafts[0].text
    assert "BOOKS_DATABASE" in os.environ
    with pytest.raises(MissingSourceError, match=r"No relation is named 'x'. There is: public.a, public.b, public.v"):
        inspect_source(address, None, tmp_path, only=["x"])


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


def types_of(found: Inspection, name: str) -> dict[str, str]:
    return {column.name: column.type for column in table(found, name).columns}


def shop_with(root: Path, columns: str, *rows: tuple[object, ...]) -> Inspection:
    """Return what is found of a table `sale` of these columns and rows."""
    with sqlite3.connect(root / "shop.db") as database:
        database.execute(f"CREATE TABLE sale ({columns})")
        for row in rows:
            database.execute(f"INSERT INTO sale VALUES ({', '.join('?' * len(row))})", row)
    return inspect_source(str(root / "shop.db"), None, root)


def test_sqlites_declared_types_are_used_whatever_the_values_look_like(tmp_path: Path) -> None:
    columns = (
        "id INTEGER PRIMARY KEY, active BOOLEAN, effective_date DATE, create_date TIMESTAMP, at DATETIME(6), code VARCHAR(9), "
        "number INTEGER, price NUMERIC(16, 4), amount NUMERIC, weight FLOAT, share REAL, day TEXT, since DATE, fee DECIMAL"
    )
    found = shop_with(
        tmp_path,
        columns,
        *(
            (n, n % 2, "2024-01-31", "2024-01-31 10:00:00.5", "2024-01-31", f"{n}", n, n, n * 10.5, n * 0.1, n / 3,
             "2024-02-01", None, None)
            for n in range(1, 41)
        ),
    )  # fmt: skip
    assert types_of(found, "sale") == {
        "id": "BIGINT",
        "active": "BOOLEAN",
        "effective_date": "DATE",
        "create_date": "TIMESTAMP",
        "at": "TIMESTAMP",
        "code": "VARCHAR",
        "number": "BIGINT",
        "price": "DECIMAL(16, 4)",
        "amount": "DECIMAL(18, 2)",
        "weight": "DECIMAL(18, 2)",
        "share": "DOUBLE",
        "day": "DATE",
        "since": "DATE",
        "fee": "DECIMAL(18, 2)",
    }
    lands_whole(found, tmp_path)


def test_values_that_are_not_of_their_declared_type_decide_and_it_is_told(tmp_path: Path) -> None:
    found = shop_with(tmp_path, "id INTEGER PRIMARY KEY, qty INTEGER, day DATE")
    assert types_of(found, "sale") == {"id": "BIGINT", "qty": "BIGINT", "day": "DATE"}
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.executemany("INSERT INTO sale VALUES (?, ?, ?)", [(n, n / 4, f"{n}.12.2023") for n in range(1, 31)])
    found = inspect_source(str(tmp_path / "shop.db"), None, tmp_path)
    assert types_of(found, "sale") == {"id": "BIGINT", "qty": "DECIMAL(18, 2)", "day": "VARCHAR"}
    because = {column.name: column.because for column in table(found, "sale").columns}
    assert because["qty"] == "INTEGER at the source, but 23 of 30 values are not"
    assert because["day"] == "DATE at the source, but 30 of 30 values are not"
    lands_whole(found, tmp_path)


def test_decimals_that_sqlite_holds_as_bytes_are_decimals_and_land_exactly(tmp_path: Path) -> None:
    """A public ERP (Tryton) adapts Python's Decimal to its text in bytes."""
    amounts = ["10.10", "-3", "123456789012345.67", "0E-8", "0.10"]
    found = shop_with(
        tmp_path,
        "id INTEGER PRIMARY KEY, debit NUMERIC, raw BLOB, picture BLOB",
        *((n, amounts[n % 5].encode(), f"{n}.125".encode(), bytes([n, 0, 255])) for n in range(40)),
    )
    assert types_of(found, "sale") == {
        "id": "BIGINT",
        "debit": "DECIMAL(28, 2)",
        "raw": "DECIMAL(18, 4)",
        "picture": "VARCHAR",
    }
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("INSERT INTO sale VALUES (99, x'31002e30', '1.0', null), (98, x'612e31', '1.0', null)")
    system = SourceSystem.model_validate(yaml.safe_load(found.drafts[0].text)["attributes"])
    lake = RawLake(tmp_path / "lake")
    result = land_table(system, system.tables[0], lake, tmp_path)
    query = f"SELECT sum(debit), sum(raw), count(*) FROM ({current_rows(lake, system.tables[0], result.current)})"
    expected = 8 * sum(map(Decimal, amounts))
    assert duckdb.execute(query).fetchone() == (expected, sum(Decimal(f"{n}.125") for n in range(40)), 40)
    assert result.rows_quarantined == 2


def test_whole_numbers_beside_a_whole_number_as_key_have_no_range(tmp_path: Path) -> None:
    """`account` and `create_uid` are the keys of other rows, as an ERP names them: they grow, and mean no quantity."""
    rows = [(n, n % 7 + 1, n % 3 + 1, n * 1.5, f"2025-01-{n % 28 + 1:02d}") for n in range(1, 60)]
    columns = "id INTEGER PRIMARY KEY, account INTEGER, create_uid INTEGER, credit DECIMAL(12, 2), day DATE"
    found = shop_with(tmp_path, columns, *rows)
    suites = "".join(draft.text for draft in found.drafts if draft.path.parts[0] == "suites")
    ranges = {line.split("id: ")[1] for line in suites.splitlines() if line.endswith("_is_plausible")}
    assert {name.removesuffix("_is_plausible").split("_")[-1] for name in ranges} == {"credit", "day"}


def test_looking_at_a_database_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def wait(seconds: float) -> None:
        raise AssertionError(f"waits {seconds} s")

    monkeypatch.delenv("TIEOUT_SETTLE_SECONDS")
    forget_settings()
    monkeypatch.setattr("time.sleep", wait)
    write_database(tmp_path / "crm.db")
    assert len(inspect_source(str(tmp_path / "crm.db"), None, tmp_path).system.tables) == 2


def many_tables(root: Path) -> str:
    with sqlite3.connect(root / "erp.db") as database:
        for number in range(101):
            database.execute(f"CREATE TABLE t{number:03d} (id INTEGER PRIMARY KEY, amount NUMERIC)")
    return str(root / "erp.db")


def test_more_than_a_hundred_tables_are_drafted_when_they_are_asked_for(tmp_path: Path) -> None:
    where = many_tables(tmp_path)
    with pytest.raises(MissingSourceError, match=r"There are 101 tables.*--only '\*' takes all"):
        inspect_source(where, None, tmp_path)
    assert len(inspect_source(where, None, tmp_path, only=["*"]).system.tables) == 101
    some = inspect_source(where, None, tmp_path, only=["t00[12], T003", "t050"])
    assert [t.name for t in some.system.tables] == ["t001", "t002", "t003", "t050"]
    with pytest.raises(MissingSourceError, match="No relation is named 'nowhere'"):
        inspect_source(where, None, tmp_path, only=["t001,nowhere"])


def test_a_second_look_adds_tables_and_leaves_what_was_changed_by_hand(tmp_path: Path) -> None:
    where = many_tables(tmp_path)
    write_drafts(inspect_source(where, "erp", tmp_path, only=["t001,t002"]).system, tmp_path)
    declaration = tmp_path / "sources" / "erp" / "defs.yaml"
    described = tmp_path / "models" / "staging" / "erp" / "_erp__models.yml"
    model = tmp_path / "models" / "staging" / "erp" / "stg_erp__t001.sql"
    by_hand = declaration.read_text(encoding="utf-8").replace("- name: t001\n", "- name: ledger  # ours\n")
    by_hand = by_hand.replace("\n  tables:\n", "\n  tables:\n\n    # The ledger first.\n") + "\n# the end\n"
    declaration.write_text(by_hand, encoding="utf-8")
    model.write_text("-- Grain: ours.\n", encoding="utf-8")

    written = write_drafts(inspect_source(where, "erp", tmp_path, only=["t001", "t00[2-4]"]).system, tmp_path)

    assert written.kept == ["ledger", "t002"]
    text = declaration.read_text(encoding="utf-8")
    assert text.startswith(by_hand.removesuffix("\n# the end\n"))
    assert text.endswith("\n# the end\n")
    declared = SourceSystem.model_validate(yaml.safe_load(text)["attributes"])
    assert [t.name for t in declared.tables] == ["ledger", "t002", "t003", "t004"]
    assert [m["name"].split("__")[1] for m in yaml.safe_load(described.read_text(encoding="utf-8"))["models"]] == [
        "t001", "t002", "t003", "t004",
    ]  # fmt: skip
    assert model.read_text(encoding="utf-8") == "-- Grain: ours.\n"
    before = {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()}
    with pytest.raises(DeclarationError, match="ledger, t002: declared already"):
        write_drafts(inspect_source(where, "erp", tmp_path, only=["t001,t002"]).system, tmp_path)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*.*") if file.is_file()} == before


@pytest.mark.parametrize(
    "tables",
    [
        "\n  tables:\n  - name: a\n    description: x.\n    relation: t001\n    # of a\n  max_age_hours: 7\n",
        "\n  tables:\r\n        - name: a\r\n          description: x.\r\n          relation: t001",
    ],
)
def test_tables_are_added_however_the_list_is_written(tmp_path: Path, tables: str) -> None:
    where = many_tables(tmp_path)
    declaration = tmp_path / "sources" / "erp" / "defs.yaml"
    declaration.parent.mkdir(parents=True)
    head = "type: orchestration.components.SourceSystemComponent\nattributes:\n  name: erp\n  description: x.\n"
    head += '  owners: ["team:a"]\n  group: g\n  database: {kind: sqlite, connection: erp.db}'
    declaration.write_text(head + tables, encoding="utf-8", newline="")
    write_drafts(inspect_source(where, "erp", tmp_path, only=["t00[12]"]).system, tmp_path)
    declared = SourceSystem.model_validate(yaml.safe_load(declaration.read_text(encoding="utf-8"))["attributes"])
    assert [t.name for t in declared.tables] == ["a", "t002"]
    assert declared.max_age_hours == (7 if "max_age" in tables else None)


def test_tables_of_another_kind_of_source_are_not_added(tmp_path: Path) -> None:
    write_drafts(inspect_source(many_tables(tmp_path), "erp", tmp_path, only=["t001"]).system, tmp_path)
    (tmp_path / "a.csv").write_text("id,amount\n1,2.50\n", encoding="utf-8")
    with pytest.raises(DeclarationError, match="declares a source of another kind"):
        write_drafts(inspect_source(str(tmp_path / "a.csv"), "erp", tmp_path).system, tmp_path)
