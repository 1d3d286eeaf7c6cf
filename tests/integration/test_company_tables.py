"""The files beside company.yaml, and the tables of schema company that they become in a real database."""

from pathlib import Path

import duckdb
import pytest

from orchestration.company.accounts import read_account_rules
from orchestration.company.contract import contract
from orchestration.company.declaration import Company, load_company
from orchestration.company.errors import CompanyError
from orchestration.company.statement_lines import LAYOUTS, read_layout
from orchestration.company.tables import company_tables, read_files, write_company
from orchestration.settings import PRODUCT
from orchestration.sources.declaration.ready_systems import ACCOUNT_MAP, SYSTEMS_FOLDER

COMPANIES = Path(__file__).resolve().parents[2] / "companies"
MINIMAL = "name: Acme\ngroup: {currency: EUR}\nentities:\n  - {id: ACME, name: Acme GmbH}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "company.yaml").write_text(MINIMAL, encoding="utf-8")
    return tmp_path


def written(company: Company) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    write_company(connection, company, read_files(company))
    return connection


def faults_of(folder: Path) -> list[str]:
    with pytest.raises(CompanyError) as told:
        read_files(load_company(folder))
    return [fault.in_folder(folder) for fault in told.value.faults]


def test_codes_with_and_without_a_leading_zero_are_two_accounts(folder: Path) -> None:
    (folder / "accounts.csv").write_text("account_code,line_code\n0870,cash\n870,trade_receivables\n", encoding="utf-8")

    rows = written(load_company(folder)).execute("select account_code, line_code from company.account").fetchall()
    assert sorted(rows) == [("0870", "cash"), ("870", "trade_receivables")]


def test_an_account_is_named_by_its_id_or_by_its_code(folder: Path) -> None:
    """Two accounts of one code are two rows; the same account twice is a mistake."""
    file = folder / "accounts.csv"
    file.write_text("account_id,account_code,line_code\n17,4000,cash\n91,4000,cash\n,5000,cash\n", encoding="utf-8")

    rows = written(load_company(folder)).execute("select account_id, account_code from company.account").fetchall()
    assert sorted(rows, key=str) == [("17", "4000"), ("91", "4000"), (None, "5000")]
    file.write_text("account_id,account_code,line_code\n17,4000,cash\n17,,cash\n,,cash\n", encoding="utf-8")
    assert faults_of(folder) == [
        "accounts.csv:3: account_id: 17 stands on line 2 already; give it one row",
        "accounts.csv:4: account_code: is empty, and no account_id is given",
    ]


def test_only_an_account_of_the_balance_sheet_has_a_line_for_its_balance_in_credit(folder: Path) -> None:
    file = folder / "accounts.csv"
    file.write_text(
        "account_code,line_code,credit_line_code\n512,cash,other_current_liabilities\n"
        "700,trade_sales,other_current_liabilities\n513,cash,trade_sales\n",
        encoding="utf-8",
    )
    no_sides, no_balance = faults_of(folder)
    assert no_sides.startswith("accounts.csv:3: credit_line_code: 'other_current_liabilities' is the line of a balance")
    assert no_balance == (
        "accounts.csv:4: credit_line_code: 'trade_sales' is a line of the profit_and_loss; "
        "allowed is one of the balance_sheet"
    )


def test_a_list_is_a_table_of_text_and_goes_when_its_file_goes(folder: Path) -> None:
    (folder / "lists").mkdir()
    (folder / "lists" / "region.csv").write_text('code,name\n007,"North, West"\n', encoding="utf-8")
    company = load_company(folder)
    connection = written(company)

    assert connection.execute("select * from company.region").fetchall() == [("007", "North, West")]
    assert company_tables(company)["region"].columns == {"code": "varchar", "name": "varchar"}
    (folder / "lists" / "region.csv").unlink()
    write_company(connection, company, read_files(company))
    assert connection.execute("select count(*) from duckdb_tables() where table_name = 'region'").fetchone() == (0,)


def test_writing_twice_changes_nothing(folder: Path) -> None:
    company = load_company(folder)
    connection = written(company)
    first = {name: connection.execute(f'from company."{name}"').fetchall() for name in company_tables(company)}
    write_company(connection, company, read_files(company))
    assert {name: connection.execute(f'from company."{name}"').fetchall() for name in first} == first


def test_a_file_with_semicolons_is_one_clear_message(folder: Path) -> None:
    (folder / "accounts.csv").write_text("account_code;line_code\n1000;cash\n", encoding="utf-8")
    assert faults_of(folder) == ["accounts.csv:1: is separated by ';'; allowed: commas (save it as CSV with commas)"]


