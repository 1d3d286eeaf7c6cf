"""Names for SQL, made of a source's names, and which files are one table."""

from pathlib import Path

import duckdb
import pytest

from orchestration.sources.inspection.grouping import grouped, listed
from orchestration.sources.inspection.names import is_code, is_personal, snake_case, staging_name


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("BillOfMaterialsID", "bill_of_materials_id"),
        ("Beleg-Nr.", "beleg_nr"),
        ("Größe (m²)", "groesse_m2"),
        ("  Unit  Price ", "unit_price"),
        ("2014 total", "n_2014_total"),
        ("Discount%", "discount_pct"),
        ("ALL_CAPS", "all_caps"),
    ],
)
def test_a_name_becomes_snake_case(found: str, expected: str) -> None:
    assert snake_case(found) == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        ("post_date", "post_date"),
        ("OrderDate", "order_date"),
        ("updated_at", "updated_at"),
        ("CurrentFlag", "current_flag"),
        ("Betrag", "betrag"),
        ("id", "id"),
        ("date", "date"),
        ("Order", "invoice_order"),
        ("batch_id", "batch_id_in_source"),
    ],
)
def test_a_staged_column_keeps_its_name_where_sql_can_use_it(column: str, expected: str) -> None:
    assert staging_name(column, "invoices") == expected


def test_every_staged_name_can_stand_in_sql_without_quotes() -> None:
    keywords = duckdb.execute("SELECT keyword_name FROM duckdb_keywords()").fetchall()
    names = [staging_name(word, "invoices") for (word,) in keywords]
    assert len(names) > 400
    for name in names:
        assert duckdb.execute(f'SELECT {name} AS {name} FROM (SELECT 42 AS "{name}")').fetchone() == (42,), name


def test_what_may_be_personal_and_what_only_names_something_is_known_by_name() -> None:
    assert all(is_personal(name) for name in ("FirstName", "E-Mail", "Geburtsdatum", "Kunde", "created_by", "IBAN"))
    assert not any(is_personal(name) for name in ("amount", "status", "currency", "sku"))
    assert all(is_code(name) for name in ("Konto", "PLZ", "account_code", "BelegNr", "Phone"))
    assert not any(is_code(name) for name in ("amount", "order_id", "line"))


def groups_of(folder: Path, *names: str) -> dict[str, list[str]]:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("x\n", encoding="utf-8")
    files, _ = listed(folder)
    found = grouped(folder, files)
    for group in found:
        assert sorted(path.relative_to(folder).as_posix() for path in folder.glob(group.pattern)) == list(group.files)
    return {f"{group.name} {group.pattern}": list(group.files) for group in found}


def test_files_that_differ_by_date_or_number_are_one_table(tmp_path: Path) -> None:
    found = groups_of(tmp_path, "sales_2014-01.csv", "sales_2014-02.csv", "sales_returns_1.csv", "sales_returns_2.csv")
    assert list(found) == ["sales sales_[0-9]*.csv", "sales_returns sales_returns_[0-9]*.csv"]


def test_a_glob_that_would_find_another_table_is_made_narrower(tmp_path: Path) -> None:
    found = groups_of(tmp_path, "gl1.csv", "gl2.csv", "gl1_old.csv", "gl2_old.csv")
    assert sorted(found) == ["gl gl[0-9].csv", "gl_old gl[0-9]*_old.csv"]


def test_folders_by_date_are_one_table_named_after_what_is_named(tmp_path: Path) -> None:
    assert list(groups_of(tmp_path, "orders/2014/01.csv", "orders/2014/02.csv")) == ["orders orders/[0-9]*/[0-9]*.csv"]


def test_one_dated_file_is_the_first_of_many_and_one_numbered_file_is_itself(tmp_path: Path) -> None:
    assert sorted(groups_of(tmp_path, "ledger_20140131.csv", "form27b.csv", "[odd].csv")) == [
        "form27b form27b.csv",
        "ledger ledger_[0-9]*.csv",
        "odd [[]odd].csv",
    ]


def test_what_is_no_table_is_named_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "old.xls").write_bytes(b"x")
    (tmp_path / "erp.db").write_bytes(b"SQLite format 3\0")
    (tmp_path / ".hidden.csv").write_bytes(b"x")
    (tmp_path / "out.csv").symlink_to(tmp_path.parent / "elsewhere.csv")
    (tmp_path.parent / "elsewhere.csv").write_bytes(b"x")
    files, others = listed(tmp_path)
    assert files == []
    assert [told.split(";")[0] for told in others] == [
        "erp.db: a database",
        "old.xls: an old workbook",
        "out.csv: a link that leads out of the folder",
    ]
