"""The monthly report in HTML against its mart: the numbers, what it says is missing, the file itself."""

import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import duckdb
import pytest

from orchestration.reports.document import build_monthly_report
from orchestration.reports.errors import MartUnreadableError, UnknownClosingError
from orchestration.reports.headline import headline
from orchestration.reports.render import render_html
from tests.integration.test_report_small_mart import FIRST, NEWEST, WITH_BUDGET, write_small_mart

THOUSAND = Decimal(1000)
Cell = tuple[str, Decimal | None]


class Tables(HTMLParser):
    """The tables of an HTML document by their title: rows of cells, each its text and its exact value."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[Cell]]] = {}
        self.text = ""
        self._title, self._skip, self._in_title, self._in_cell = "", 0, False, False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("sup", "small", "style"):
            self._skip += 1
        elif tag in ("h2", "h3"):
            self._title, self._in_title = "", True
        elif tag == "table":
            title = self._title if self._title not in self.tables else f"{self._title} 2"
            self.rows = self.tables.setdefault(title, [])
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._in_cell = True
            value = dict(attrs).get("data-value")
            self.rows[-1].append(("", None if value is None else Decimal(value)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("sup", "small", "style"):
            self._skip -= 1
        elif tag in ("h2", "h3"):
            self._in_title = False
        elif tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._skip:
            return
        self.text += data
        if self._in_title:
            self._title += data.strip()
        elif self._in_cell:
            text, value = self.rows[-1][-1]
            self.rows[-1][-1] = (text + data.strip(), value)

    def row(self, title: str, name: str) -> list[Cell]:
        return next(row for row in self.tables[title] if row[0][0] == name)


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_mart(tmp_path_factory.mktemp("mart") / "mart.duckdb")


@pytest.fixture(scope="module")
def newest(mart: Path) -> str:
    return render_html(build_monthly_report(mart))


@pytest.fixture(scope="module")
def budgeted(mart: Path) -> str:
    return render_html(build_monthly_report(mart, WITH_BUDGET))


def query(mart: Path, sql: str) -> list[tuple[str, Decimal]]:
    with duckdb.connect(str(mart), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def printed(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-").removesuffix("pp").strip())


def all_numbers(html: str) -> Iterator[Cell]:
    for rows in Tables(html).tables.values():
        yield from (cell for row in rows for cell in row if cell[1] is not None)


def test_every_amount_of_the_profit_and_loss_is_the_marts(mart: Path, newest: str) -> None:
    tables = Tables(newest)
    lines = query(
        mart,
        """
        select line_name,
            sum(amount) filter (closing_id = '2022-06'),
            sum(amount) filter (closing_id = '2021-06'),
            sum(amount) filter (closing_id = '2022-05'),
            sum(amount) filter (fiscal_year = 2022 and fiscal_period <= 6),
            sum(amount) filter (fiscal_year = 2021 and fiscal_period <= 6)
        from finance.statement_line
        where entity_id = 'G' and scenario = 'actual' and statement = 'profit_and_loss'
        group by all
        """,
    )
    assert lines
    for name, *amounts in lines:
        now, year_before, month_before, to_date, to_date_before = amounts
        row = tables.row("Profit and loss, k USD", name)[1:]
        assert [row[index][1] for index in (0, 1, 4, 7, 8)] == amounts
        assert [row[index][1] for index in (2, 5, 9)] == [
            now - year_before,
            now - month_before,
            to_date - to_date_before,
        ]
        for index, amount in zip((0, 1, 4, 7, 8), amounts, strict=True):
            assert printed(row[index][0]) == (amount / THOUSAND).quantize(Decimal(1), ROUND_HALF_UP)
        share = (now - year_before) / abs(year_before) * 100
        assert printed(row[3][0]) == share.quantize(Decimal("0.1"), ROUND_HALF_UP)


def test_the_year_to_date_of_a_years_last_closing_contains_its_adjustments(mart: Path) -> None:
    report = build_monthly_report(mart, "2021-12")
    (expected,) = query(
        mart,
        "select 'rent', sum(amount) from finance.statement_line "
        "where entity_id = 'G' and scenario = 'actual' and line_code = 'rent' and fiscal_year = 2021",
    )
    rent = Tables(render_html(report)).row("Profit and loss, k USD", "Rent")
    assert expected[1] in {value for _, value in rent}
    assert "FY2021-ADJ" in " ".join(report.statements[0].notes)


@pytest.mark.parametrize("closing", [NEWEST, WITH_BUDGET, FIRST])
def test_every_headline_value_is_the_marts(mart: Path, closing: str) -> None:
    tables = Tables(render_html(build_monthly_report(mart, closing)))
    values = query(
        mart,
        f"""
        select d.kpi_name, v.value
        from kpi.kpi_value as v
        inner join kpi.kpi_definition as d on v.kpi_id = d.kpi_id and v.period_type = d.default_period_type
        where v.entity_id = 'G' and v.scenario = 'actual'
            and v.period_end = (select period_end from finance.dim_closing where closing_id = '{closing}')
        """,
    )
    assert values
    for name, value in values:
        assert tables.row("Headline KPIs", name)[2][1] == value


def test_every_printed_number_is_a_rounding_of_the_exact_one_beside_it(newest: str, budgeted: str) -> None:
    checked = 0
    for text, value in (*all_numbers(newest), *all_numbers(budgeted)):
        if value is None or " of " in text:
            continue
        shown = printed(text)
        step = Decimal(1).scaleb(-len(text.removesuffix("pp").strip().partition(".")[2]))
        assert any(abs(shown - value * factor) <= step / 2 for factor in (1, 100, Decimal("0.001"))), (text, value)
        checked += 1
    assert checked > 200


def test_the_bars_of_both_waterfalls_add_up_as_printed(newest: str) -> None:
    assert_the_bars_add_up(newest)


def assert_the_bars_add_up(html: str) -> None:
    charts = re.findall(r'aria-label="Operating profit from [^"]* by (\w+)[^"]*">(.*?)</svg>', html)
    assert [by for by, _ in charts] == ["line", "entity"]
    for _, svg in charts:
        numbers = [printed(text) for text in re.findall(r">([+−]?[\d,]+)</text>", svg)]
        start, *steps, end = numbers
        assert len(steps) >= 3
        assert start + sum(steps) == end


@pytest.mark.parametrize(
    ("size", "unit"), [("0.2", "USD"), ("1", "USD"), ("100", "k USD"), ("1000", "k USD"), ("100000", "m USD")]
)
def test_all_money_of_a_report_is_in_one_scale_by_the_size_of_the_company(tmp_path: Path, size: str, unit: str) -> None:
    mart = write_small_mart(tmp_path / "mart.duckdb", size=Decimal(size))
    divisor = {"USD": Decimal(1), "k USD": THOUSAND, "m USD": THOUSAND * THOUSAND}[unit]
    report = build_monthly_report(mart)
    html = render_html(report)
    tables = Tables(html)
    titles = [title for title in re.findall(r"<h[23]>(.*?)</h[23]>", html) if "USD" in title]
    assert len(titles) >= 7
    assert {title.partition(", ")[2] for title in titles} == {unit}
    said = " ".join(message.text for message in report.messages)
    assert set(re.findall(r"(?:\b[km] )?USD", said)) == {unit}
    assert {kpi.unit for kpi in headline(mart) if "USD" in kpi.unit} == {unit}
    assert {row[1][0] for row in tables.tables["Headline KPIs"] if "USD" in row[1][0]} == {unit}
    assert tables.row("What does not tie", "Ledger to orders")[1][0] == unit
    assert f"In {unit}, at the closing" in tables.text
    for title in (f"Profit and loss, {unit}", f"Balance sheet, {unit}", f"Cash flow, {unit}", "What does not tie"):
        amounts = [cell for row in tables.tables[title] for cell in row if cell[1] is not None and "." not in cell[0]]
        assert len(amounts) >= 3
        for text, value in amounts:
            assert value is not None
            assert abs(printed(text) - value / divisor) <= Decimal("0.5"), (title, text, value)
    assert_the_bars_add_up(html)


def test_the_bridge_explains_a_statement_by_nature_too(tmp_path: Path) -> None:
    """It has no gross margin, and income beside the sales."""
    mart = write_small_mart(tmp_path / "mart.duckdb")
    with duckdb.connect(str(mart)) as connection:
        connection.execute(
            """
            delete from finance.statement_line where line_code = 'gross_margin';
            insert into finance.statement_line by name
            select * replace (
                'grants' as line_code, 'Grants' as line_name, 195 as line_order, 2 as line_level, false as is_subtotal,
                (amount / 10)::decimal(18, 2) as amount
            ) from finance.statement_line where line_code = 'net_sales';
            update finance.statement_line as profit set amount = profit.amount + grants.amount
            from finance.statement_line as grants
            where grants.line_code = 'grants' and profit.line_code = 'operating_profit'
                and (profit.entity_id, profit.closing_id, profit.scenario) = (grants.entity_id, grants.closing_id, grants.scenario)
            """
        )
    bridge = build_monthly_report(mart).profit_bridge
    assert bridge
    assert bridge.bridge.unexplained == 0
    assert {bar.name for bar in bridge.bridge.bars} == {"Net sales", "Grants", "Cost of sales", "Labour", "Rent"}


def test_an_amount_per_unit_has_a_scale_of_its_own(tmp_path: Path) -> None:
    mart = write_small_mart(tmp_path / "mart.duckdb", size=Decimal(100_000))
    with duckdb.connect(str(mart)) as connection:
        connection.execute(
            """
            update kpi.kpi_definition set kpi_id = 'average_order_value', unit = 'currency', additivity = 'ratio'
            where kpi_id = 'orders';
            update kpi.kpi_value set kpi_id = 'average_order_value', value = 1234.5 where kpi_id = 'orders'
            """
        )
    row = Tables(render_html(build_monthly_report(mart))).row("Operations", "Orders")
    assert (row[1][0], row[2][0]) == ("USD", "1,235")


def test_budget_columns_are_there_only_in_a_period_with_a_budget(newest: str, budgeted: str) -> None:
    assert "No budget for this period." in newest
    assert "No budget for this period." not in budgeted
    assert ("Budget", None) in Tables(budgeted).tables["Profit and loss, k USD"][1]
    assert ("Budget", None) not in Tables(newest).tables["Profit and loss, k USD"][1]


def test_a_line_that_was_not_budgeted_has_no_data_and_not_zero(mart: Path, budgeted: str) -> None:
    tables = Tables(budgeted)
    assert tables.row("Profit and loss, k USD", "Interest expense")[2] == ("no data", None)
    assert tables.row("Profit and loss, k USD", "Net income")[2] == ("no data", None)
    (rent,) = query(
        mart,
        "select line_code, amount from finance.statement_line "
        "where entity_id = 'G' and scenario = 'budget' and closing_id = '2020-12' and line_code = 'rent'",
    )
    assert tables.row("Profit and loss, k USD", "Rent")[2][1] == rent[1]


def test_a_kpi_without_a_source_says_so(newest: str) -> None:
    row = Tables(newest).row("Headline KPIs", "Customer satisfaction")
    assert row[2] == ("no source", None)
    assert all(value is None for _, value in row)


def test_a_part_period_is_marked_and_never_compared(mart: Path) -> None:
    html = render_html(build_monthly_report(mart, "2020-02"))
    tables = Tables(html)
    orders = next(line for line in build_monthly_report(mart, "2020-02").headline if line.definition.kpi_id == "orders")
    row = tables.row("Headline KPIs", "Orders")
    assert orders.prior.base.value in {value for _, value in row}
    assert orders.prior.variance is None
    assert [text for text, _ in row].count("no data") == 2, "budget and prior year"
    assert "p: part period" in html
    assert '<sup class="mark">p</sup>' in html


def test_a_closing_without_any_earlier_one_still_makes_a_report(mart: Path) -> None:
    html = render_html(build_monthly_report(mart, FIRST))
    tables = Tables(html)
    assert tables.row("Headline KPIs", "Return on capital")[2] == ("no data", None)
    assert "there is no earlier closing to compare it with" in tables.text
    assert "no data" in Tables(html).text


def test_the_file_needs_nothing_but_itself(newest: str) -> None:
    assert "http" not in newest
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|\bsrc=", newest)
    assert all(target.startswith("#") for target in re.findall(r'href="([^"]*)"', newest))
    assert not re.search(r"\bon\w+=", newest)
    ids = re.findall(r'\bid="([^"]*)"', newest)
    assert len(ids) == len(set(ids))


def test_names_and_messages_of_the_data_cannot_break_the_page(newest: str) -> None:
    assert "Smith &amp; Sons &lt;Group&gt;" in newest
    assert "<Group>" not in newest
    assert "7 of 90 rows are &lt; 0" in newest


def test_the_proof_says_what_ties_what_does_not_and_how_fresh_the_sources_were(newest: str) -> None:
    tables = Tables(newest)
    assert tables.row("What must tie", "Balance sheet")[3:] == [("3 of 3", Decimal(3)), ("78 of 78", Decimal(78))]
    gap = tables.row("What does not tie", "Ledger to orders")
    assert [value for _, value in gap] == [
        None,
        None,
        Decimal(5000),
        Decimal(4000),
        Decimal(1000),
        Decimal("0.25"),
        None,
    ]
    assert gap[-1][0] == "Nobody knows. With X."
    assert "Personnel: ledger to payroll: no source; nobody supplies payroll_line." in newest
    assert "Inventory: ledger to stock: switched off. The stock is kept by others." in newest
    assert tables.row("Sources", "erp")[-1] == ("1 of 2", Decimal(1))


def test_what_is_no_fault_is_a_note_and_no_row_of_the_checks(newest: str) -> None:
    assert "<li>Orders from before the books: 4.</li>" in newest
    assert "Broken by rows that are known or tolerated only: rates do not jump (2)." in newest
    checks = next(rows for title, rows in Tables(newest).tables.items() if title.startswith("Checks"))
    assert [row[0][0] for row in checks[1:]] == ["stock is positive", "nothing quarantined"]


def test_what_is_in_quarantine_stands_beside_the_figures_that_lack_it(newest: str) -> None:
    said = "1 rows of erp.orders are in quarantine and are not counted (net 7.50)."
    sections = newest.split("<section")[1:]
    beside = [section for section in sections if said in section]
    assert beside
    assert all("Orders" in section for section in beside)
    assert len(beside) < len(sections)


def test_every_page_names_the_publication_its_checks_and_its_content(newest: str) -> None:
    footer = newest.partition("<footer>")[2]
    for part in (
        "000002-abcdef01",
        "2022-07-05 04:00 UTC",
        "Jun 2022: closed",
        "sources fresh 1 of 2",
        "2 of 3",
        "v1",
        "ab" * 32,
    ):
        assert part in footer
    margin_box = newest.partition("@bottom-left")[2].partition("}")[0]
    assert "000002-abcdef01" in margin_box
    assert "checks passed 2 of 3" in margin_box


def test_a_failed_check_makes_the_report_a_draft(tmp_path: Path, newest: str) -> None:
    mart = write_small_mart(tmp_path / "mart.duckdb")
    with duckdb.connect(str(mart)) as connection:
        connection.execute("update meta.publication set checks_failed = 1")
    assert "DRAFT" in render_html(build_monthly_report(mart))
    assert "DRAFT" not in newest


def test_the_same_mart_gives_the_same_bytes_in_another_process(mart: Path, newest: str) -> None:
    code = (
        "import sys; from pathlib import Path; from orchestration.reports.document import build_monthly_report as b; "
        "from orchestration.reports.render import render_html as r; "
        "sys.stdout.buffer.write(r(b(Path(sys.argv[1]))).encode())"
    )
    for seed in ("1", "2"):
        result = subprocess.run(
            [sys.executable, "-c", code, str(mart)], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
        assert result.stdout.decode() == newest


@pytest.mark.parametrize(
    ("closing", "why"),
    [
        ("1999-01", "is not in the ledger"),
        ("2022-7", "is not in the ledger"),
        ("2022-07", "is still open"),
        ("FY2021-ADJ", "is a year end adjustment, not a regular closing"),
    ],
)
def test_a_closing_that_cannot_be_reported_on_gives_one_clear_line(mart: Path, closing: str, why: str) -> None:
    with pytest.raises(UnknownClosingError) as error:
        build_monthly_report(mart, closing)
    message = str(error.value)
    assert why in message
    assert closing in message
    assert f"30 closings, {FIRST} to {NEWEST}" in message
    assert "\n" not in message


def test_a_missing_or_a_foreign_file_gives_one_clear_line(tmp_path: Path) -> None:
    text, empty = tmp_path / "text.duckdb", tmp_path / "empty.duckdb"
    text.write_text("not a database " * 1000)
    duckdb.connect(str(empty)).close()
    for path in (tmp_path / "missing.duckdb", text, empty):
        with pytest.raises(MartUnreadableError) as error:
            build_monthly_report(path)
        assert str(path) in str(error.value)
        assert "\n" not in str(error.value)


def test_the_short_headline_says_the_same_as_the_report_and_needs_no_charts(mart: Path, newest: str) -> None:
    tables = Tables(newest)
    for kpi in headline(mart):
        row = [text for text, _ in tables.row("Headline KPIs", kpi.name)]
        assert row[2] == kpi.value
        assert kpi.change.removesuffix("k USD").strip() in row
    assert {kpi.direction for kpi in headline(mart)} <= {"good", "bad", "neutral"}
    code = (
        "import sys, orchestration.reports.headline; sys.exit('altair' in sys.modules or 'vl_convert' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
