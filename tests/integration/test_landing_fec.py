"""A FEC lands line by line, whatever its producer's habits; what cannot be read is in quarantine with line and reason."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.sources.errors import DriftError, UnreadableSourceError
from orchestration.sources.formats.fec_values import amount
from tests.integration.audit_files import FARM, FEC_HEADER, JUICE, fec_line, land_fec
from tests.integration.landing_files import land, rejects, rows

AMOUNTS = "debit, credit"


@pytest.mark.parametrize(
    ("file", "lines", "total"), [(FARM, 5422, "10186219.81"), (JUICE, 934, "225682.23")], ids=["farm", "juice maker"]
)
def test_every_line_of_a_real_file_lands_and_both_sides_are_the_known_total(
    tmp_path: Path, file: Path, lines: int, total: str
) -> None:
    (batch,) = land(tmp_path, file.name, file.read_bytes(), "fec").current
    assert (batch.rows_read, batch.rows_landed, batch.warnings) == (lines, lines, ())
    assert len(file.read_bytes().strip().split(b"\n")) - 1 == lines
    found = rows(tmp_path, batch, "debit, credit, source_row")
    assert [row for *_, row in found] == list(range(2, lines + 2))
    assert {sum(row[side] for row in found) for side in (0, 1)} == {Decimal(total)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15", "windows-1252"])
def test_letters_are_read_in_every_encoding_that_is_used(tmp_path: Path, encoding: str) -> None:
    batch = land_fec(tmp_path, fec_line(EcritureLib="Œuvre à l'été"), encoding=encoding)
    assert rows(tmp_path, batch, "ecriture_lib, journal_code") == [("Œuvre à l'été", "VE")]
    told = [f"1 line is not UTF-8; read as {encoding}"] if "utf" not in encoding else []
    assert list(batch.warnings) == told


def test_names_may_be_in_any_case_order_and_spelling_and_more_columns_are_kept(tmp_path: Path) -> None:
    header = "ECRITUREDATE|journal code|Compte_Num|Crédit|DEBIT|EcritureNum|JournalLib|CompteLib|PieceRef|Mon Champ|"
    batch = land_fec(tmp_path, "20230109|VE|00411|5|0|7|x|y|z|own|", header=header)
    assert rows(tmp_path, batch, f"journal_code, compte_num, {AMOUNTS}, mon_champ") == [("VE", "00411", 0, 5, "own")]
    assert "comp_aux_num" in batch.warnings[0]
    assert "'mon_champ' is not declared; it was kept as text" in batch.warnings[1]


def test_a_19th_empty_column_and_those_of_cash_basis_firms_are_read(tmp_path: Path) -> None:
    header = FEC_HEADER.replace("\t", "|") + "|"
    batch = land_fec(tmp_path, fec_line().replace("\t", "|") + "|", fec_line().replace("\t", "|"), header=header)
    assert batch.rows_landed == 2
    header = FEC_HEADER + "\tDateRglt\tModeRglt\tNatOp\tIdClient"
    batch = land_fec(tmp_path, fec_line() + "\t20230201\tCB\tVente\tC9", header=header)
    assert rows(tmp_path, batch, "date_rglt, mode_rglt, nat_op, id_client") == [(date(2023, 2, 1), "CB", "Vente", "C9")]


def test_padding_is_taken_away_and_leading_zeros_of_accounts_and_numbers_stay(tmp_path: Path) -> None:
    line = fec_line(
        JournalCode="VE  ", CompteNum="04110000 ", EcritureNum="00000001", Debit="0000000069,60", DateLet="00000000"
    )
    batch = land_fec(tmp_path, line)
    assert rows(tmp_path, batch, "journal_code, compte_num, ecriture_num, debit, date_let") == [
        ("VE", "04110000", "00000001", Decimal("69.60"), None)
    ]


@pytest.mark.parametrize(
    ("side", "expected"), [("D", (5, 0)), ("C", (0, 5)), ("+1", (5, 0)), ("-1", (0, 5)), ("c", (0, 5))]
)
def test_an_amount_with_its_side_becomes_debit_or_credit(tmp_path: Path, side: str, expected: tuple[int, int]) -> None:
    header = FEC_HEADER.replace("Debit", "Montant").replace("Credit", "Sens")
    batch = land_fec(tmp_path, fec_line(Debit="5,00", Credit=side), header=header)
    assert rows(tmp_path, batch, AMOUNTS) == [expected]


def test_negative_amounts_stay_on_their_side(tmp_path: Path) -> None:
    """The smallest input of a public report (axelor-open-suite, pull request 15994)."""
    lines = [fec_line(Debit="-100,00"), fec_line(Debit="0,00", Credit="-100,00", CompteNum="707000")]
    batch = land_fec(tmp_path, *lines)
    assert rows(tmp_path, batch, "debit - credit") == [(-100,), (100,)]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1234,5", "1234.5"), ("1234.50", "1234.50"), ("1 234,50", "1234.50"), ("1\u202f234,50", "1234.50"),
        ("1.234,50", "1234.50"), ("1,234.50", "1234.50"), ("-0,01", "-0.01"), ("100,00-", "-100"), ("(5,00)", "-5"),
        ("+3", "3"), (",50", None), ("0,123456", "0.123456"), ("000", "0"), ("", "0"), ("1.234.567,00", "1234567"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_was_meant(tmp_path: Path, written: str, value: str | None) -> None:
    lines = [fec_line(Debit=written), *[fec_line()] * 2]
    batch = land_fec(tmp_path, *lines)
    if value is None:
        assert rejects(tmp_path, batch)[0][:2] == (2, "debit")
    else:
        assert rows(tmp_path, batch, "debit")[0] == (Decimal(value),)


def test_what_cannot_be_read_is_in_quarantine_with_its_line_column_and_reason(tmp_path: Path) -> None:
    bad = [
        fec_line(EcritureDate="20230231"),
        fec_line(Debit="12.345"),
        fec_line(Debit="1,2345678"),
        fec_line(Debit="", Credit=""),
        fec_line(EcritureDate=""),
        "VE\tVentes\t1",
        fec_line(EcritureLib="a\tb", Idevise="EUR"),
        fec_line(EcritureLib="a\0b"),
    ]
    batch = land_fec(tmp_path, *bad, *[fec_line()] * 9)
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (17, 9, 8)
    found = rejects(tmp_path, batch)
    assert [(row, column) for row, column, *_ in found] == [
        (2, "ecriture_date"), (3, "debit"), (4, "debit"), (5, "debit, credit"), (6, "ecriture_date"), (7, None), (8, None),
        (9, None),
    ]  # fmt: skip
    said = [
        "2023-02-31",
        "may be 12345 or 12,345",
        "exactly",
        "neither",
        "must have one",
        "3 fields",
        "delimiter",
        "NUL",
    ]
    assert [text in reason for text, (*_, reason, _) in zip(said, found, strict=True)] == [True] * 8
    assert [text for *_, text in found[:7]] == bad[:7]


def test_an_empty_account_lands_so_that_its_entry_still_balances(tmp_path: Path) -> None:
    batch = land_fec(tmp_path, fec_line(CompteNum=""), fec_line(Debit="0", Credit="100"))
    assert rows(tmp_path, batch, "compte_num, debit - credit") == [(None, 100), ("411000", -100)]


def test_line_breaks_within_a_field_do_not_end_the_line(tmp_path: Path) -> None:
    text = "\r\n".join([FEC_HEADER, fec_line(EcritureLib="a\rb"), fec_line(EcritureLib="c\nd"), fec_line(), ""])
    (batch,) = land(tmp_path, "f.txt", text, "fec").current
    assert rows(tmp_path, batch, "source_row, ecriture_lib") == [(2, "a\rb"), (3, "c\nd"), (5, "Facture")]
    (batch,) = land(tmp_path, "g.txt", "\r".join([FEC_HEADER, fec_line(), fec_line()]), "fec").current
    assert rows(tmp_path, batch, "source_row") == [(2,), (3,)]


def test_quotes_are_text_unless_every_name_of_the_header_stands_in_them(tmp_path: Path) -> None:
    batch = land_fec(tmp_path, fec_line(EcritureLib='12" "x'))
    assert rows(tmp_path, batch, "ecriture_lib") == [('12" "x',)]
    quoted = [
        "\t".join(f'"{field}"' for field in line.split("\t")) for line in (FEC_HEADER, fec_line(Debit="1,725.00"))
    ]
    batch = land_fec(tmp_path, quoted[1], header=quoted[0])
    assert rows(tmp_path, batch, "journal_code, debit") == [("VE", 1725)]


def test_a_file_without_names_is_taken_in_the_decrees_order(tmp_path: Path) -> None:
    batch = land_fec(tmp_path, fec_line(Debit="7"), header=fec_line(Debit="6"))
    assert rows(tmp_path, batch, "source_row, debit") == [(1, 6), (2, 7)]
    assert "no header" in batch.warnings[0]


def test_a_file_that_is_no_fec_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match=r"line 1: this is not a FEC: .* Export the file again"):
        land_fec(tmp_path, "1;2", header="a;b")
    with pytest.raises(DriftError, match="a FEC needs Debit and Credit, or Montant and Sens"):
        land_fec(tmp_path, fec_line(), header=FEC_HEADER.replace("Debit", "x").replace("Credit", "y"))


@hypothesis_settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals(min_value=-(10**15), max_value=10**15, places=2), st.integers(0, 8))
def test_an_amount_written_by_the_decree_keeps_its_value(value: Decimal, padding: int) -> None:
    sign, digits = ("-", f"{-value:f}") if value < 0 else ("", f"{value:f}")
    written = sign + "0" * padding + digits.replace(".", ",")
    assert Decimal(amount(written)) == value