def test_faults_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "accounts.csv").write_text(
        "account_code,line_code,currency_method\n1000,cash,\n1000,cash,\n2000,current_assets,\n3000,trade_recievables,\n"
        "4000,cash,spot\n5000\n",
        encoding="utf-8",
    )
    (folder / "tie_outs.csv").write_text("tie_out_id,tolerance\ncash_flow,5\nown,\n", encoding="utf-8")
    (folder / "lists").mkdir()
    (folder / "lists" / "entity.csv").write_text("a\n1\n", encoding="utf-8")

    told = faults_of(folder)
    assert [fault.split(":")[:2] for fault in told] == [
        ["accounts.csv", "7"],
        ["accounts.csv", "3"],
        ["accounts.csv", "4"],
        ["accounts.csv", "5"],
        ["accounts.csv", "6"],
        ["tie_outs.csv", "2"],
        ["tie_outs.csv", "3"],
        ["tie_outs.csv", "3"],
        ["tie_outs.csv", "3"],
        ["tie_outs.csv", "3"],
        ["tie_outs.csv", "3"],
        ["lists/entity.csv", " the list's name 'entity' is a table of the product's; take another"],
    ]
    assert "1000 stands on line 2 already" in told[1]
    assert "is a subtotal" in told[2]
    assert "did you mean trade_receivables" in told[3]
    assert "allowed: closing, average, historical, none" in told[4]
    assert "a tolerance needs a reason" in told[5]


def test_every_rule_is_on_for_a_new_company_and_blocks_only_where_the_books_would_contradict_themselves(
    folder: Path,
) -> None:
    rows = written(load_company(folder)).execute(
        "select tie_out_id, is_expected_to_tie, tolerance, off_reason from company.tie_out_rule"
    )
    rules = {rule: (blocks, tolerance, off) for rule, blocks, tolerance, off in rows.fetchall()}
    models = (PRODUCT / "dbt_project" / "models" / "core" / "tie_outs").glob("tie_out__*.sql")
    assert set(rules) == {model.stem.removeprefix("tie_out__") for model in models} - {"line_to_channel"}
    assert {tolerance for _, tolerance, _ in rules.values()} == {0}
    assert {off for _, _, off in rules.values()} == {None}
    assert {rule for rule, (blocks, _, _) in rules.items() if blocks} == {
        "balance_sheet", "retained_earnings", "cash_flow", "ledger_to_statement", "year_end_adjustments",
    }  # fmt: skip


def test_every_table_that_a_rule_needs_is_one_of_the_contract(folder: Path) -> None:
    needs = written(load_company(folder)).execute("select distinct table_name from company.tie_out_need").fetchall()
    assert len(needs) > 10
    assert {table for (table,) in needs} <= set(contract().tables)


def test_a_company_explains_a_rule_switches_one_off_and_adds_one_of_its_own(folder: Path) -> None:
    (folder / "tie_outs.csv").write_text(
        "tie_out_id,tie_out_name,amount_a_name,amount_b_name,is_expected_to_tie,tolerance,tolerance_reason,owner,"
        "explanation,off_reason,line_code,channel\n"
        "payroll,,,,,5,Rounded by the bureau.,hr,,,,\n"
        "headcount_employees,,,,,,,,,Nobody counts heads.,,\n"
        "shop,Shop,Net sales,Orders of the shop,false,,,,,,net_sales,web\n",
        encoding="utf-8",
    )
    connection = written(load_company(folder))
    rules = connection.execute(
        "select tie_out_id, tie_out_name, tolerance, tolerance_reason, owner, off_reason, line_code, channel "
        "from company.tie_out_rule where tie_out_id in ('payroll', 'headcount_employees', 'shop') order by 1"
    ).fetchall()
    assert [(rule[0], *rule[2:]) for rule in rules] == [
        ("headcount_employees", 0, None, None, "Nobody counts heads.", None, None),
        ("payroll", 5, "Rounded by the bureau.", "hr", None, None, None),
        ("shop", 0, None, None, None, "net_sales", "web"),
    ]
    assert rules[1][1] == "Personnel: ledger to payroll"


def test_a_rule_of_ones_own_names_a_line_of_the_layout_and_a_channel(folder: Path) -> None:
    (folder / "tie_outs.csv").write_text(
        "tie_out_id,tie_out_name,amount_a_name,amount_b_name,is_expected_to_tie,line_code,channel\n"
        "shop,Shop,A,B,false,sales_of_shop,web\n"
        "pay,Pay,A,B,false,,\n"
        "payroll,,,,,net_sales,\n",
        encoding="utf-8",
    )
    told = faults_of(folder)
    assert "tie_outs.csv:2: line_code: sales_of_shop is no line of the company's layout" in told[0]
    assert "the product's rules are balance_sheet, cash_flow," in told[1]
    assert "line_code: is for rules of your own" in told[2]


@pytest.mark.parametrize("file", sorted(LAYOUTS.glob("*.csv")), ids=lambda file: file.stem)
def test_the_layouts_of_the_product_are_sound(file: Path) -> None:
    lines, faults = read_layout(file)
    assert not faults, "\n".join(map(str, faults))
    assert lines


