"""Landing SQLite: every value as it stands, in one snapshot, whatever type its column says it has."""

import datetime as dt
import sqlite3
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.sources.databases.database import OpenDatabase
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.landing import land_opened
from orchestration.sources.rows.extracts import Since
from orchestration.sources.rows.reading import Reading
from tests.integration.landing_databases import DatabaseSystem

COLUMNS = {"id": "INTEGER", "qty": "INTEGER", "price": "DECIMAL(18,2)", "day": "DATE", "changed": "TIMESTAMP"}


@pytest.fixture
def shop(tmp_path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(tmp_path / "shop.db", isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.executescript(
        """
        create table sale (id integer primary key, qty integer, price decimal(18, 2), day date, changed timestamp);
        insert into sale values (1, 5, 1.10, '2024-01-31', '2024-01-31 10:00:00'), (2, null, 123456789012345.67, null, null);
        """
    )
    return connection


@pytest.fixture
def erp(tmp_path: Path, shop: sqlite3.Connection) -> DatabaseSystem:
    assert shop
    return DatabaseSystem(tmp_path, "sqlite", "shop.db", {"relation": "sale", "columns": COLUMNS})


def test_values_land_as_they_stand_and_misfits_are_quarantined(erp: DatabaseSystem, shop: sqlite3.Connection) -> None:
    shop.executescript(
        """
        insert into sale values (3, 'many', 1, '2024-01-31', '2024-01-31');
        insert into sale values (4, 9223372036854775807, '1.239', '31.01.2024', 1700000000);
        insert into sale values (5, 6.5, 0.1, '2024-02-30', '2024-01-31T10:00:00.123456');
        insert into sale values (6, 7, 0.30, '2024-01-31', '2024-01-31T10:00:00.123456');
        """
    )
    (result,) = erp.land()
    assert erp.rows("id", "qty", "price", "day", "changed") == [
        (1, 5, Decimal("1.10"), dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, 10)),  # noqa: DTZ001
        (2, None, Decimal("123456789012345.67"), None, None),
        (6, 7, Decimal("0.30"), dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, 10, 0, 0, 123456)),  # noqa: DTZ001
    ]
    assert [(column, row["id"]) for column, _, row in erp.quarantined()] == [
        ("qty", "3"),
        ("qty, price, day, changed", "4"),
        ("qty, day", "5"),
    ]
    assert erp.quarantined()[0][1] == 'qty: "many" does not fit INTEGER exactly'
    assert erp.quarantined()[0][2] == {
        "id": "3",
        "qty": "many",
        "price": "1",
        "day": "2024-01-31",
        "changed": "2024-01-31",
    }
    (batch,) = result.current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (6, 3, 3)
    shop.execute("update sale set qty = 1 where id = 3")
    erp.land()
    assert [row["id"] for _, _, row in erp.quarantined()] == ["4", "5"]


def test_floating_point_numbers_keep_every_digit_and_bytes_are_hexadecimal(
    erp: DatabaseSystem, shop: sqlite3.Connection
) -> None:
    numbers = [0.1, 0.30000000000000004, 1e300, -2.5e-310, 1 / 3, 123456789012345.67, 3.0]
    shop.execute("create table reading (value real, note blob)")
    shop.executemany("insert into reading values (?, x'00ff')", [(number,) for number in numbers])
    shop.execute("insert into reading values (null, 'text')")
    erp.declare({"relation": "reading", "columns": {"value": "DOUBLE"}})
    erp.land()
    assert [value for (value,) in erp.rows("value") if value is not None] == sorted(numbers)
    assert {note for (note,) in erp.rows("note")} == {"\\x00ff", "text"}
    erp.declare(
        {
            "relation": "reading",
            "columns": {"value": {"type": "DECIMAL(18,2)", "rounding": "half_even"}},
            "name": "rounded",
        }
    )
    shop.execute("delete from reading where abs(value) > 1e9")
    erp.land()
    assert [value for (value,) in erp.rows("value") if value is not None] == [
        Decimal(text) for text in ("0.00", "0.10", "0.30", "0.33", "3.00")
    ]


