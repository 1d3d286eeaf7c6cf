"""A SIE file lands as several tables; each of its lines is a row of one of them, or in its quarantine."""

from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.sources.declaration.audit_files import SIE_COLUMNS
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.sie_records import LABELS
from tests.integration.audit_files import SIE_FILES, labelled_lines, land_sie
from tests.integration.landing_files import rejects, rows

HEAD = '#FLAGGA 0\n#SIETYP 4\n#FNAMN "Bolaget \\"ÅÄÖ\\" AB"\n#RAR 0 20110101 20111231\n'


@pytest.mark.parametrize("file", SIE_FILES, ids=lambda file: file.stem)
def test_every_line_of_a_real_file_is_a_row_of_exactly_one_table(tmp_path: Path, file: Path) -> None:
    expected = Counter(label for _, label in labelled_lines(file))
    numbers: list[int] = []
    for record in SIE_COLUMNS:
        batch = land_sie(tmp_path, file.read_bytes(), record)
        assert batch.rows_quarantined == 0
        assert batch.rows_read == sum(expected[label] for label in LABELS.get(record, ()))
        numbers += [row for (row,) in rows(tmp_path, batch, "source_row")]
    assert sorted(numbers) == [number for number, _ in labelled_lines(file)]


@pytest.mark.parametrize("encoding", ["cp437", "utf-8", "utf-8-sig", "windows-1252"])
def test_letters_are_read_in_every_encoding_that_is_used(tmp_path: Path, encoding: str) -> None:
    batch = land_sie(tmp_path, HEAD.encode(encoding), "company")
    assert rows(tmp_path, batch, "label, value")[2] == ("FNAMN", 'Bolaget "ÅÄÖ" AB')
    assert len(batch.warnings) == (encoding != "cp437")


def test_braces_quotes_and_blanks_may_stand_as_programs_write_them(tmp_path: Path) -> None:
    text = HEAD + (
        '#VER A 1 20110105 "Text" 20110106 "me" {\n\t#TRANS 1910 {1 "2" "6" 4} -195.00 20110104 "a ""\n'
        '#trans\t1910\t{}\t-5\t""\t"with {braces} and \\"quotes\\""\t2\n  #TRANS 3010 200,00 }\n'
        '#VER "" "" 20110107\n{\n#TRANS 1930 {} 0 "" "C:\\dir\\"\n}\n'
    )
    batch = land_sie(tmp_path, text, "voucher_line")
    assert rejects(tmp_path, batch)[0][:3] == (6, None, 'a quote is opened and not closed: "')
    assert rows(tmp_path, batch, "source_row, voucher_row, line_number, amount, line_text, quantity") == [
        (7, 5, 1, -5, 'with {braces} and "quotes"', 2),
        (8, 5, 2, 200, None, None),
        (11, 9, 1, 0, "C:\\dir\\", None),
    ]
    batch = land_sie(tmp_path, text.replace('"a ""', '"a"'), "voucher_line")
    assert rows(tmp_path, batch, "cost_centre, project, objects, transaction_date, voucher_sign")[0] == (
        "2", "4", '{"1": "2", "6": "4"}', date(2011, 1, 4), "me",
    )  # fmt: skip


def test_a_line_added_later_counts_once_and_a_removed_one_never(tmp_path: Path) -> None:
    text = HEAD + (
        "#VER A 1 20110105\n{\n#TRANS 1910 {} 100\n#BTRANS 3010 {} -100\n#RTRANS 3011 {} -100 20110105\n"
        "#TRANS 3011 {} -100 20110105\n}\n#VER A 2 20110106\n{\n#RTRANS 1910 {} 7\n#TRANS 1910 {} -7\n}\n"
    )
    batch = land_sie(tmp_path, text, "voucher_line")
    assert rows(tmp_path, batch, "kind, is_counted, amount, line_number") == [
        ("trans", True, 100, 1), ("btrans", False, -100, 2), ("rtrans", False, -100, 3), ("trans", True, -100, 4),
        ("rtrans", True, 7, 1), ("trans", True, -7, 2),
    ]  # fmt: skip


