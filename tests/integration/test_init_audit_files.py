"""`tieout init --from` audit files: a FEC or SIE file says all that a company's folder needs."""

import csv
from datetime import date
from pathlib import Path

import pytest
import yaml

from orchestration.company.calendars import fiscal_periods
from orchestration.company.declaration import load_company
from orchestration.company.errors import CompanyError
from orchestration.folder.audit_facts import read_facts
from orchestration.folder.fiscal_years import calendar_of
from orchestration.folder.init import make_folder
from orchestration.sources.declaration.ready_systems import account_map
from orchestration.sources.inspection.audit_kinds import audit_file_kind

FEC_HEADER = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\r\n"
)
SIE = """\
#FLAGGA 0
#SIETYP 4
#FORMAT PC8
#ORGNR 556000-0000 1
#FNAMN "Exempel & Söner AB"
#RAR 0 20240501 20250430
#RAR -1 20230501 20240430
#KONTO 1930 "Bank"
#KONTO 3010 "Försäljning"
#IB 0 1930 100.00
#VER A 1 20240601 "Sale"
{
#TRANS 1930 {} 50.00
#TRANS 3010 {} -50.00
}
"""


def fec(folder: Path, name: str, *days: str) -> Path:
    lines = [
        f"VE|Ventes|{n}|{day}|{account}|Compte|||P|{day}|x|{amounts}|||{day}||\r\n"
        for n, day in enumerate(days)
        for account, amounts in (("411000", "10,00|0,00"), ("701000", "0,00|10,00"))
    ]
    path = folder / name
    path.write_text(FEC_HEADER + "".join(lines), encoding="iso-8859-15")
    return path


def year_of(path: Path) -> tuple[date, date]:
    (year,) = read_facts(path, "fec").years
    return year


def test_a_fec_makes_a_company_of_its_siren_in_euro(tmp_path: Path) -> None:
    path = fec(tmp_path, "123456789FEC20240831.txt", "20230905", "20240820")
    made = make_folder(tmp_path / "dupont", origin=str(path))
    company = load_company(made.folder)

    assert (company.name, company.entities[0].id, company.group.currency) == ("SIREN 123456789", "123456789", "EUR")
    assert (company.layout, company.time_zone) == ("by_nature", "Europe/Paris")
    assert company.closing.kind == "as_delivered"
    (calendar,) = company.calendars["fiscal"]
    assert calendar.first_month == 9
    declared = yaml.safe_load((made.folder / "sources/fec/defs.yaml").read_text(encoding="utf-8"))
    assert declared["type"] == "fec"
    assert declared["attributes"]["entity"] == "123456789"
    assert declared["attributes"]["root"] == str(tmp_path)
    assert declared["attributes"]["files"] == "123456789FEC*.txt"
    assert not list(made.folder.rglob("*FEC*"))


def test_files_inside_of_the_folder_are_named_relative_to_it(tmp_path: Path) -> None:
    books = tmp_path / "dupont" / "books"
    books.mkdir(parents=True)
    fec(books, "123456789FEC20231231.txt", "20230105", "20231220")
    fec(books, "123456789FEC20241231.txt", "20240105", "20241220")
    made = make_folder(tmp_path / "dupont", origin=str(books), name="Dupont")

    declared = yaml.safe_load((made.folder / "sources/fec/defs.yaml").read_text(encoding="utf-8"))["attributes"]
    assert (declared["root"], declared["files"]) == ("books", "123456789FEC*.txt")
    assert not load_company(made.folder).calendars


def test_a_sie_file_says_who_it_is_and_its_fiscal_years(tmp_path: Path) -> None:
    path = tmp_path / "books.se"
    path.write_text(SIE, encoding="cp437")
    company = load_company(make_folder(tmp_path / "exempel", origin=str(path)).folder)

    assert (company.name, company.entities[0].id, company.group.currency) == (
        "Exempel & Söner AB",
        "556000-0000",
        "SEK",
    )
    (calendar,) = company.calendars["fiscal"]
    assert calendar.first_month == 5
    assert read_facts(path, "sie").accounts == {"1930": "Bank", "3010": "Försäljning"}


def test_a_sie_file_in_another_currency_says_so(tmp_path: Path) -> None:
    path = tmp_path / "books.se"
    path.write_text(SIE.replace("#FORMAT PC8", "#FORMAT PC8\n#VALUTA EUR"), encoding="cp437")
    assert load_company(make_folder(tmp_path / "a", origin=str(path)).folder).group.currency == "EUR"


