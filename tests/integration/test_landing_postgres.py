"""Landing PostgreSQL: values arrive exactly, in one snapshot, with the server doing the filtering; faults are clear."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.settings import settings
from orchestration.sources.databases.database import OpenDatabase
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.raw_lake import DATA_FILE
from orchestration.sources.rows import extracts
from orchestration.sources.rows.extracts import Since
from orchestration.sources.rows.reading import Reading
from tests.database_servers import PASSWORD, PostgresServer
from tests.integration.landing_databases import DatabaseSystem


@pytest.fixture
def erp(postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseSystem]:
    """A system over an empty database of its own; its password is in the environment."""
    postgres.sql("create database erp")
    monkeypatch.setenv("ERP_PASSWORD", PASSWORD)
    connection = f"host=127.0.0.1 port={postgres.port} dbname=erp user=postgres password=${{ERP_PASSWORD}}"
    yield DatabaseSystem(tmp_path, "postgres", connection, {"relation": "public.nothing"})
    postgres.sql("drop database erp with (force)")


def test_every_type_lands_without_loss(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql(
        """
        create type mood as enum ('sad', 'ok');
        create domain price as numeric(12, 2);
        create table everything (
            a_bool bool, a_small smallint, an_int int, a_big bigint, a_real real, a_double float8,
            a_money numeric(18, 2), a_long numeric(38, 10), unbounded numeric, huge numeric(60, 5), rounded numeric(5, -2),
            a_date date, a_time time, a_stamp timestamp, a_zoned timestamptz, a_span interval,
            a_text text, a_name varchar(10), a_code char(5), a_uuid uuid, a_json json, a_jsonb jsonb,
            numbers int[], a_mood mood, a_price price, some_bytes bytea, an_address inet
        );
        insert into everything values (
            true, -32768, -2147483648, -9223372036854775808, 0.1, 0.1,
            1234567890123456.78, 1234567890123456789012345678.0123456789,
            12345678901234567890.123456789, 1234567890123456789012345678901234567890.12345, 1234567,
            '2024-02-29', '23:59:59.999999', '2024-02-29 10:00:00.123456', '2024-02-29 10:00:00.123456+02', '1 day 02:00',
            'ä€😀', 'abc', 'ab', '00000000-0000-0000-0000-000000000001', '{"a": 1}', '{"a": 1}',
            '{{1,2},{3,4}}', 'ok', 12.5, '\\xdeadbeef', '10.0.0.1'
        )
        """,
        "erp",
    )
    erp.declare({"relation": "public.everything"})
    erp.land()
    (row,) = erp.rows("* exclude (source_system, source_table, batch_id, known_at, source_file)")
    landed = dict(zip([*erp.types(), "source_row"], row, strict=True))
    assert landed == {
        "a_bool": True,
        "a_small": -32768,
        "an_int": -2147483648,
        "a_big": -9223372036854775808,
        "a_real": pytest.approx(0.1, rel=1e-7),
        "a_double": 0.1,
        "a_money": Decimal("1234567890123456.78"),
        "a_long": Decimal("1234567890123456789012345678.0123456789"),
        "unbounded": "12345678901234567890.123456789",
        "huge": "1234567890123456789012345678901234567890.12345",
        "rounded": "1234600",
        "a_date": dt.date(2024, 2, 29),
        "a_time": dt.time(23, 59, 59, 999999),
        "a_stamp": dt.datetime(2024, 2, 29, 10, 0, 0, 123456),  # noqa: DTZ001
        "a_zoned": dt.datetime(2024, 2, 29, 8, 0, 0, 123456),  # noqa: DTZ001
        "a_span": "1 day 02:00:00",
        "a_text": "ä€😀",
        "a_name": "abc",
        "a_code": "ab",
        "a_uuid": "00000000-0000-0000-0000-000000000001",
        "a_json": '{"a": 1}',
        "a_jsonb": '{"a": 1}',
        "numbers": "{{1,2},{3,4}}",
        "a_mood": "ok",
        "a_price": "12.50",
        "some_bytes": "\\xdeadbeef",
        "an_address": "10.0.0.1/32",
        "source_row": 1,
    }
    assert erp.types()["a_zoned"] == "TIMESTAMP"
    assert erp.types()["a_money"] == "DECIMAL(18,2)"


@pytest.mark.parametrize("with_unbounded", [False, True], ids=["read with all threads", "asked for as text"])
def test_what_no_type_holds_is_quarantined(postgres: PostgresServer, erp: DatabaseSystem, with_unbounded: bool) -> None:
    other = ", other numeric" if with_unbounded else ""
    postgres.sql(
        f"""
        create table odd (id int primary key, amount numeric(18, 2), on_day date, at timestamp, at_zone timestamptz{other});
        insert into odd select n, n, '2024-01-01', '2024-01-01', '2024-01-01' from generate_series(1, 20) n;
        insert into odd (id, amount) values (31, 'NaN');
        insert into odd (id, on_day) values (32, 'infinity'), (33, '-infinity');
        insert into odd (id, at) values (34, 'infinity'), (35, '294276-12-31');
        insert into odd (id, at_zone) values (36, '-infinity'), (37, '294276-12-31');
        insert into odd (id, on_day, at) values (41, '0044-03-15 BC', '0044-03-15 12:00 BC')
        """,
        "erp",
    )
    erp.declare({"relation": "public.odd", "columns": {"amount": "DECIMAL(18,2)", "at": "TIMESTAMP"}})
    (result,) = erp.land()
    assert [(column, row["id"]) for column, _, row in erp.quarantined()] == [
        ("amount", 31),
        ("on_day", 32),
        ("on_day", 33),
        ("at", 34),
        ("at", 35),
        ("at_zone", 36),
        ("at_zone", 37),
    ]
    assert erp.quarantined()[0] == (
        "amount",
        'amount: "NaN" does not fit DECIMAL(18,2) exactly',
        {**erp.quarantined()[0][2], "id": 31, "amount": "NaN"},
    )
    assert erp.rows("id", "on_day::varchar", '"at"::varchar')[-1] == (41, "0044-03-15 (BC)", "0044-03-15 (BC) 12:00:00")
    (batch,) = result.current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (28, 21, 7)
    numbers = [number for (number,) in erp.rows("source_row")]
    assert numbers == list(range(1, 22))


def test_all_tables_are_read_in_one_snapshot(
    postgres: PostgresServer, erp: DatabaseSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that are committed after the first table has been read are in no later table, however it is read."""
    postgres.sql(
        """
        create table first (id int);
        create table scanned (id int, filler text);
        create table asked (id int, amount numeric);
        create view viewed as select * from asked;
        insert into first values (1);
        insert into scanned select n, repeat('x', 200) from generate_series(1, 100000) n;
        insert into asked select n, n from generate_series(1, 100) n;
        analyze
        """,
        "erp",
    )
    erp.declare(*({"relation": f"public.{name}"} for name in ("first", "scanned", "asked", "viewed")))
    read = OpenDatabase.extract

    def extract_then_commit(self: OpenDatabase, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        reading = read(self, table, since, workplace)
        if table.name == "first":
            postgres.sql(
                "insert into scanned select n, 'late' from generate_series(1, 5000) n; delete from scanned where id < 9; "
                "update scanned set filler = 'changed' where id % 2 = 0; insert into asked values (0, 0)",
                "erp",
            )
        return reading

    monkeypatch.setenv("TIEOUT_THREADS", "4")
    settings.cache_clear()
    seen = len(postgres.log())
    with monkeypatch.context() as patch:
        patch.setattr(OpenDatabase, "extract", extract_then_commit)
        erp.land()
    assert erp.rows("count(*)", "min(id)", "min(filler)", "max(length(filler))", table="scanned") == [
        (100_000, 1, "x" * 200, 200)
    ]
    assert (
        erp.rows("count(*)", "min(id)", table="asked") == erp.rows("count(*)", "min(id)", table="viewed") == [(100, 1)]
    )
    log = postgres.log()[seen:]
    assert "SET TRANSACTION SNAPSHOT" in log, "the table was to be read with several threads"
    erp.land()
    assert erp.rows("count(*)", table="asked") == [(101,)]


@pytest.mark.parametrize(
    ("kind", "mark", "later", "load", "expected"),
    [
        ("timestamp", "2024-05-01 12:00", "2024-05-01 12:00:01", "incremental", ["last", "later", "undated"]),
        ("timestamptz", "2024-05-01 12:00+00", "2024-05-01 14:00:01+02", "incremental", ["last", "later", "undated"]),
        ("date", "2024-05-01", "2024-05-02", "incremental", ["last", "later", "undated"]),
        ("bigint", "700", "701", "append", ["later", "undated"]),
        ("numeric(18,2)", "700", "700.01", "append", ["later", "undated"]),
        ("text", "B-7", "a-1", "append", ["later", "undated"]),
    ],
)
def test_the_server_filters_by_the_cursor(
    postgres: PostgresServer,
    erp: DatabaseSystem,
    kind: str,
    mark: str,
    later: str,
    load: str,
    expected: list[str],
) -> None:
    early = {"text": "A-1", "bigint": "1", "numeric(18,2)": "1"}.get(kind, "2024-04-01")
    postgres.sql(
        f"""
        create table moved (id text, "Changed" {kind});
        insert into moved select 'early ' || n, '{early}' from generate_series(1, 5000) n;
        insert into moved values ('last', '{mark}'), ('undated', null);
        create index on moved ("Changed"); analyze moved
        """,
        "erp",
    )
    declared = {
        "timestamp": "TIMESTAMP",
        "timestamptz": "TIMESTAMP",
        "date": "DATE",
        "bigint": "BIGINT",
        "text": "VARCHAR",
    }
    erp.declare(
        {
            "relation": "public.moved",
            "load": load,
            "keys": ["id"],
            "cursor": "Changed",
            "columns": {"id": "VARCHAR", "Changed": declared.get(kind, "DECIMAL(18,2)")},
        }
    )
    asked: list[tuple[Since, Reading]] = []
    read = OpenDatabase.extract

    def extract(self: OpenDatabase, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        reading = read(self, table, since, workplace)
        if since:
            asked.append((since, reading))
            found = duckdb.execute(f"SELECT id FROM '{workplace / DATA_FILE}' ORDER BY 1").fetchall()
            assert [name for (name,) in found] == expected
        return reading

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(OpenDatabase, "extract", extract)
        erp.land()
        postgres.sql(f"insert into moved values ('later', '{later}')", "erp")
        seen = len(postgres.log())
        erp.land()
    ((since, reading),) = asked
    assert since.is_inclusive == (load == "incremental")
    assert reading.rows_read == len(expected)
    log = postgres.log()[seen:]
    read_by_server = [line for line in log.splitlines() if 'FROM "public"."moved"' in line]
    assert read_by_server
    assert all("Changed" in line.split("WHERE", 1)[1] for line in read_by_server)


def test_the_overlap_reaches_back_by_an_interval(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql(
        "create table moved (id int, amount numeric(9,2), changed_at timestamptz); "
        "insert into moved values (1, 10, '2024-05-01 00:00+00'), (2, 20, '2024-05-10 00:00+00')",
        "erp",
    )
    erp.declare(
        {
            "relation": "public.moved",
            "load": "incremental",
            "keys": ["id"],
            "cursor": "changed_at",
            "overlap": "2 days",
            "columns": {"id": "INTEGER", "amount": "DECIMAL(9,2)", "changed_at": "TIMESTAMP"},
        }
    )
    erp.land()
    postgres.sql(
        "insert into moved values (3, 30, '2024-05-08 00:00+00'), (4, 40, '2024-05-07 23:59+00'); "
        "update moved set amount = 21 where id = 2",
        "erp",
    )
    (result,) = erp.land()
    assert erp.rows("id", "amount") == [(1, 10), (2, 21), (3, 30)], "row 4 came later than the overlap allows"
    assert [(batch.rows_read, batch.rows_landed, batch.rows_unchanged) for batch in result.new] == [(2, 2, 0)]
    assert erp.land()[0].new == ()


def test_names_are_taken_letter_by_letter_and_never_as_sql(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql(
        """
        create schema "My Schema";
        create table "My Schema"."Order. ""Li""ne" ("Order No" int, "qu""ote" text, "semi;colon" text, "select" int);
        insert into "My Schema"."Order. ""Li""ne" values (1, 'a', 'b', 2);
        create table orders (id int); insert into orders values (1);
        create table "Orders" (id int); insert into "Orders" values (2), (3);
        create table safe (id int); insert into safe values (1)
        """,
        "erp",
    )
    erp.declare(
        {
            "name": "line",
            "relation": 'My Schema."Order. ""Li""ne"',
            "keys": ["Order No"],
            "columns": {"Order No": "INTEGER", 'qu"ote': "VARCHAR", "semi;colon": "VARCHAR", "select": "BIGINT"},
        },
        {"name": "lower", "relation": "orders"},
        {"name": "upper", "relation": "public.Orders"},
    )
    erp.land()
    assert erp.rows('"Order No"', '"qu""ote"', '"semi;colon"', '"select"', table="line") == [(1, "a", "b", 2)]
    assert erp.rows("id", table="lower") == [(1,)]
    assert erp.rows("id", table="upper") == [(2,), (3,)]
    for attack in ("safe; drop table safe", "safe') ; drop table safe --", "public.safe where false; delete from safe"):
        erp.declare({"name": "attack", "relation": attack})
        assert "there is no such table or view" in erp.refusal()
    assert postgres.sql("select count(*) from safe", "erp") == ["1"]
    for strange in ("a.b.c", 'a."b', ".a", "a.", '"a"b.c'):
        erp.declare({"name": "strange", "relation": strange})
        assert "is not a relation. Write schema.name" in erp.refusal()


def test_views_partitions_and_materialized_views_land(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql(
        """
        create table sales (id int, year int) partition by list (year);
        create table sales_23 partition of sales for values in (2023);
        create table sales_24 partition of sales for values in (2024);
        insert into sales select n, 2023 + n % 2 from generate_series(1, 1000) n;
        create view recent as select id, 1.50::numeric as amount, 'x'::text as bad from sales where year = 2024;
        create materialized view yearly as select year, count(*) as n from sales group by year;
        create table empty (id int); create table no_columns ()
        """,
        "erp",
    )
    erp.declare(*({"relation": f"public.{name}"} for name in ("sales", "recent", "yearly", "empty")))
    landed = erp.land()
    assert [result.row_count for result in landed] == [1000, 500, 2, 0]
    assert erp.rows("sum(amount::decimal(18,2))", table="recent") == [(Decimal("750.00"),)]
    assert erp.land()[1].new == (), "the same rows again make no batch"
    erp.declare({"relation": "public.no_columns"})
    assert "there is no such table or view" in erp.refusal()


def test_values_that_do_not_fit_are_quarantined_with_their_row(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql(
        """
        create table entries (id int, amount numeric(18,4), posted timestamp, code text, rate float8);
        insert into entries select n, n, '2024-01-01', n, n from generate_series(1, 50) n;
        insert into entries values (101, 1.2345, '2024-01-01', '7', 0.5), (102, 1, '2024-01-01 10:00', 'x', 0.123456),
            (null, 1, '2024-01-01', '1', 1)
        """,
        "erp",
    )
    declared = {
        "id": {"type": "INTEGER", "nullable": False},
        "amount": "DECIMAL(18,2)",
        "posted": "DATE",
        "code": "INTEGER",
        "rate": {"type": "DECIMAL(9,2)", "rounding": "half_even"},
    }
    erp.declare({"relation": "public.entries", "columns": declared})
    (result,) = erp.land()
    assert erp.quarantined() == [
        (
            "amount",
            'amount: "1.2345" does not fit DECIMAL(18,2) exactly',
            {"id": 101, "amount": 1.2345, "posted": "2024-01-01 00:00:00", "code": "7", "rate": 0.5},
        ),
        (
            "posted, code",
            'posted: "2024-01-01 10:00:00" does not fit DATE exactly; code: "x" does not fit INTEGER exactly',
            {"id": 102, "amount": 1.0, "posted": "2024-01-01 10:00:00", "code": "x", "rate": 0.123456},
        ),
        (
            "id",
            "id: has no value, but must have one",
            {"id": None, "amount": 1.0, "posted": "2024-01-01 00:00:00", "code": "1", "rate": 1.0},
        ),
    ]
    assert result.row_count == 50
    assert erp.types() == {
        "id": "INTEGER",
        "amount": "DECIMAL(18,2)",
        "posted": "DATE",
        "code": "INTEGER",
        "rate": "DECIMAL(9,2)",
    }
    postgres.sql("update entries set amount = 1.23 where id = 101", "erp")
    erp.land()
    assert [row["id"] for _, _, row in erp.quarantined()] == [102, None]


def test_a_type_that_no_longer_fits_refuses_the_table(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql(
        "create table entries (id int, amount numeric(18,2)); insert into entries values (1, 1), (2, 2)", "erp"
    )
    erp.declare({"relation": "public.entries", "columns": {"id": "INTEGER", "amount": "DECIMAL(18,2)"}})
    erp.land()
    postgres.sql("alter table entries alter amount type text using 'EUR ' || amount", "erp")
    assert erp.refusal() == (
        "Source system erp, relation public.entries: 2 of 2 rows do not fit the declaration. amount: 2 rows, first in "
        'row 1: "EUR 1.00" does not fit DECIMAL(18,2) exactly. Correct the relation, or the types and options in '
        "defs.yaml; until then the data landed before stays in use."
    )
    assert erp.rows("amount") == [(1,), (2,)]


def test_columns_that_come_and_go(postgres: PostgresServer, erp: DatabaseSystem) -> None:
    postgres.sql("create table entries (id int, posted_amount numeric(18,2)); insert into entries values (1, 1)", "erp")
    erp.declare({"relation": "public.entries", "columns": {"id": "INTEGER", "posted_amount": "DECIMAL(18,2)"}})
    erp.land()
    postgres.sql("alter table entries add note text default 'n'", "erp")
    (result,) = erp.land()
    assert result.warnings == ["public.entries: column 'note' is not declared; it was kept as its own type"]
    assert erp.rows("note") == [("n",)]
    postgres.sql("alter table entries rename posted_amount to post_amount", "erp")
    message = erp.refusal()
    assert "declared columns are missing: posted_amount (renamed to 'post_amount'?)." in message
    assert "The relation has: id, post_amount, note." in message
    assert erp.rows("posted_amount") == [(1,)]


@pytest.mark.parametrize(
    ("index", "is_guaranteed"),
    [
        ("primary key (id)", True),
        ("unique (note, id)", False),
        ("unique (id)", False),
        ("primary key (other, id)", False),
        ("primary key (id, kind)", True),
    ],
)
def test_rows_without_a_key_of_their_own_are_quarantined(
    postgres: PostgresServer,
    erp: DatabaseSystem,
    monkeypatch: pytest.MonkeyPatch,
    index: str,
    is_guaranteed: bool,
) -> None:
    """What the server guarantees is not looked for."""
    rows = "(1, 'a', 1), (2, 'b', 2), (3, 'c', 3), (4, 'd', 4)"
    postgres.sql(
        f"create table entries (id int, note text, other int, kind text default 'k'); insert into entries values {rows}; "
        f"alter table entries add {index}",
        "erp",
    )
    looked: list[int] = []
    look = extracts.quarantine_unkeyed

    def looking(*args: Any) -> int:
        looked.append(1)
        return look(*args)

    monkeypatch.setattr(extracts, "quarantine_unkeyed", looking)
    erp.declare({"relation": "public.entries", "keys": ["id", "kind"]})
    erp.land()
    assert looked == ([] if is_guaranteed else [1])


def test_keys_used_twice_or_missing_are_quarantined_with_their_row(
    postgres: PostgresServer, erp: DatabaseSystem
) -> None:
    postgres.sql(
        "create table entries (id int, amount numeric(9,3)); insert into entries "
        "select n, n from generate_series(1, 10) n; insert into entries values (4, 40), (null, 50), (60, 1.005)",
        "erp",
    )
    erp.declare({"relation": "entries", "keys": ["id"], "columns": {"id": "INTEGER", "amount": "DECIMAL(9,2)"}})
    (result,) = erp.land()
    assert sorted(erp.quarantined(), key=lambda found: found[1]) == [
        ("amount", 'amount: "1.005" does not fit DECIMAL(9,2) exactly', {"id": 60, "amount": 1.005}),
        ("id", "id: has no value, but is part of the key", {"id": None, "amount": 50.0}),
        ("id", "the key (id = 4) was already used in row 4", {"id": 4, "amount": 40.0}),
    ]
    (batch,) = result.current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (13, 10, 3)
    assert result.row_count == 10