def test_what_is_malformed_is_in_the_quarantine_of_its_own_table(tmp_path: Path) -> None:
    good = "".join(f"#VER A {n} 20110105\n{{\n#TRANS 1910 {{}} 1\n#TRANS 3010 {{}} -1\n}}\n" for n in range(5))
    text = (
        HEAD
        + good
        + (
            "#TRANS 1910 {} 1\n#VER A 9 20110231\n{\n#TRANS 1910 {} 1\n}\n#VER A\n#VER A 10 20110101\n{\n#TRANS 1910\n"
            "#TRANS 1910 {1} 5\n#TRANS 1910 {} 1x\n}\n#IB 0 1910 1.0000001\nno label\n#NYTT 1 2\n#KONTO 1910\n"
        )
    )
    found = {}
    for record in ("voucher", "voucher_line", "balance", "other"):
        lines = text if record != "balance" else text + "#IB 0 1920 5\n#UB 0 1920 5\n"
        batch = land_sie(tmp_path, lines if record != "other" else lines + "#NY 1\n", record)
        found[record] = (
            [(row, reason) for row, _, reason, _ in rejects(tmp_path, batch)] if batch.rows_quarantined else []
        )
    first = 5 + 5 * 5
    assert found["voucher"] == [
        (first + 1, 'voucher_date: "2011-02-31" does not fit DATE exactly'),
        (first + 5, "#VER needs series, number and date; the line has fewer fields"),
    ]
    assert [row for row, _ in found["voucher_line"]] == [first, first + 3, first + 8, first + 9, first + 10]
    assert [text in reason for text, (_, reason) in zip(
        ["outside of a voucher", "voucher_date", "account, objects and amount", "no pairs", '"1x" does not fit'],
        found["voucher_line"], strict=True)] == [True] * 5  # fmt: skip
    assert found["balance"] == [(first + 12, 'amount: "1.0000001" does not fit DECIMAL(38,6) exactly')]
    assert found["other"] == [(first + 13, "the line does not begin with # and a label")]


def test_balances_of_periods_and_objects_land_with_them(tmp_path: Path) -> None:
    text = (
        HEAD
        + '#IB 0 1910 10.50 3\n#OIB -1 1910 {1 "A"} 5\n#PSALDO 0 201101 3010 {} -7\n#PBUDGET 0 201102 3010 {6 x} 1 2\n'
    )
    batch = land_sie(tmp_path, text, "balance")
    what = "kind, year_index, period, account_number, cost_centre, project, amount, quantity"
    assert rows(tmp_path, batch, what) == [
        ("ib", 0, None, "1910", None, None, Decimal("10.5"), 3), ("oib", -1, None, "1910", "A", None, 5, None),
        ("psaldo", 0, "201101", "3010", None, None, -7, None), ("pbudget", 0, "201102", "3010", None, "x", 1, 2),
    ]  # fmt: skip


def test_a_check_sum_that_does_not_fit_is_told(tmp_path: Path) -> None:
    (file,) = (file for file in SIE_FILES if b"#KSUMMA" in file.read_bytes())
    assert land_sie(tmp_path, file.read_bytes(), "company").warnings == ()
    changed = file.read_bytes().replace(b"17240", b"17241", 1)
    assert "check sum is 854227682" in land_sie(tmp_path, changed, "company").warnings[0]


def test_a_file_that_breaks_off_within_a_voucher_is_told(tmp_path: Path) -> None:
    batch = land_sie(tmp_path, HEAD + "#VER A 1 20110105\n{\n#TRANS 1910 {} 100\n", "voucher_line")
    assert batch.warnings == ("vouchers that are not closed with }: 1; if the file breaks off, export it again",)


def test_types_without_vouchers_land_too_and_other_files_are_refused(tmp_path: Path) -> None:
    assert land_sie(tmp_path, "#SIETYP 1\n#UB 0 1910 5\n", "balance").rows_landed == 1
    with pytest.raises(UnreadableSourceError, match="this is not a SIE file"):
        land_sie(tmp_path, "a;b\n1;2\n", "balance")


def test_a_table_must_say_which_lines_it_is_and_may_say_more_of_its_columns() -> None:
    said = {"name": "t", "description": "x", "files": "a.se", "format": "sie"}
    with pytest.raises(ValueError, match="say which are the rows"):
        SourceTable.model_validate(said)
    table = SourceTable.model_validate(said | {"sie": {"record": "sru"}, "columns": {"sru_code": {"nullable": False}}})
    assert (list(table.columns), table.columns["sru_code"].nullable) == (["account_number", "sru_code"], False)
    assert table.columns["sru_code"].type == "VARCHAR"
