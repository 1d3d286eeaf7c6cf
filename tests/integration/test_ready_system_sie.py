"""The ready system for SIE: openings and vouchers come to the balances that the files state, or it is a finding."""

from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.integration.audit_files import SIE_FILES, landed
from tests.integration.ready_systems import account_map, build, declared_tables, findings, layout_rows, line_of

HEAD = '#FLAGGA 0\n#SIETYP 4\n#FNAMN "A"\n#RAR 0 20110101 20111231\n#KONTO 1930 Bank\n#KTYP 1930 T\n'


def built(folder: Path, content: bytes, **later: bytes) -> duckdb.DuckDBPyConnection:
    files = {"books.se": content} | {f"{name}.se": other for name, other in later.items()}
    connection = landed(folder, files, declared_tables("sie", "*.se"))
    build(connection, "sie")
    return connection


def by_account(connection: duckdb.DuckDBPyConnection, where: str) -> dict[str, Decimal]:
    return dict(
        connection.sql(
            f"select account_code, sum(amount) from map_books__journal_line where {where} group by 1 having sum(amount) <> 0"
        ).fetchall()
    )


BAD = "transaktioner_ovnbolag-bad-balance"
UNTIED = {BAD: [("1910", Decimal("1713.75"), Decimal("-11057.25"), Decimal(12771))]}
"""Account, what the file states, what its lines come to, the difference; of every other file nothing."""
UNBALANCED = {
    "SIE_exempelfil": [("books.se:IB", Decimal("63532.92"))],
    BAD: [("books.se:B:1:3905", Decimal(-12771)), ("books.se:IB", Decimal("1151678.15"))],
}
"""Openings without the result of the year before, and the voucher that was unbalanced on purpose."""


Real = tuple[Path, duckdb.DuckDBPyConnection]