@pytest.mark.parametrize(
    ("name", "days", "year"),
    [
        ("123456789FEC20241231.txt", ("20240105", "20241220"), (date(2024, 1, 1), date(2024, 12, 31))),
        # The year of the name is wrong, its day is right.
        ("123456789FEC20221231.txt", ("20230109", "20230720"), (date(2023, 1, 1), date(2023, 12, 31))),
        # Thirteen months.
        ("123456789FEC20241231.txt", ("20231205", "20241220"), (date(2023, 12, 1), date(2024, 12, 31))),
        ("ecritures.txt", ("20240405", "20250320"), (date(2024, 4, 1), date(2025, 3, 31))),
    ],
)
def test_the_fiscal_year_of_a_fec(tmp_path: Path, name: str, days: tuple[str, ...], year: tuple[date, date]) -> None:
    assert year_of(fec(tmp_path, name, *days)) == year


@pytest.mark.parametrize(
    "years",
    [
        [
            (date(2022, 9, 1), date(2023, 8, 31)),
            (date(2023, 9, 1), date(2023, 12, 31)),
            (date(2024, 1, 1), date(2024, 12, 31)),
        ],
        [(date(2020, 12, 1), date(2021, 12, 31)), (date(2022, 1, 1), date(2022, 12, 31))],
        [(date(2021, 3, 15), date(2021, 12, 31)), (date(2022, 1, 1), date(2022, 12, 31))],
        [(date(2021, 7, 1), date(2022, 6, 30)), (date(2024, 7, 1), date(2025, 6, 30))],
        [(date(2021, 7, 1), date(2022, 6, 30)), (date(2022, 7, 1), date(2023, 12, 31))],
    ],
)
def test_the_calendar_has_the_years_that_the_files_have(years: list[tuple[date, date]]) -> None:
    periods = fiscal_periods(calendar_of(years))
    for first, last in years:
        (named,) = {period.fiscal_year for period in periods if first <= period.starts_on and period.ends_on <= last}
        of_year = [period for period in periods if period.fiscal_year == named]
        assert (of_year[0].starts_on, of_year[-1].ends_on) == (first, last)


def test_accounts_that_the_standard_map_lacks_are_listed_for_a_person(tmp_path: Path) -> None:
    made = make_folder(tmp_path / "a", origin=str(fec(tmp_path, "123456789FEC20241231.txt", "20240105", "20241220")))
    with (made.folder / "accounts.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [row["line_code"] for row in rows] == [""] * len(rows)
    if account_map("fec"):
        assert rows == []


def test_files_of_two_companies_are_refused(tmp_path: Path) -> None:
    fec(tmp_path, "123456789FEC20241231.txt", "20240105")
    fec(tmp_path, "987654321FEC20241231.txt", "20240105")
    with pytest.raises(CompanyError, match="several companies, 123456789 "):
        make_folder(tmp_path / "a", origin=str(tmp_path))


def test_other_files_are_no_audit_files(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    assert audit_file_kind(path) is None


@pytest.mark.parametrize("kind", ["1", "2", "3"])
def test_a_sie_file_of_totals_only_is_refused_with_what_to_do(tmp_path: Path, kind: str) -> None:
    totals = (
        SIE.split("#VER", maxsplit=1)[0].replace("#SIETYP 4", f"#SIETYP {kind}")
        + "#UB 0 1930 50.00\n#RES 0 3010 -50.00\n"
    )
    (tmp_path / "books.se").write_text(totals, encoding="cp437")
    with pytest.raises(CompanyError, match=r"no vouchers \(SIE types 1 to 3\) in books\.se; export it again"):
        make_folder(tmp_path / "a", origin=str(tmp_path / "books.se"))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_facts_of_a_fec_are_read_however_its_lines_end(tmp_path: Path, line_end: str) -> None:
    path = fec(tmp_path, "123456789FEC20241231.txt", "20240105", "20241220")
    path.write_bytes(path.read_bytes().replace(b"\r\n", line_end.encode()))
    facts = read_facts(path, "fec")
    assert (facts.years, sorted(facts.accounts)) == ([(date(2024, 1, 1), date(2024, 12, 31))], ["411000", "701000"])