def test_all_tables_are_read_in_one_snapshot(
    erp: DatabaseSystem, shop: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.executescript(
        "create table line (id integer); create view lines as select * from line; insert into line values (1)"
    )
    read = OpenDatabase.extract

    def extract_then_commit(self: OpenDatabase, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        reading = read(self, table, since, workplace)
        if table.name == "sale":
            shop.execute("insert into line values (2)")
        return reading

    erp.declare({"relation": "sale"}, {"relation": "line"}, {"relation": "main.lines"})
    with monkeypatch.context() as patch:
        patch.setattr(OpenDatabase, "extract", extract_then_commit)
        erp.land()
    assert erp.rows("id", table="line") == erp.rows("id", table="lines") == [("1",)]
    erp.land()
    assert erp.rows("id", table="line") == erp.rows("id", table="lines") == [("1",), ("2",)]


@pytest.mark.parametrize(("cursor", "overlap"), [("changed", "1 hour"), ("id", "1"), ("day", "1 day")])
def test_an_increment_reads_from_the_cursor_on(
    erp: DatabaseSystem, shop: sqlite3.Connection, cursor: str, overlap: str
) -> None:
    said = {"relation": "sale", "load": "incremental", "keys": ["id"], "cursor": cursor, "overlap": overlap}
    erp.declare({**said, "columns": COLUMNS})
    shop.execute("delete from sale")
    shop.executemany(
        "insert into sale values (?, 1, 1, ?, ?)",
        [(day, f"2024-01-{day:02}", f"2024-01-{day:02} 00:00:00") for day in range(1, 21)],
    )
    erp.land()
    shop.execute("insert into sale values (21, 1, 1, '2024-01-21', '2024-01-21 00:00:00')")
    shop.execute("update sale set qty = 2 where id = 5")
    (result,) = erp.land()
    (batch,) = result.new
    assert (batch.rows_landed, result.row_count) == (1, 21)
    assert batch.rows_read < 5
    assert erp.rows("qty")[-1] == (1,), "row 5 was changed without its cursor"


def test_drift_is_told(erp: DatabaseSystem, shop: sqlite3.Connection) -> None:
    shop.execute("alter table sale add column note text")
    (result,) = erp.land()
    assert result.warnings == ["sale: column 'note' is not declared; it was kept as text"]
    shop.execute("alter table sale rename column qty to quantity")
    assert (
        "declared columns are missing: qty (renamed to 'quantity'?)." in erp.refusal()
        or "missing: qty" in erp.refusal()
    )


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("absent.db", None, "the database cannot be opened: No such file or directory. Check that it is there"),
        ("notes.txt", b"these are notes", "this is not an SQLite database, or it is encrypted."),
        ("empty.db", b"", "there is no such table or view, or the user may not see its schema. There are 0 relations."),
        (".", None, "the database cannot be opened: Is a directory."),
    ],
)
def test_what_is_no_database_is_refused(tmp_path: Path, name: str, content: bytes | None, expected: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    other = DatabaseSystem(tmp_path, "sqlite", name, {"relation": "sale"})
    assert expected in other.refusal()


def test_a_relation_that_is_not_there_is_told_with_its_neighbours(erp: DatabaseSystem) -> None:
    erp.declare({"relation": "sales"})
    assert "relation sales: there is no such table or view" in erp.refusal()
    assert "Near it: main.sale." in erp.refusal()
    erp.declare({"relation": "sale; drop table sale", "name": "attack"})
    assert "there is no such table or view" in erp.refusal()


def test_text_that_is_no_text_is_quarantined(erp: DatabaseSystem, shop: sqlite3.Connection) -> None:
    shop.execute("create table odd (name text)")
    shop.execute("insert into odd values (cast(x'c328' as text)), ('sound'), ('söund'), (null)")
    erp.declare({"relation": "odd"})
    erp.land()
    assert erp.rows("name") == [("sound",), ("söund",), (None,)]
    assert erp.quarantined() == [("name", "name: bytes are not valid text in UTF-8", {"name": "\\xc328"})]


def test_a_damaged_file_is_refused(erp: DatabaseSystem, shop: sqlite3.Connection, tmp_path: Path) -> None:
    shop.execute("pragma wal_checkpoint(truncate)")
    shop.close()
    content = bytearray((tmp_path / "shop.db").read_bytes())
    content[4096:] = b"\xff" * len(content[4096:])
    (tmp_path / "shop.db").write_bytes(content)
    assert "the database could not give its rows" in erp.refusal()


def test_the_other_tables_land_after_one_was_refused(erp: DatabaseSystem) -> None:
    erp.declare({"relation": "nothing"}, {"relation": "sale"})
    with erp.opened() as source:
        missing, there = erp.system.tables
        with pytest.raises(Exception, match="there is no such table"):
            land_opened(source, missing, erp.lake)
        assert land_opened(source, there, erp.lake).warnings == [], "the snapshot is still the same"
