"""Rows in quarantine can be listed with their place and reason, and re-enter once the file or declaration is mended."""

import sqlite3
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.settings import settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.errors import DeclarationError
from orchestration.sources.lake.quarantine import LONGEST_TEXT, Quarantine, quarantine
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.warehouse.checks import CheckRow
from orchestration.warehouse.landing_checks import landing_checks
from tests.companies import choose, made_company
from tests.integration.landing_databases import DatabaseSystem

DECLARATION = """type: orchestration.components.SourceSystemComponent
attributes:
  name: shop
  description: A shop.
  owners: [team:shop]
  group: shop
  root: files
  tables:
    - {name: sale, description: Sales., files: "sale*.csv", format: csv, columns: {id: INTEGER, price: "DECIMAL(9,2)"}}
    - {name: staff, description: People., files: staff.parquet, format: parquet, columns: {age: INTEGER}}
"""


class Shop:
    """A company with one declared system of two tables."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "files").mkdir()
        (root / "sources" / "shop").mkdir(parents=True)
        self.declaration = root / "sources" / "shop" / "defs.yaml"
        self.declaration.write_text(DECLARATION)
        self.sales("id,price\n1,1.50\n2,much\n3,2.00\n")
        self.staff("SELECT unnest([30, 40]) AS age")

    def sales(self, content: str, name: str = "sale.csv") -> None:
        (self.root / "files" / name).write_text(content)

    def staff(self, query: str) -> None:
        duckdb.execute(f"COPY ({query}) TO '{self.root / 'files' / 'staff.parquet'}' (FORMAT parquet)")

    def land(self) -> None:
        (system,) = load_declarations(settings().declarations)
        for table in system.tables:
            land_table(system, table, RawLake(settings().raw_lake), self.root)

    def found(self, selected: str | None = None, limit: int = 50) -> Quarantine:
        systems = load_declarations(settings().declarations)
        return quarantine(RawLake(settings().raw_lake), systems, selected=selected, limit=limit)

    def prices(self) -> list[str]:
        lake = RawLake(settings().raw_lake)
        files = [str(lake.data_file(batch)) for batch in lake.current("shop", "sale")]
        rows = duckdb.execute(f"SELECT id || ':' || price FROM read_parquet({files}) ORDER BY 1").fetchall()
        return [text for (text,) in rows]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("COLUMNS", "240")
    return Shop(choose(made_company(tmp_path), monkeypatch))


def printed(*arguments: str) -> str:
    outcome = CliRunner().invoke(app, ["quarantine", *arguments], catch_exceptions=False)
    assert outcome.exit_code == 0
    return outcome.output


def test_a_rejected_row_is_listed_with_file_line_column_reason_and_text(shop: Shop) -> None:
    shop.land()
    (row,) = shop.found().rows
    assert (row.system, row.table, row.source_file, row.source_row) == ("shop", "sale", "sale.csv", 3)
    assert (row.column_name, row.raw_text) == ("price", "2,much")
    assert row.reason == 'price: "much" does not fit DECIMAL(9,2) exactly'
    line = next(line for line in printed().splitlines() if "shop.sale" in line)
    assert [cell.strip() for cell in line.split("  ") if cell.strip()] == [
        "shop.sale",
        "sale.csv",
        "line 3",
        "price",
        row.reason,
        "2,much",
    ]


def test_nothing_in_quarantine_is_said(shop: Shop) -> None:
    assert printed() == "No row is in quarantine.\n"
    shop.land()
    assert printed("shop.staff") == "No row of shop.staff is in quarantine.\n"


def test_a_mended_file_lets_its_rows_in(shop: Shop) -> None:
    shop.land()
    assert shop.prices() == ["1:1.50", "3:2.00"]
    shop.sales("id,price\n1,1.50\n2,1.75\n3,2.00\n")
    shop.land()
    assert printed() == "No row is in quarantine.\n"
    assert shop.prices() == ["1:1.50", "2:1.75", "3:2.00"]


def test_a_mended_declaration_lets_the_rows_of_the_same_file_in(shop: Shop) -> None:
    shop.sales("id,price\n1,1.50\n2,1.755\n3,2.00\n")
    shop.land()
    assert shop.found().row_count == 1
    shop.declaration.write_text(DECLARATION.replace("DECIMAL(9,2)", "DECIMAL(9,3)"))
    shop.land()
    assert printed() == "No row is in quarantine.\n"
    assert shop.prices() == ["1:1.500", "2:1.755", "3:2.000"]


def test_a_system_or_one_of_its_tables_can_be_chosen(shop: Shop) -> None:
    shop.staff("SELECT unnest(['30', '40', 'old']) AS age")
    shop.land()
    assert [row.table for row in shop.found("shop").rows] == ["sale", "staff"]
    assert [(row.table, row.source_row, row.place) for row in shop.found("shop.staff").rows] == [("staff", 3, "row 3")]


def test_the_list_is_in_order_of_file_and_line_and_ends_at_the_limit(shop: Shop) -> None:
    shop.sales("id,price\n1,x\n2,2.00\n3,3.00\n4,y,9\n5,5.00\n")
    shop.sales("id,price\n1,1.00\n2,z\n", "sale0.csv")
    shop.land()
    assert [row.raw_text for row in shop.found().rows] == ["1,x", "4,y,9", "2,z"]
    found = shop.found(limit=2)
    assert ([row.raw_text for row in found.rows], found.row_count) == (["1,x", "4,y,9"], 3)
    assert "2 of 3 rows in quarantine" in printed("--limit", "2")


@pytest.mark.parametrize(
    ("keys", "places"),
    [
        ([], ["row 6 of those read", "row 7 of those read"]),
        (["id"], ["id 7", "id 9"]),
        (["region", "id"], ["region north, id 7", "region NULL, id 9"]),
    ],
)
def test_a_row_of_a_database_is_named_by_its_keys(tmp_path: Path, keys: list[str], places: list[str]) -> None:
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        connection.execute("create table item (id integer, region text, price text)")
        rows = [(number, "north", "1.50") for number in range(1, 6)]
        rows += [(7, "north", "much"), (9, None, "x" * 600)]
        connection.executemany("insert into item values (?, ?, ?)", rows)
    connection.close()
    columns = {"id": "INTEGER", "region": "VARCHAR", "price": "DECIMAL(9,2)"}
    erp = DatabaseSystem(tmp_path, "sqlite", "erp.db", {"relation": "item", "columns": columns, "keys": keys})
    erp.land()
    assert [row.place for row in quarantine(erp.lake, [erp.system]).rows] == places


def checks_of(touched: dict[str, tuple[str, ...]] | None = None) -> list[CheckRow]:
    return landing_checks(RawLake(settings().raw_lake), load_declarations(settings().declarations), touched=touched)


def test_what_is_in_quarantine_is_a_warning_with_its_files_its_money_and_the_figures_that_lack_it(shop: Shop) -> None:
    shop.sales("price,id\n7.50,one\n2.00,2\nx,3\n1.25,four\n3.00,5\n4.00,6\n")
    shop.sales("id,price\n1,1.00\n2,z\n3,3.00\n", "sale0.csv")
    shop.land()
    sale, staff = checks_of({"shop.sale": ("orders", "average_order_value")})
    assert (sale.table_name, sale.status, sale.failing_rows, sale.blocks) == ("shop.sale", "warn", 4, False)
    assert sale.message == (
        "shop.sale: 4 rows are in quarantine (sale.csv: 3, sale0.csv: 1); no figure counts them (price 8.75). "
        "It is in orders, average_order_value. "
        "`tieout quarantine shop.sale` says why; mend the source or its declaration, and run again."
    )
    assert sale.observed == {"rows": 4, "amounts": {"price": "8.75"}, "kpis": ["orders", "average_order_value"]}
    assert (staff.table_name, staff.status, staff.failing_rows, staff.message) == ("shop.staff", "pass", 0, None)


def test_money_that_cannot_be_read_is_not_made_up(shop: Shop) -> None:
    shop.sales("id,price\n1,x\n2,2.00\n3,3.00,4.00\n4,4.00\n")
    shop.land()
    sale, _ = checks_of()
    assert sale.message is not None
    assert "no figure counts them (price). `tieout" in sale.message


def test_the_money_of_a_databases_rows_is_read_by_name(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        connection.execute("create table item (id integer, on_day text, price text)")
        connection.executemany(
            "insert into item values (?, ?, ?)", [(1, "2024-01-01", "200.00"), (2, "2024-13-01", "7.50")]
        )
    connection.close()
    columns = {"id": "INTEGER", "on_day": "DATE", "price": "DECIMAL(9,2)"}
    erp = DatabaseSystem(tmp_path, "sqlite", "erp.db", {"relation": "item", "columns": columns})
    erp.land()
    (item,) = landing_checks(erp.lake, [erp.system])
    assert item.observed == {"rows": 1, "amounts": {"price": "7.50"}, "kpis": []}


@pytest.mark.parametrize(("most", "status", "blocks"), [("0.25", "fail", True), ("0.34", "warn", False)])
def test_more_in_quarantine_than_the_declared_share_blocks(shop: Shop, most: str, status: str, blocks: bool) -> None:
    shop.declaration.write_text(DECLARATION.replace("name: sale,", f"name: sale, max_quarantined_share: {most},"))
    shop.land()
    sale, _ = checks_of()
    assert (sale.status, sale.blocks) == (status, blocks)
    assert sale.message is not None
    assert ("33.33% of the rows are in quarantine; max_quarantined_share allows 25.00%." in sale.message) == blocks


@pytest.mark.parametrize(
    ("selected", "message"),
    [
        ("shep", r"No source system 'shep' is declared\. There is: shop\."),
        ("shop.sole", r"Source system shop declares no table 'sole'\. There is: sale, staff\."),
    ],
)
def test_an_unknown_name_is_answered_with_those_that_are_declared(shop: Shop, selected: str, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        shop.found(selected)


def test_a_rejected_text_can_neither_steer_the_terminal_nor_fill_it(shop: Shop) -> None:
    shop.sales(f"id,price\n1,1.50\n2,[red]\x1b[2J{'x' * 9_000}\n")
    shop.land()
    assert len(shop.found().rows[0].raw_text) == LONGEST_TEXT
    said = printed()
    assert "\x1b" not in said
    assert "[red]\\x1b[2J" in said
