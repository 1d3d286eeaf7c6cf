"""What the contract says of rows is held in a run: what lacks a value or has another than allowed blocks, by name and place.

A row of an entity that nobody declared, or of a day without a period, is told with its money. The same company without such rows
keeps the contract, and is published.
"""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from tests.end_to_end.installation import Installation
from tests.small_company import write_company_folder

MAPPING = """\
-- Grain: one row per {grain}.
select
    given.*,
    'books' as source_system,
    '{table}' as source_table,
    'b1' as batch_id,
    row_number() over () as source_row,
    cast(null as timestamp) as known_at
from (values {rows}) as given({columns})
"""
TABLES = {
    "customer_invoice_line": (
        "customer_invoice_id, customer_invoice_line_id, entity_id, customer_id, invoiced_on, net_amount, currency_code",
        ["('I1', '1', 'NW', 'C', date '2024-01-31', 10.00, 'EUR')"],
    ),
    "customer_payment": (
        "customer_payment_id, entity_id, customer_id, paid_on, amount, currency_code",
        ["('P1', 'NW', 'C', date '2024-02-10', 5.00, 'EUR')"],
    ),
    "survey_response": (
        "survey_response_id, answered_on, kind, score, scale_from, scale_to",
        ["('S1', date '2024-01-31', 'satisfaction', 5, 1, 5)", "('S2', date '2024-01-31', 'satisfaction', null, 1, 5)"],
    ),
    "statistical_line": (
        "entity_id, recorded_on, quantity_name, quantity, unit",
        ["('NW', date '2024-01-31', 'headcount', 10, 'head')"],
    ),
    "stock_movement": (
        "stock_movement_id, entity_id, product_id, moved_on, quantity, unit",
        ["('M1', 'NW', 'P', date '2024-01-31', 3, 'pcs')"],
    ),
}
"""Columns and sound rows, by table; an answer without a score is one."""
BREACHES = {
    "customer_invoice_line": ["('I2', '1', 'NW', 'C', date '2024-01-31', null, 'EUR')"],
    "customer_payment": ["('P2', 'NW', 'C', null, 25.00, 'EUR')"],
    "survey_response": ["('S3', date '2024-01-31', 'Satisfaction', 5, 1, 5)"],
}
OUT_OF_PLACE = {
    "customer_invoice_line": [
        "('I4', '1', 'Z', 'C', date '2024-01-31', 30.00, 'EUR')",
        "('I5', '1', 'NW', 'C', date '2019-01-31', 40.00, 'EUR')",
        "('I6', '1', 'NW', 'C', date '2022-01-31', 61.00, 'EUR')",
        "('I7', '1', 'NW', 'C', date '2023-05-31', 62.00, 'EUR')",
        "('I8', '1', 'NW', 'C', date '2023-05-31', 63.00, 'EUR')",
    ],
    "customer_payment": ["('P3', 'NW', 'C', date '2204-01-31', 25.00, 'EUR')"],
    "survey_response": ["('S4', null, 'satisfaction', 5, 1, 5)"],
    "statistical_line": ["('S9', date '2024-01-31', 'headcount', 500, 'head')"],
    "stock_movement": [
        "('M2', 'S9', 'P', date '2024-01-31', 4, 'pcs')",
        "('M3', 'S9', 'P', date '2024-01-31', 2, 'pcs')",
    ],
}
"""An invoice of 2019 is years apart from all others, which reach back to 2022: a mistyped year, and they are not."""
WITHOUT_CURRENCY = {"customer_invoice_line": ["('I3', '1', 'NW', 'C', date '2024-01-31', 20.00, ' ')"]}
LABEL = "case when posting_number > 2 then '{label}' end as period_label,\n    account_code,"


