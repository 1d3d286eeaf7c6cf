"""Landing MySQL and MariaDB, against a real MariaDB; skipped where that is not installed."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.sources.databases.database import OpenDatabase
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.rows.extracts import Since
from orchestration.sources.rows.reading import Reading
from tests.database_servers import PASSWORD, MariaDbServer
from tests.integration.landing_databases import DatabaseSystem


@pytest.fixture
def erp(mariadb: MariaDbServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DatabaseSystem]:
    """A system over an empty database of its own; its password is in the environment."""
    mariadb.sql("create database erp character set utf8mb4", "mysql")
    monkeypatch.setenv("ERP_PASSWORD", PASSWORD)
    connection = f"mysql://reader:${{ERP_PASSWORD}}@127.0.0.1:{mariadb.port}/erp"
    yield DatabaseSystem(tmp_path, "mysql", connection, {"relation": "nothing"})
    mariadb.sql("drop database erp", "mysql")


def test_every_type_lands_without_loss(mariadb: MariaDbServer, erp: DatabaseSystem) -> None:
    mariadb.sql(
        """
        create table everything (
            a_tiny tinyint, a_flag tinyint(1), a_medium mediumint, an_unsigned bigint unsigned, a_money decimal(18, 2),
            a_long decimal(38, 10), a_double double, a_date date, a_datetime datetime(6), a_stamp timestamp(6) null,
            a_time time, a_year year, a_code char(5), a_text text, some_bytes varbinary(9), a_bit bit(8),
            a_mood enum('sad', 'ok'), a_json json
        );
        set time_zone = '+02:00';
        insert into everything values (
            -128, 7, -8388608, 18446744073709551615, -1234567890123456.78, 1234567890123456789012345678.0123456789, 0.1,
            '2024-02-29', '2024-02-29 10:00:00.123456', '2024-02-29 10:00:00.123456', '-838:59:59', 2024, 'ab', 'ä€😀',
            x'00ff', b'10101010', 'ok', '{"a": 1}'
        )
        """,
        "erp",
    )
    erp.declare({"relation": "everything"})
    erp.land()
    (row,) = erp.rows("* exclude (source_system, source_table, batch_id, known_at, source_file, source_row)")
    assert dict(zip(erp.types(), row, strict=True)) == {
        "a_tiny": -128,
        "a_flag": 7,
        "a_medium": -8388608,
        "an_unsigned": 18446744073709551615,
        "a_money": Decimal("-1234567890123456.78"),
        "a_long": Decimal("1234567890123456789012345678.0123456789"),
        "a_double": 0.1,
        "a_date": dt.date(2024, 2, 29),
        "a_datetime": dt.datetime(2024, 2, 29, 10, 0, 0, 123456),  # noqa: DTZ001
        "a_stamp": dt.datetime(2024, 2, 29, 8, 0, 0, 123456),  # noqa: DTZ001
        "a_time": "-838:59:59",
        "a_year": 2024,
        "a_code": "ab",
        "a_text": "ä€😀",
        "some_bytes": "\\x00ff",
        "a_bit": "\\xaa",
        "a_mood": "ok",
        "a_json": '{"a": 1}',
    }


def test_what_the_scanner_would_change_is_told_or_refused(mariadb: MariaDbServer, erp: DatabaseSystem) -> None:
    mariadb.sql(
        "set sql_mode = ''; create table odd (id int primary key, day date, amount decimal(50, 10)); "
        "create view odd_text as select id, day, cast(amount as char) as amount from odd; "
        "insert into odd values (1, '0000-00-00', 1234567890123456789012345678901234567890.0123456789), (2, null, 2)",
        "erp",
    )
    erp.declare({"relation": "erp.odd"})
    assert erp.refusal() == (
        "Source system erp, relation erp.odd: column amount is decimal(50,10), of which DuckDB's scanner gives a "
        "floating-point number only. Read a view that casts the column to CHAR instead, and declare its type here."
    )
    erp.declare({"relation": "odd_text"})
    (result,) = erp.land()
    assert result.warnings == ["odd_text: column 'day' holds 0000-00-00 in 1 rows; they landed with no value there"]
    assert erp.rows("amount") == [("1234567890123456789012345678901234567890.0123456789",), ("2.0000000000",)]
    mariadb.sql("set sql_mode = ''; insert into odd values (3, '2024-01-00', 1)", "erp")
    assert "column day holds 1 dates without a month or day, such as 2024-01-00" in erp.refusal()


def test_all_tables_are_read_in_one_snapshot(
    mariadb: MariaDbServer, erp: DatabaseSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    mariadb.sql(
        "create table first (id int primary key); create table line (id int primary key); insert into first values (1); "
        "insert into line values (1); create view viewed as select * from line",
        "erp",
    )
    read = OpenDatabase.extract

    def extract_then_commit(self: OpenDatabase, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        reading = read(self, table, since, workplace)
        if table.name == "first":
            mariadb.sql("insert into line values (2)", "erp")
        return reading

    erp.declare({"relation": "first"}, {"relation": "line"}, {"relation": "viewed"})
    with monkeypatch.context() as patch:
        patch.setattr(OpenDatabase, "extract", extract_then_commit)
        erp.land()
    assert erp.rows("id", table="line") == erp.rows("id", table="viewed") == [(1,)]
    erp.land()
    assert erp.rows("id", table="line") == erp.rows("id", table="viewed") == [(1,), (2,)]


@pytest.mark.parametrize(
    ("kind", "declared", "mark", "later"),
    [
        ("datetime", "TIMESTAMP", "2024-05-01 12:00", "2024-05-01 12:00:01"),
        ("date", "DATE", "2024-05-01", "2024-05-02"),
        ("bigint", "BIGINT", "700", "701"),
        ("decimal(9,2)", "DECIMAL(9,2)", "700", "700.01"),
        ("varchar(9)", "VARCHAR", "B-7", "a-1"),
    ],
)
def test_an_increment_reads_from_the_cursor_on(
    mariadb: MariaDbServer, erp: DatabaseSystem, kind: str, declared: str, mark: str, later: str
) -> None:
    early = {"varchar(9)": "A-1", "bigint": "1", "decimal(9,2)": "1"}.get(kind, "2024-04-01")
    mariadb.sql(
        f"create table moved (id int primary key, `Changed` {kind}); "
        f"insert into moved select seq, '{early}' from seq_1_to_500; "
        f"insert into moved values (1001, '{mark}'), (1002, null)",
        "erp",
    )
    said = {"relation": "moved", "load": "append", "cursor": "Changed"}
    erp.declare({**said, "columns": {"id": "INTEGER", "Changed": declared}})
    erp.land()
    mariadb.sql(f"insert into moved values (1003, '{later}')", "erp")
    (result,) = erp.land()
    (batch,) = result.new
    assert (batch.rows_read, batch.rows_landed) == (2, 1), "row 1002 has no cursor, so it is read each time"
    assert result.row_count == 503
    mariadb.sql("delete from moved where id = 1002", "erp")
    seen = len(mariadb.log())
    assert erp.land()[0].new == ()
    queries = [line for line in mariadb.log()[seen:].splitlines() if "FROM `erp`.`moved`" in line]
    assert queries
    if declared != "VARCHAR":  # text is compared by DuckDB, as collations differ
        assert all("WHERE `Changed`" in line for line in queries), queries


def test_names_are_never_sql(mariadb: MariaDbServer, erp: DatabaseSystem) -> None:
    mariadb.sql(
        "create table `Order Line` (`Order No` int, `select` int, `semi;colon` int); "
        "insert into `Order Line` values (1, 2, 3); create table `a``b` (id int); create table safe (id int)",
        "erp",
    )
    erp.declare({"name": "line", "relation": "erp.Order Line", "columns": {"Order No": "BIGINT"}})
    erp.land()
    assert erp.rows('"Order No"', '"select"', '"semi;colon"') == [(1, 2, 3)]
    erp.declare({"name": "tick", "relation": "a`b"})
    assert "holds a backtick, which DuckDB's scanner cannot quote" in erp.refusal()
    erp.declare({"name": "attack", "relation": "safe'; drop table safe; --"})
    assert "there is no such table or view" in erp.refusal()
    assert mariadb.sql("select count(*) from safe", "erp") == ["0"]


def test_faults_are_clear_and_hold_no_password(
    mariadb: MariaDbServer, erp: DatabaseSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp.declare({"relation": "sale"})
    assert "relation sale: there is no such table or view" in erp.refusal()
    monkeypatch.setenv("ERP_PASSWORD", "wr0ng word")
    message = erp.refusal()
    assert "Source system erp: the database does not let the user in: " in message
    assert "Access denied for user 'reader'@'localhost'" in message
    assert "wr0ng" not in message
    monkeypatch.setenv("ERP_PASSWORD", PASSWORD)
    for port, database, expected in (
        (1, "erp", "the database does not answer"),
        (
            mariadb.port,
            "epr",
            "there is no such database: IO Error: Failed to connect to MySQL database: Unknown database",
        ),
    ):
        connection = f"mysql://reader:${{ERP_PASSWORD}}@127.0.0.1:{port}/{database}"
        other = DatabaseSystem(erp.root, "mysql", connection, {"relation": "sale"})
        message = other.refusal()
        assert expected in message
        assert PASSWORD not in message