@pytest.fixture(scope="module", params=SIE_FILES, ids=lambda file: file.stem)
def real(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Real:
    """A real program's file, and its ready system built once for all that is asked of it."""
    return request.param, built(tmp_path_factory.mktemp("real"), request.param.read_bytes())


def test_openings_and_vouchers_come_to_what_the_file_states(real: Real) -> None:
    file, connection = real
    counted = connection.sql("select count(*) from stg_books__voucher_line where is_counted").fetchone()
    mapped = connection.sql("select count(*) from map_books__journal_line where entry_type <> 'opening'").fetchone()
    stated = connection.sql("select count(*) from map_books__control_balance where amount <> 0").fetchone()
    assert counted == mapped
    assert (stated or (0,))[0] > 10
    untied = [(row[0], *row[2:]) for row in findings(connection, "sie", "control_totals_tie")]
    assert untied == UNTIED.get(file.stem, [])
    unbalanced = [(row[0], row[2]) for row in findings(connection, "sie", "each_entry_balances")]
    assert sorted(unbalanced) == UNBALANCED.get(file.stem, [])
    assert findings(connection, "sie", "openings_count_once") == []
    assert findings(connection, "sie", "balances_have_their_vouchers") == []


def test_an_opening_that_is_posted_as_a_voucher_too_counts_once_and_it_is_told(tmp_path: Path) -> None:
    """A public report (accounted, 809): #IB of 1,000, an opening voucher of 1,000, a voucher of -1,000, #UB of 0."""
    text = HEAD + (
        "#IB 0 1930 1000\n#IB 0 2081 -1000\n#UB 0 1930 0\n#UB 0 2081 -1000\n#RES 0 5010 1000\n"
        '#VER A 1 20110101 "Ingående balans"\n{\n#TRANS 1930 {} 1000\n#TRANS 2081 {} -1000\n}\n'
        "#VER A 2 20110201\n{\n#TRANS 1930 {} -1000\n#TRANS 5010 {} 1000\n}\n"
    )
    connection = built(tmp_path, text.encode("cp437"))
    assert by_account(connection, "entry_type = 'opening'") == {"1930": 1000, "2081": -1000}
    assert by_account(connection, "entry_type = 'ordinary'") == {"1930": -1000, "5010": 1000}
    assert by_account(connection, "account_code = '1930'") == {}
    assert findings(connection, "sie", "control_totals_tie") == []
    assert [row[4] for row in findings(connection, "sie", "openings_count_once")] == ["1930", "2081"]


def test_an_opening_voucher_whose_other_side_has_no_opening_counts_once_too(tmp_path: Path) -> None:
    """The same report in its smallest form: only the bank has an #IB, and its #UB decides."""
    text = HEAD + (
        "#IB 0 1930 1000\n#UB 0 1930 0\n#VER A 1 20110101\n{\n#TRANS 1930 {} 1000\n#TRANS 2010 {} -1000\n}\n"
        "#VER A 2 20110201\n{\n#TRANS 1930 {} -1000\n#TRANS 5010 {} 1000\n}\n"
    )
    connection = built(tmp_path, text.encode("cp437"))
    assert by_account(connection, "entry_type = 'opening'") == {"1930": 1000, "2010": -1000}
    assert by_account(connection, "entry_type = 'ordinary'") == {"1930": -1000, "5010": 1000}
    assert len(findings(connection, "sie", "openings_count_once")) == 1


def test_a_first_day_voucher_that_the_closings_confirm_is_ordinary(tmp_path: Path) -> None:
    text = HEAD + (
        "#IB 0 1930 1000\n#IB 0 2081 -1000\n#UB 0 1930 2000\n#UB 0 2081 -2000\n"
        "#VER A 1 20110101\n{\n#TRANS 1930 {} 1000\n#TRANS 2081 {} -1000\n}\n"
    )
    connection = built(tmp_path, text.encode("cp437"))
    assert by_account(connection, "entry_type = 'ordinary'") == {"1930": 1000, "2081": -1000}
    assert findings(connection, "sie", "control_totals_tie") == []


def test_of_two_files_of_a_year_the_one_that_was_made_last_counts_and_the_other_is_told(tmp_path: Path) -> None:
    def content(made: str, year: int, *amounts: int) -> bytes:
        vouchers = "".join(
            f"#VER A {n} {year}0201\n{{\n#TRANS 1930 {{}} {n}\n#TRANS 3010 {{}} -{n}\n}}\n" for n in amounts
        )
        return (HEAD.replace("2011", str(year)) + f"#GEN {made}\n" + vouchers).encode("cp437")

    connection = built(
        tmp_path, content("20110401", 2011, 1, 2, 4), z=content("20110301", 2011, 1, 2), n=content("20130101", 2012, 8)
    )
    assert by_account(connection, "true") == {"1930": 15, "3010": -15}
    assert [row[0] for row in findings(connection, "sie", "one_file_per_year")] == ["z.se"]
    assert findings(connection, "sie", "openings_count_once") == []


def test_a_number_that_comes_again_is_another_entry_and_cost_centres_are_departments(tmp_path: Path) -> None:
    text = (
        HEAD
        + '#DIM 1 KS\n#OBJEKT 1 10 "Butik"\n'
        + (
            '#VER A 1 20110101\n{\n#TRANS 1930 {1 10} 5\n#TRANS 3010 {} -5\n}\n#VER A 1 20110201\n{\n#TRANS 1930 {8 "K7"} 5\n'
            "#TRANS 3010 {} -5\n}\n"
        )
    )
    connection = built(tmp_path, text.encode("cp437"))
    assert connection.sql("select count(distinct journal_entry_id) from map_books__journal_line").fetchall() == [(2,)]
    assert connection.sql(
        "select department_code, customer_id from map_books__journal_line where amount > 0 order by source_row"
    ).fetchall() == [("10", None), (None, "K7")]
    assert connection.sql("select department_code, department_name from map_books__department").fetchall() == [
        ("10", "Butik")
    ]
    assert connection.sql(
        "select account_code, account_name, source_account_type from map_books__account"
    ).fetchall() == [("1930", "Bank", "T")]


def test_the_posting_of_the_years_result_is_a_closing(tmp_path: Path) -> None:
    text = HEAD + (
        "#VER A 1 20110501\n{\n#TRANS 1930 {} 5\n#TRANS 3010 {} -5\n}\n"
        "#VER A 2 20111231\n{\n#TRANS 3010 {} 5\n#TRANS 5010 {} -1\n#TRANS 2099 {} -4\n}\n"
    )
    connection = built(tmp_path, text.encode("cp437"))
    assert by_account(connection, "entry_type = 'closing'") == {"3010": 5, "5010": -1, "2099": -4}


@pytest.mark.parametrize(
    ("head", "lines", "lacks"),
    [
        (HEAD, "#IB 0 1930 1000\n#RES 0 3010 -5\n", "no vouchers"),
        (
            HEAD.replace("#RAR 0", "#RAR -1"),
            "#IB 0 1930 1000\n#VER A 1 20110101\n{\n#TRANS 1930 {} 0\n}\n",
            "no fiscal year",
        ),
    ],
    ids=["type 1", "no #RAR"],
)
def test_balances_that_no_voucher_or_year_belongs_to_are_an_error(
    tmp_path: Path, head: str, lines: str, lacks: str
) -> None:
    connection = built(tmp_path, (head + lines).encode("cp437"))
    assert [row[:2] for row in findings(connection, "sie", "balances_have_their_vouchers")] == [("books.se", lacks)]


def test_every_account_of_a_real_chart_has_a_line(real: Real) -> None:
    accounts = account_map("sie")
    _, connection = real
    codes = [code for (code,) in connection.sql("select distinct account_code from map_books__journal_line").fetchall()]
    assert [code for code in codes if line_of(accounts, code, Decimal(1)) is None] == []


def test_the_balance_sheet_of_a_real_file_is_out_by_its_unbalanced_entries_only(real: Real) -> None:
    accounts, layout = account_map("sie"), {row["line_code"]: row for row in layout_rows()}
    file, connection = real
    sides = {"assets": Decimal(0), "liabilities": Decimal(0), "result": Decimal(0)}
    for code, amount in by_account(connection, "true").items():
        line = layout[str(line_of(accounts, code, amount))]
        is_asset = line["presentation_sign"] == "1"
        sides["result" if line["statement"] == "profit_and_loss" else "assets" if is_asset else "liabilities"] += amount
    unbalanced = sum((amount for _, amount in UNBALANCED.get(file.stem, [])), Decimal(0))
    assert sum(sides.values()) == unbalanced
    assert sides["assets"] > 0
    results = connection.sql("select -sum(amount) from map_books__control_balance where kind = 'movement'").fetchone()
    assert -sides["result"] == (results or (None,))[0]