def test_faults_of_an_own_layout_are_told(folder: Path) -> None:
    text = (LAYOUTS / "by_function.csv").read_text(encoding="utf-8")
    text = text.replace("1110,3,false,1,cash", "1110,3,false,1,")  # a leaf without a role
    text = text.replace("3,false,-1,result_of_year", "3,false,-1,retained_earnings")  # a role twice, another not at all
    text = text.replace("net_sales,gross_margin,Net sales", "net_sales,gross_sales,Net sales")  # a cycle
    (folder / "statements.csv").write_text(text, encoding="utf-8")
    (folder / "company.yaml").write_text(MINIMAL + "layout: own\n", encoding="utf-8")

    told = "\n".join(faults_of(folder))
    assert "role: cash has none; allowed: cash, " in told
    assert "another line has retained_earnings too" in told
    assert "no line has the role result_of_year" in told
    assert "its own ancestor: gross_sales → net_sales → gross_sales" in told


def test_own_closing_days_follow_each_other(folder: Path) -> None:
    (folder / "lists").mkdir()
    days = folder / "closing_days.csv"
    days.write_text(
        "period_id,fiscal_year,fiscal_period,starts_on,ends_on\n2025-01,2025,1,2024-12-29,2025-01-28\n2025-02,2025,2,,2025-02-27\n",
        encoding="utf-8",
    )
    text = MINIMAL + "calendars:\n  own: {kind: own, file: closing_days.csv}\n"
    (folder / "company.yaml").write_text(text, encoding="utf-8")

    rows = written(load_company(folder)).execute(
        "select calendar_id, period_id, starts_on::varchar, ends_on::varchar from company.fiscal_period order by 2"
    )
    assert rows.fetchall() == [
        ("own", "2025-01", "2024-12-29", "2025-01-28"),
        ("own", "2025-02", "2025-01-29", "2025-02-27"),
    ]
    days.write_text(
        days.read_text(encoding="utf-8").replace("2025-02,2025,2,,", "2025-02,2025,2,2025-01-28,"), encoding="utf-8"
    )
    assert "overlap" in faults_of(folder)[0]


@pytest.mark.parametrize(
    ("name", "entities", "without_ledger"),
    [
        ("adventureworks", [f"AW-{n:02d}" for n in range(15)], 6),
        ("tarnvale", ["DE01", "FR01", "GB01", "TV00", "US01"], 1),
    ],
)
def test_the_demos_declare_their_entities(name: str, entities: list[str], without_ledger: int) -> None:
    connection = written(load_company(COMPANIES / name))

    assert [
        row[0] for row in connection.execute("select entity_id from company.entity order by 1").fetchall()
    ] == entities
    assert connection.execute("select count(*) from company.entity where not has_ledger").fetchone() == (
        without_ledger,
    )
    assert connection.execute("select count(*) from company.entity where is_group").fetchone() == (1,)


def test_adventure_works_entities_are_those_of_its_files() -> None:
    connection = written(load_company(COMPANIES / "adventureworks"))
    files = COMPANIES / "adventureworks" / "files" / "finance"
    missing = connection.execute(
        f"""
        select 'AW-' || lpad(o.OrganizationKey::varchar, 2, '0') as id, o.OrganizationName,
            'AW-' || lpad(o.ParentOrganizationKey::varchar, 2, '0') as parent, c.CurrencyAlternateKey,
            case when o.ParentOrganizationKey is not null then o.PercentageOfOwnership::decimal(9, 6) end
        from '{files}/DimOrganization.parquet' o join '{files}/DimCurrency.parquet' c using (CurrencyKey)
        except
        select entity_id, entity_name, parent_entity_id, currency_code, share
        from company.entity left join company.ownership using (entity_id)
        """
    ).fetchall()
    assert missing == []


def test_tarnvales_periods_are_those_of_the_simulator() -> None:
    """The ids and days of the simulated fiscal periods, of the calendar of months and of that of weeks."""
    from orchestration.simulation.setting.calendars import Calendar, date_of

    calendar = Calendar(10)
    connection = written(load_company(COMPANIES / "tarnvale"))
    for place, name in ((0, "months"), (1, "weeks_445")):
        expected = [
            (period_id, date_of(int(start)), date_of(int(end)))
            for period_id, start, end in zip(
                calendar.period_ids, calendar.period_starts[place], calendar.period_ends[place], strict=True
            )
        ]
        rows = connection.execute(
            "select period_id, starts_on, ends_on from company.fiscal_period "
            f"where calendar_id = '{name}' and fiscal_year < 2033 order by starts_on"
        ).fetchall()
        assert rows == expected


@pytest.mark.parametrize("file", sorted(SYSTEMS_FOLDER.glob(f"*/{ACCOUNT_MAP}")), ids=lambda file: file.parent.name)
def test_the_accounts_of_the_ready_systems_have_lines_of_the_layout_by_nature(file: Path) -> None:
    lines, _ = read_layout(LAYOUTS / "by_nature.csv")
    rules, faults = read_account_rules(file, file.parent.name, lines)
    assert not faults, "\n".join(map(str, faults))
    assert rules
