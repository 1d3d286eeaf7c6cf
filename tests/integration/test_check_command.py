"""`tieout check`: every mistake in a company's folder with its file and line, and what its data can carry."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.company.contract import contract
from orchestration.folder.check import check_folder
from orchestration.folder.dbt_jinja import marked
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_opened, open_source
from tests.small_company import write_company_folder

COMPANIES = Path(__file__).resolve().parents[2] / "companies"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    return write_company_folder(tmp_path / "nordwind")


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def told(folder: Path) -> list[str]:
    return [fault.in_folder(folder) for fault in check_folder(folder).faults]


def test_a_sound_folder_has_no_mistakes_and_its_crosswalk_is_printed(company: Path) -> None:
    outcome = CliRunner().invoke(app, ["check", str(company)])

    assert outcome.exit_code == 0, outcome.output
    assert "Nordwind: 1 entity, 1 source system, 2 models; no mistakes." in outcome.output
    assert "without sales_order_line: orders" in outcome.output
    columns = contract().tables["journal_line"].columns
    given = {"entity_id", "posted_on", "account_code", "amount"}
    (note,) = [line for line in outcome.output.splitlines() if line.startswith("note: journal_line: ")]
    absent = note.split("NULL: ")[1].split(", ")
    assert f"{len(absent)} of {len(columns)} columns" in note
    assert set(absent) < set(columns)
    assert given.isdisjoint(absent)
    assert "without budget_line: budget, revenue_budget_variance" in outcome.output


def test_all_mistakes_of_all_files_are_told_at_once_and_the_exit_code_is_1(company: Path) -> None:
    edit(company, "company.yaml", "currency: EUR", "currency: Euro")
    edit(company, "accounts.csv", "1400,trade_receivables", "1400,receivables")
    edit(company, "sources/books/defs.yaml", "type: DATE", "type: DAY")
    edit(company, "suites/staging.stg_books__posting.yaml", "severity: error", "severity: fatal")
    edit(
        company, "models/mapping/map_books__journal_line.sql", "ref('stg_books__posting')", "ref('stg_books__postings')"
    )

    outcome = CliRunner().invoke(app, ["check", str(company)])
    assert outcome.exit_code == 1
    for part in (
        "company.yaml:2: group.currency: is no currency",
        "accounts.csv:4: line_code: 'receivables' is no line of the layout",
        "sources/books/defs.yaml:16: attributes.tables.0.columns.Datum.type: ",
        "models/mapping/map_books__journal_line.sql:10: ref('stg_books__postings'): there is no such model",
        "suites/staging.stg_books__posting.yaml:9: expectations.0.severity: allowed: 'error' or 'warn'",
    ):
        assert part in outcome.output
    assert "in " + str(company) + "; nothing was run." in outcome.output
    assert not (company / "data").exists()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("currency: EUR", "currency: Euro", "company.yaml:2: group.currency: is no currency"),
        ("currency: EUR", "currency: EUR, calendar: weeks", "company.yaml:2: group.calendar: no calendar is called"),
    ],
    ids=["a field that cannot be", "what does not fit together"],
)
def test_a_faulty_company_yaml_hides_no_fault_of_the_files_beside_it(
    company: Path, old: str, new: str, expected: str
) -> None:
    edit(company, "company.yaml", old, new)
    edit(company, "accounts.csv", "1400,trade_receivables", "1400,receivables")
    (company / "lists").mkdir()
    (company / "lists" / "Sites.csv").write_text("a\n1\n", encoding="utf-8")
    (company / "kpis" / "own.yaml").write_text("kpis: 1\n", encoding="utf-8")
    faults = told(company)
    assert [fault.split(":")[0] for fault in faults] == [
        "accounts.csv",
        "company.yaml",
        "kpis/own.yaml",
        "lists/Sites.csv",
    ]
    assert faults[1].startswith(expected)


def test_every_unknown_column_of_a_model_is_named_with_its_line(company: Path) -> None:
    name = "models/staging/books/stg_books__posting.sql"
    edit(company, name, '"Datum" as', '"Date" as')
    edit(company, name, '"Betrag" as', '"Betrage" as')

    assert [fault.split("!")[0] for fault in told(company)] == [
        f'{name}:4: Referenced column "Date" not found in FROM clause',
        f'{name}:6: Referenced column "Betrage" not found in FROM clause',
    ]


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (
            "models/mapping/map_books__journal_line.sql",
            "    account_code,\n",
            "",
            "models/mapping/map_books__journal_line.sql: lacks the column account_code of the contract's journal_line",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "    amount,\n",
            "    amount,\n    1 as departement_code,\n",
            "models/mapping/map_books__journal_line.sql:9: the contract's journal_line has no column departement_code; did "
            "you mean department_code",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "    amount,\n",
            "    cast(amount as double) as amount,\n",
            "models/mapping/map_books__journal_line.sql:8: amount is DOUBLE; allowed: a DECIMAL or whole number",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "ref('stg_books__posting')",
            "ref('trial_balance')",
            "models/mapping/map_books__journal_line.sql:10: ref('trial_balance'): trial_balance is a model of the product's",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "{{ the_entity() }}",
            "{{ their_entity() }}",
            "models/mapping/map_books__journal_line.sql:5: 'their_entity' is undefined; a macro is one of dbt's",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "{{ the_entity() }}",
            "{{ the_entity( }}",
            "models/mapping/map_books__journal_line.sql:5: this is not sound Jinja",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "from {{",
            "form {{",
            "models/mapping/map_books__journal_line.sql:10: this is not sound SQL",
        ),
        (
            "models/mapping/map_books__journal_line.sql",
            "    {{ lineage_columns() }}\n",
            "    1 as source_row\n",
            "lacks source_system, source_table, batch_id, known_at: select {{ lineage_columns() }}, too",
        ),
        (
            "models/staging/books/stg_books__posting.sql",
            "'posting')",
            "'postings')",
            "models/staging/books/stg_books__posting.sql:8: source('books', 'postings'): the system has no such table; did "
            "you mean posting?",
        ),
        (
            "models/staging/books/stg_books__posting.sql",
            "source('books'",
            "source('book'",
            "models/staging/books/stg_books__posting.sql:8: source('book', 'posting'): no source system is called so; did "
            "you mean books?",
        ),
        (
            "models/staging/books/_books__models.yml",
            "name: stg_books__posting",
            "name: stg_books__postings",
            "models/staging/books/_books__models.yml:3: name: there is no model stg_books__postings",
        ),
        (
            "suites/staging.stg_books__posting.yaml",
            "column: account_code",
            "column: konto",
            "suites/staging.stg_books__posting.yaml:8: stg_books__posting has no column konto; it has: posting_number",
        ),
        (
            "suites/staging.stg_books__posting.yaml",
            "id: postings_have_an_account",
            "id: Postings",
            "suites/staging.stg_books__posting.yaml:6: expectations.0.id: ",
        ),
        ("kpis/caveats.yaml", "[dso]", "[dsoo]", "kpis/caveats.yaml:2: there is no KPI called dsoo"),
        (
            "kpis/caveats.yaml",
            "text:",
            "txt:",
            "kpis/caveats.yaml:3: caveats.0.txt: is not known here; allowed: kpis, text",
        ),
        (
            "tests/assert_postings.sql",
            "ref('journal_line')",
            "ref('journal_lines')",
            "tests/assert_postings.sql:1: ref('journal_lines'): there is no such model",
        ),
        (
            "sources/books/defs.yaml",
            "  group: finance\n",
            "  group: finance\n  folder: x\n",
            "sources/books/defs.yaml:7: attributes.folder: is not known here; allowed: name, description, owners",
        ),
        (
            "sources/books/defs.yaml",
            "type: orchestration.components.SourceSystemComponent",
            "type: sap",
            "sources/books/defs.yaml:1: type: is 'sap'; allowed: orchestration.components.SourceSystemComponent",
        ),
        ("accounts.csv", "1200,cash,", "1400,cash,", "accounts.csv:4: account_code: 1400 stands on line 3 already"),
    ],
)
def test_a_mistake_is_told_with_its_place(company: Path, file: str, old: str, new: str, expected: str) -> None:
    edit(company, file, old, new)
    faults = told(company)
    assert any(expected in fault for fault in faults), "\n".join(faults)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("map_books__jounal_line.sql", "the contract has no table 'jounal_line'; did you mean journal_line"),
        ("map_ledger__account.sql", "no source system is called 'ledger'; there are: books"),
        ("map_books.sql", "the name must be map_<system>__<table>"),
    ],
)
def test_a_mapping_of_an_unknown_name_is_told(company: Path, name: str, expected: str) -> None:
    (company / "models" / "mapping" / name).write_text("select 1 as a\n", encoding="utf-8")
    assert any(expected in fault for fault in told(company))


SUITE = """\
table: core.account
asset: [core, account]
key: [account_id]
description: Accounts.
expectations:
  - {id: accounts_have_a_name, severity: warn, why: x, type: expect_column_values_to_not_be_null, kwargs: {column: account_name}}
  - {id: accounts_have_a_line, severity: warn, why: x, query: "select * from {batch} where line_code is null"}
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("not_be_null", "not_be_nul", ":6: expectations.0.type: is expect_column_values_to_not_be_nul: Great Expectations has no "
         "such type; did you mean expect_column_values_to_not_be_null?"),
        ("column: account_name", "column: acount_name", ":6: account has no column acount_name; it has: account_id, "),
        ("where line_code", "where lin_code", ':7: expectations.1.query: Binder Error: Referenced column "lin_code" not found'),
        ("key: [account_id]", "key: [id]", ":3: account has no column id; it has: account_id, "),
        ("table: core.account\n", "table: core.acount\n", ":1: table: is core.acount: the product has no such table; did you mean core.account?"),
    ],
)  # fmt: skip
def test_a_suite_of_a_table_of_the_product_is_checked(company: Path, old: str, new: str, expected: str) -> None:
    text = SUITE.replace(old, new)
    assert text != SUITE
    name = text.splitlines()[0].removeprefix("table: ")
    (company / "suites" / f"{name}.yaml").write_text(text, encoding="utf-8")
    (fault,) = told(company)
    assert fault.startswith(f"suites/{name}.yaml{expected}")
    (company / "suites" / f"{name}.yaml").unlink()
    (company / "suites" / "core.account.yaml").write_text(SUITE, encoding="utf-8")
    assert told(company) == []


