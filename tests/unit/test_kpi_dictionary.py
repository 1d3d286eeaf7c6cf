"""The KPI dictionary: what is wrong with it is said in words, and the page made from it is the one in docs."""

import re
from pathlib import Path

import pytest
import yaml

from orchestration.company.statement_lines import product_layout
from orchestration.kpis.dictionary import Dictionary, DictionaryError, load_dictionary
from orchestration.kpis.document import dictionary_page
from tests.companies import PROJECT

LINES = product_layout("by_function")
# What the issue that founded the mart asked for, by what it is called there.
NAMED_BY_THE_USER = {
    "revenue", "cogs", "gross_margin", "operating_expenses", "opex_ratio", "ebitda", "operating_margin", "net_margin",
    "roic", "roa", "roe", "dso", "dio", "dpo", "ccc", "working_capital_turnover", "current_ratio", "free_cash_flow",
    "revenue_budget_variance", "inventory_turnover", "stock_out_rate", "orders", "average_order_value",
    "order_to_ship_days", "supplier_on_time", "supplier_rejection_rate", "headcount", "revenue_per_employee", "calls",
    "customer_satisfaction",
}  # fmt: skip


@pytest.fixture(scope="module")
def dictionary() -> Dictionary:
    return load_dictionary(statement_lines=LINES)


def test_every_kpi_that_the_user_named_is_defined(dictionary: Dictionary) -> None:
    assert {definition.id for definition in dictionary.kpis} >= NAMED_BY_THE_USER


def test_the_page_in_docs_is_the_one_made_from_the_dictionary(dictionary: Dictionary) -> None:
    assert (PROJECT / "docs" / "kpi-dictionary.md").read_text(encoding="utf-8") == dictionary_page(dictionary), (
        "run `make docs`"
    )


def test_days_metrics_that_are_added_use_the_same_window_and_average(dictionary: Dictionary) -> None:
    components = [dictionary.kpi(component.kpi) for component in dictionary.kpi("ccc").components]
    assert {component.periods for component in components} == {dictionary.kpi("ccc").periods}
    assert {term.over for component in components for term in component.numerator} == {"average"}
    assert all(term.times_days for component in components for term in component.numerator)


KPI = """
area: test
owner: nobody
audience: nobody
kpis:
  - id: {id}
    name: A KPI
    description: A KPI.
    formula: a / b
    unit: {unit}
    polarity: higher
    {computation}
"""


def load_one(folder: Path, computation: str, *, kpi_id: str = "a_kpi", unit: str = "ratio") -> Dictionary:
    (folder / "test.yaml").write_text(KPI.format(id=kpi_id, unit=unit, computation=computation), encoding="utf-8")
    (folder / "caveats.yml").write_text("caveats: []", encoding="utf-8")
    return load_dictionary(folder, folder / "caveats.yml", statement_lines=LINES)


@pytest.mark.parametrize(
    ("computation", "said"),
    [
        ("numerator: [{measure: nett_sales}]", "no measure is called nett_sales"),
        ("numerator: [{measure: cash}]", "cash is a balance; `over` must be average, closing or opening"),
        ("numerator: [{measure: net_sales, over: average}]", "net_sales is a flow; `over` must be flow"),
        ("components: [{kpi: nothing}]", "no KPI is called nothing"),
        ("caveat: none", "give either numerator"),
        ("numerator: [{measure: net_sales, wieght: 2}]", "wieght: there is no such key"),
        ("numerator: [{measure: net_sales}]\n    default_period: week", "'month', 'quarter', 'ytd', 'year' or 'ttm'"),
        ("numerator: [{measure: net_sales}]\n    periods: [year]", "default_period month is not among periods year"),
    ],
)
def test_a_mistake_is_said_with_the_kpi_and_what_is_allowed(tmp_path: Path, computation: str, said: str) -> None:
    with pytest.raises(DictionaryError) as error:
        load_one(tmp_path, computation)
    assert said in str(error.value)
    assert "a_kpi" in str(error.value)


def test_a_caveat_of_an_unknown_kpi_is_refused(tmp_path: Path) -> None:
    load_one(tmp_path, "numerator: [{measure: net_sales}]")
    (tmp_path / "caveats.yml").write_text("caveats: [{kpis: [b_kpi], text: Mind.}]", encoding="utf-8")
    with pytest.raises(DictionaryError, match="there is no KPI called b_kpi"):
        load_dictionary(tmp_path, tmp_path / "caveats.yml", statement_lines=LINES)


@pytest.mark.parametrize(
    ("computation", "additivity"),
    [
        ("numerator: [{measure: net_sales}]", "additive"),
        ("numerator: [{measure: cash, over: closing}]", "semi_additive"),
        ("numerator: [{measure: net_sales}]\n    denominator: [{measure: net_sales}]", "ratio"),
    ],
)
def test_additivity_follows_from_the_computation(tmp_path: Path, computation: str, additivity: str) -> None:
    assert load_one(tmp_path, computation).kpi("a_kpi").additivity == additivity


def test_a_measure_needs_no_table_that_its_model_does_not_read():
    core = PROJECT / "dbt_project" / "models" / "core"
    subjects = {path.stem: path.read_text(encoding="utf-8") for path in core.glob("measures/measure_*.sql")}
    graph = (PROJECT / "tests" / "integration" / "asset_graph.txt").read_text(encoding="utf-8")
    reads = {path.stem: re.findall(r"ref\('(\w+)'\)", path.read_text(encoding="utf-8")) for path in core.rglob("*.sql")}
    for model, read_models in re.findall(r"^core: core/(\w+) <- (.*)$", graph, re.MULTILINE):
        reads[model] += re.findall(r"core/(\w+)", read_models)

    def read_by(model: str) -> set[str]:
        found, ahead = set[str](), [model]
        while ahead:
            new = set(reads.get(ahead.pop(), ())) - found
            found |= new
            ahead += new
        return found

    measures = PROJECT / "orchestration" / "kpis" / "dictionary" / "measures.yaml"
    needs = yaml.safe_load(measures.read_text(encoding="utf-8"))["needs"]
    unread = []
    for measure, alternatives in needs.items():
        (subject,) = [name for name, text in subjects.items() if f"'{measure}'" in text]
        unread += [(measure, table) for needed in alternatives for table in needed if table not in read_by(subject)]
    assert unread == []
