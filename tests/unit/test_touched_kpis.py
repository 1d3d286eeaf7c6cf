"""Which KPIs a source table is in, from dbt's manifest and the dictionary."""

from orchestration.company.statement_lines import product_layout
from orchestration.kpis.dictionary import load_dictionary
from orchestration.transform.touched import touched_kpis

DICTIONARY = load_dictionary(statement_lines=product_layout("by_function"))


def manifest(*links: tuple[str, str]) -> dict[str, object]:
    """A manifest of a source table, its staging model and the mapping models that read it."""
    parents: dict[str, list[str]] = {}
    for child, parent in links:
        parents.setdefault(child, []).append(parent)
    models = {name for link in links for name in link if name.startswith("model.")}
    sources = {name for link in links for name in link if name.startswith("source.")}
    return {
        "parent_map": parents,
        "nodes": {name: {"resource_type": "model", "name": name.split(".")[-1]} for name in models},
        "sources": {name: {"source_name": name.split(".")[-2], "name": name.split(".")[-1]} for name in sources},
    }


def test_a_quarantined_order_line_is_of_the_orders_and_of_no_figure_of_the_ledger() -> None:
    found = touched_kpis(
        manifest(
            ("model.t.map_erp__sales_order_line", "model.t.stg_erp__line"),
            ("model.t.stg_erp__line", "source.t.erp.line"),
        ),
        DICTIONARY,
    )
    assert set(found) == {"erp.line"}
    assert {"orders", "order_amount", "average_order_value"} <= set(found["erp.line"])
    assert not {"revenue", "net_income", "headcount"} & set(found["erp.line"])


def test_a_line_of_the_journal_is_of_all_figures_of_the_ledger_and_what_is_made_of_them() -> None:
    found = touched_kpis(
        manifest(("model.t.map_erp__journal_line", "model.t.stg_erp__gl"), ("model.t.stg_erp__gl", "source.t.erp.gl")),
        DICTIONARY,
    )
    assert {"revenue", "roic", "ccc", "revenue_budget_variance"} <= set(found["erp.gl"])
    assert "orders" not in found["erp.gl"]