def test_own_closing_days_need_the_model_that_gives_them(company: Path) -> None:
    edit(
        company,
        "company.yaml",
        "entities:",
        "calendars:\n  days: {kind: own, model: map_books__fiscal_period}\nentities:",
    )
    assert told(company) == [
        "company.yaml:4: calendars.days.model: there is no model map_books__fiscal_period in models/"
    ]


def test_a_secret_of_a_declaration_is_not_told(company: Path) -> None:
    edit(company, "sources/books/defs.yaml", "  root: files\n", "  database: {kind: postgres, connection: hunter2}\n")
    faults = "\n".join(told(company))
    assert faults.startswith("sources/books/defs.yaml:")
    assert "hunter2" not in faults


def undecided(company: Path, lake: Path) -> list[str]:
    """What is told of the company's accounts once its postings have landed."""
    store = RawLake(lake)
    (system,) = load_declarations(company / "sources")
    with open_source(system, company) as source:
        land_opened(source, system.tables[0], store)
    return [fault.in_folder(company) for fault in check_folder(company, lake).faults]


def test_accounts_that_were_posted_on_without_a_line_are_named(company: Path, tmp_path: Path) -> None:
    edit(company, "files/posting.csv", "4,2024-02-15,1400", "4,2024-02-15,01400")

    assert undecided(company, tmp_path / "raw") == [
        "accounts.csv: account 01400 of books has 1 postings (-100.00) and no line; give it a line_code"
    ]


