"""Which KPIs a source table is in: from its rows through the mapping models to the tables of the contract."""

from collections.abc import Mapping, Sequence
from typing import Any

from orchestration.kpis.dictionary import Dictionary, KpiDefinition

_LEDGER = {"journal_line", "reported_balance"}
_BUDGET = "budget_line"


def touched_kpis(manifest: Mapping[str, Any], dictionary: Dictionary) -> dict[str, tuple[str, ...]]:
    """Return the ids of the KPIs by source table, `system.table`. `manifest` is dbt's."""
    measures = {measure.id: {table for needs in measure.needs for table in needs} for measure in dictionary.measures}
    kpis = {definition.id: definition for definition in dictionary.kpis}
    needed = {name: _tables(definition, kpis, measures) for name, definition in kpis.items()}
    return {
        source: tuple(name for name, tables in needed.items() if tables & fed)
        for source, fed in _fed_tables(manifest).items()
    }


def _tables(definition: KpiDefinition, kpis: Mapping[str, KpiDefinition], measures: Mapping[str, set[str]]) -> set[str]:
    """Return the tables of the contract that a KPI is made of; a line of the statements is made of the ledger."""
    found: set[str] = set()
    for term in (*definition.numerator, *definition.denominator):
        found |= measures.get(term.measure) or ({_BUDGET} if term.scenario == "budget" else _LEDGER)
    for component in definition.components:
        found |= _tables(kpis[component.kpi], kpis, measures)
    return found


def _fed_tables(manifest: Mapping[str, Any]) -> dict[str, set[str]]:
    parents: Mapping[str, Sequence[str]] = manifest["parent_map"]
    fed: dict[str, set[str]] = {}
    for name, node in manifest["nodes"].items():
        if node["resource_type"] != "model" or not node["name"].startswith("map_"):
            continue
        waiting, seen = [name], {name}
        while waiting:
            for parent in parents.get(waiting.pop(), ()):
                if parent.startswith("source.") and parent in manifest["sources"]:
                    source = manifest["sources"][parent]
                    fed.setdefault(f"{source['source_name']}.{source['name']}", set()).add(node["name"].split("__")[-1])
                elif parent not in seen:
                    seen.add(parent)
                    waiting.append(parent)
    return fed