def told_of(folder: Path, label: str = "2024-02", broken: Mapping[str, list[str]] | None = None) -> str:
    """Run the company with sound rows, and with broken ones as well, and return what the run says."""
    company = write_company_folder(folder)
    journal = company / "models" / "mapping" / "map_books__journal_line.sql"
    text = journal.read_text(encoding="utf-8").replace("account_code,", LABEL.format(label=label))
    journal.write_text(text, encoding="utf-8")
    for table, (columns, sound) in TABLES.items():
        rows = ", ".join([*sound, *(broken or {}).get(table, [])])
        sql = MAPPING.format(grain=table, table=table, rows=rows, columns=columns)
        (company / "models" / "mapping" / f"map_books__{table}.sql").write_text(sql, encoding="utf-8")
    ended = Installation(company).tieout("run")
    return ended.stdout + ended.stderr


def test_a_row_that_breaks_the_contract_blocks_and_is_named(tmp_path: Path) -> None:
    said = told_of(tmp_path, broken=BREACHES)
    assert "Not published: 1 blocking check failed." in said
    for breach in (
        "map_books__customer_invoice_line has no net_amount in 1 row (first customer_invoice_id I2, "
        "customer_invoice_line_id 1, row 2 of customer_invoice_line); the contract wants net_amount in each row",
        "map_books__customer_payment has no paid_on in 1 row (first customer_payment_id P2, customer_invoice_id (none), ",
        "map_books__survey_response has kind = Satisfaction in 1 row (first survey_response_id S3, row 3 of survey_resp",
        "; the contract allows satisfaction, recommendation: mend it in map_books__survey_response, or in what books",
    ):
        assert breach in said
    assert "score" not in said


def test_a_row_out_of_place_is_told_with_its_money(tmp_path: Path) -> None:
    said = told_of(tmp_path, broken=OUT_OF_PLACE)
    assert (tmp_path / "data" / "published" / "mart.duckdb").exists(), said
    with duckdb.connect(Installation(tmp_path).warehouse, read_only=True) as connection:
        found = connection.sql(
            "select finding, document_type, document_count, cast(amount as integer), named from core.document_finding "
            "where finding in ('unknown entity', 'without a day', 'outside every period', 'before the books')"
        ).fetchall()
    assert sorted(found) == [
        ("before the books", "customer invoice line", 3, 186, "2023 (2, 125.00), 2022 (1, 61.00)"),
        ("outside every period", "customer invoice line", 1, 40, "I5/1"),
        ("outside every period", "customer payment", 1, 25, "P3/(none)"),
        ("unknown entity", "customer invoice line", 1, 30, "entity_id Z (1, 30.00)"),
        ("unknown entity", "statistical line", 1, None, "entity_id S9 (1)"),
        ("unknown entity", "stock movement", 2, None, "entity_id S9 (2)"),
        ("without a day", "survey response", 1, None, "S4"),
    ]
    assert (
        "outside every period, in no figure, of books: 1 customer invoice line (40.00 EUR): I5/1; 1 customer payment (25.00 EUR)"
        in said
    )
    assert "2 stock movements (6.00 pcs): entity_id S9 (2)" in said
    (note,) = [line for line in said.splitlines() if "from before the books" in line]
    assert not note.startswith("⚠")
    assert "of books: 3 customer invoice lines (186.00 EUR): 2023 (2, 125.00), 2022 (1, 61.00)" in note
    assert "Statistical lines without a kind, whose last count stands for a period, of books: " in note
    assert ": headcount (2)" in note


def test_a_label_that_the_calendar_does_not_know_and_an_amount_without_a_currency_block(tmp_path: Path) -> None:
    said = told_of(tmp_path, "2024-P02", WITHOUT_CURRENCY)
    assert "Not published" in said
    assert "period_label = 2024-P02" in said
    assert "no currency_code in 1 row (first customer_invoice_id I3," in said
    assert "has no period of this label, but 2024-01, 2024-02, 2024-03, " in said


def test_rows_as_the_contract_wants_them_are_published(tmp_path: Path) -> None:
    said = told_of(tmp_path)
    assert "Not published" not in said
    assert "unknown entity" not in said
    assert "without a day" not in said
    assert (tmp_path / "data" / "published" / "mart.duckdb").exists(), said