def test_a_code_of_two_accounts_names_neither(company: Path, tmp_path: Path) -> None:
    """The ids of the accounts of postings 1 and 4 are 11 and 14; both are called 1400, and one of them has a row of its own."""
    edit(
        company,
        "models/mapping/map_books__journal_line.sql",
        "    account_code,\n",
        "    case when posting_number in (1, 4) then cast(10 + posting_number as varchar) else account_code end "
        "as account_id,\n    account_code,\n",
    )
    edit(company, "accounts.csv", "account_code,line_code", "account_id,account_code,line_code")
    for code in ("0870", "1200", "1400", "8400"):
        edit(company, "accounts.csv", f"\n{code},", f"\n,{code},")
    edit(company, "accounts.csv", "\n,8400", "\n11,1400,trade_receivables,cf_receivables\n,8400")

    assert undecided(company, tmp_path / "raw") == [
        "accounts.csv:4: account_code: '1400' is of several accounts of books, so the row names none of them; in its "
        "place, give each a row with its account_id: 11 (1 postings), 14 (1 postings)"
    ]
    edit(company, "accounts.csv", "\n,1400,trade_receivables,cf_receivables", "")
    assert undecided(company, tmp_path / "raw") == [
        "accounts.csv: account 1400 of books has 1 postings (-100.00) and no line; give it a line_code, by account_id 14: "
        "its code is of several accounts"
    ]


