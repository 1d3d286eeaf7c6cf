"""The ready system for FEC: landed files become the contract's journal lines, and balance as the books do."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.integration.audit_files import FARM, FEC_HEADER, JUICE, fec_line, landed
from tests.integration.ready_systems import build, declared_tables, findings


def built(folder: Path, *files: Path | str) -> duckdb.DuckDBPyConnection:
    contents = {
        file.name if isinstance(file, Path) else f"{n}FEC.txt": file.read_bytes()
        if isinstance(file, Path)
        else file.encode()
        for n, file in enumerate(files)
    }
    connection = landed(folder, contents, declared_tables("fec", "*FEC*"))
    build(connection, "fec")
    return connection


def fec(*lines: str) -> str:
    return "\n".join([FEC_HEADER, *lines, ""])


@pytest.mark.parametrize(
    ("file", "lines", "opening"), [(FARM, 5422, 77), (JUICE, 934, 29)], ids=["farm", "juice maker"]
)
def test_every_line_is_a_journal_line_and_every_entry_balances(
    tmp_path: Path, file: Path, lines: int, opening: int
) -> None:
    connection = built(tmp_path, file)
    assert connection.sql(
        "select count(*), count(distinct journal_line_id), sum(amount) from map_books__journal_line"
    ).fetchall() == [(lines, lines, 0)]
    kinds = Counter(
        dict(connection.sql("select entry_type, count(*) from map_books__journal_line group by 1").fetchall())
    )
    assert kinds == {"opening": opening, "ordinary": lines - opening}
    assert findings(connection, "fec", "each_entry_balances") == []
    accounts, distinct = connection.sql(
        "select count(*), count(distinct account_code) from map_books__account"
    ).fetchall()[0]
    assert accounts == distinct > 40
    assert connection.sql("select entity_id, source_system from map_books__journal_line limit 1").fetchall() == [
        ("E1", "books")
    ]


def test_a_number_that_starts_again_each_month_is_two_entries(tmp_path: Path) -> None:
    """A public report (SlowBooks, pull request 36): EP0001 in January and again in February."""
    lines = [
        fec_line(EcritureNum="EP0001", EcritureDate=day, CompteNum=account, Debit=debit, Credit=credit)
        for day in ("20230105", "20230205")
        for account, debit, credit in (("411000", "10", "0"), ("707000", "0", "10"))
    ]
    connection = built(tmp_path, fec(*lines))
    assert connection.sql("select count(distinct journal_entry_id) from map_books__journal_line").fetchall() == [(2,)]
    assert findings(connection, "fec", "each_entry_balances") == []


def test_the_days_of_one_entry_stay_together_and_number_0_is_the_journals_day(tmp_path: Path) -> None:
    lines = [
        fec_line(EcritureNum="7", EcritureDate="20230105", Debit="10"),
        fec_line(EcritureNum="7", EcritureDate="20230106", Debit="0", Credit="10"),
        fec_line(EcritureNum="0", EcritureDate="20230105", Debit="5"),
        fec_line(EcritureNum="000", EcritureDate="20230105", Debit="0", Credit="5"),
        fec_line(EcritureNum="0", EcritureDate="20230107", Debit="5"),
    ]
    connection = built(tmp_path, fec(*lines))
    assert connection.sql("select count(distinct journal_entry_id) from map_books__journal_line").fetchall() == [(3,)]
    assert [row[2:] for row in findings(connection, "fec", "each_entry_balances")] == [(Decimal(5), 1)]


def test_openings_and_closings_are_known_by_their_pattern(tmp_path: Path) -> None:
    def entry(journal: str, label: str, day: str, *amounts: tuple[str, int]) -> list[str]:
        return [
            fec_line(JournalCode=journal, JournalLib=label, EcritureNum=f"{journal}{day}", EcritureDate=day, CompteNum=account,
                     Debit=str(max(amount, 0)), Credit=str(max(-amount, 0)), EcritureLib=label)
            for account, amount in amounts
        ]  # fmt: skip

    lines = [
        *entry("OD", "A NOUVEAUX AU 01/01", "20230101", ("512000", 100), ("101000", -100)),
        *entry("OD", "Capital", "20230102", ("512000", 50), ("101000", -50)),
        *entry("AN", "A nouveaux", "20230301", ("512000", 1), ("101000", -1)),
        *entry("VE", "Ventes", "20231201", ("411000", 30), ("707000", -30)),
        *entry("CL", "Clôture", "20231231", ("707000", 30), ("601000", -10), ("120000", -20)),
    ]
    connection = built(tmp_path, fec(*lines))
    found = connection.sql(
        "select distinct entry_type, posted_on::varchar from map_books__journal_line order by 2"
    ).fetchall()
    assert found == [
        ("opening", "2023-01-01"), ("ordinary", "2023-01-02"), ("ordinary", "2023-03-01"), ("ordinary", "2023-12-01"),
        ("closing", "2023-12-31"),
    ]  # fmt: skip


def test_an_opening_without_last_years_result_is_an_opening_and_told(tmp_path: Path) -> None:
    """A public report (OCA/l10n-netherlands, pull request 326): debit 1,000, credit 800."""
    lines = [
        fec_line(JournalCode="AN", EcritureDate="20230101", CompteNum=account, Debit=debit, Credit=credit)
        for account, debit, credit in (("512000", "1000", "0"), ("101000", "0", "800"))
    ]
    connection = built(tmp_path, fec(*lines))
    assert connection.sql("select distinct entry_type from map_books__journal_line").fetchall() == [("opening",)]
    assert [row[2] for row in findings(connection, "fec", "each_entry_balances")] == [200]


def test_negative_amounts_and_empty_accounts_keep_the_entry_balanced(tmp_path: Path) -> None:
    connection = built(
        tmp_path,
        fec(fec_line(Debit="-100,00", CompteNum=""), fec_line(Debit="0,00", Credit="-100,00", CompteNum="0870")),
    )
    assert connection.sql(
        "select account_code, amount from map_books__journal_line order by source_row"
    ).fetchall() == [
        (None, -100),
        ("0870", 100),
    ]


def test_the_same_year_delivered_twice_is_told(tmp_path: Path) -> None:
    lines = fec(fec_line(EcritureDate="20230101"), fec_line(EcritureDate="20231231", Debit="0", Credit="100"))
    later = fec(fec_line(EcritureDate="20240101"), fec_line(EcritureDate="20241231", Debit="0", Credit="100"))
    connection = built(tmp_path, lines, lines + "\n", later)
    assert [{row[0], row[1]} for row in findings(connection, "fec", "files_do_not_overlap")] == [
        {"0FEC.txt", "1FEC.txt"}
    ]