def test_an_account_on_a_line_that_the_product_fills_is_refused(company: Path) -> None:
    """Depreciation is added back from the profit and loss statement: the accounts of what was written down would double it."""
    edit(
        company,
        "accounts.csv",
        "\n1400,trade_receivables,cf_receivables",
        "\n1400,accumulated_depreciation,cf_depreciation_and_amortisation",
    )
    edit(company, "company.yaml", "group: {currency: EUR}", "group: {currency: EUR}\nlayout: by_nature")
    edit(company, "accounts.csv", "additional_paid_in_capital", "share_premium")

    assert [fault for fault in told(company) if "cf_" in fault] == [
        "accounts.csv:4: cash_flow_line_code: 'cf_depreciation_and_amortisation' is filled by the product: depreciation is taken "
        "from profit and loss, and out of the purchases of fixed assets; accumulated depreciation is on the line of these "
        "purchases, as the assets are"
    ]


def test_what_data_can_carry_is_written_as_a_page(company: Path, tmp_path: Path) -> None:
    page = tmp_path / "carried.md"
    outcome = CliRunner().invoke(app, ["check", str(company), "--page", str(page)])

    assert outcome.exit_code == 0, outcome.output
    text = page.read_text(encoding="utf-8")
    assert "| Revenue (`revenue`) | profitability | yes |  |" in text
    assert "| Orders (`orders`) | operations | no | sales_order_line |" in text
    assert "| Days inventory outstanding (`dio`) | working capital | no | an account with the line inventory, " in text
    assert "| `journal_line.amount` | yes |" in text


def test_marks_leave_texts_comments_and_jinja_alone() -> None:
    text = "select 'a\nb', {{ x(\n'y') }} -- it's\n/* c\nd */ from t\n"
    assert marked(text) == "/*@1*/select 'a\nb', {{ x(\n'y') }} -- it's\n/*@4*//* c\nd */ from t\n/*@6*/"


def test_no_company_is_one_message(tmp_path: Path) -> None:
    assert told(tmp_path) == [
        "company.yaml: is not there. A company's folder has one; `tieout init DIR` makes a folder."
    ]


@pytest.mark.parametrize("name", ["adventureworks", "tarnvale"])
def test_the_demos_have_no_mistakes(name: str) -> None:
    assert told(COMPANIES / name) == []


def test_a_code_that_the_chart_has_twice_names_neither_though_one_is_posted_on(company: Path, tmp_path: Path) -> None:
    """Ids are numbers in most systems; the account 21 of another company of the group is called 1400, too."""
    edit(
        company,
        "models/mapping/map_books__journal_line.sql",
        "    account_code,\n",
        "    70000 + cast(account_code as bigint) as account_id,\n    account_code,\n",
    )
    (company / "models/mapping/map_books__account.sql").write_text(
        "-- Grain: one row per account.\nselect\n    70000 + cast(account_code as bigint) as account_id,\n    account_code,\n"
        "    account_code as account_name,\n    source_system,\n    source_table,\n    batch_id,\n    source_row,\n    known_at\n"
        "from {{ ref('stg_books__posting') }}\nwhere posting_number < 4\nunion all\nselect\n    21,\n    '1400',\n    'Receivables',\n"
        "    source_system,\n    source_table,\n    batch_id,\n    source_row,\n    known_at\n"
        "from {{ ref('stg_books__posting') }}\nwhere posting_number = 1\n",
        encoding="utf-8",
    )

    assert undecided(company, tmp_path / "raw") == [
        "accounts.csv:4: account_code: '1400' is of several accounts of books, so the row names none of them; in its "
        "place, give each a row with its account_id: 71400 (2 postings), 21 Receivables (no postings)"
    ]
    edit(company, "accounts.csv", "account_code,line_code,", "account_id,account_code,line_code,")
    for code in ("0870", "1200", "8400"):
        edit(company, "accounts.csv", f"\n{code},", f"\n,{code},")
    edit(company, "accounts.csv", "\n1400,", "\n71400,1400,")
    assert undecided(company, tmp_path / "raw") == []
