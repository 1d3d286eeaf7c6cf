"""The dictionary as rows, for the dbt models that compute and publish the KPIs.

Five tables: `definition` (one row per KPI), `kpi_period` (per KPI and type of period), `term` (per summand of a KPI),
`measure` and `measure_role` (what a measure of roles sums). They carry no amount.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb

from orchestration.kpis.dictionary import POLARITY, Dictionary, KpiDefinition


@dataclass(frozen=True)
class DictionaryTable:
    """A table of the dictionary in the warehouse."""

    description: str
    columns: dict[str, str]
    """Column names and DuckDB types, in order."""


TABLES = {
    "definition": DictionaryTable(
        "One row per KPI: what it is called and means.",
        {
            "kpi_id": "varchar",
            "kpi_name": "varchar",
            "area": "varchar",
            "description": "varchar",
            "formula": "varchar",
            "unit": "varchar",
            "polarity": "integer",
            "additivity": "varchar",
            "default_period_type": "varchar",
            "period_types": "varchar",
            "source_standard": "varchar",
            "owner": "varchar",
            "audience": "varchar",
            "notes": "varchar",
            "caveat": "varchar",
            "denominator_domain": "varchar",
            "denominator_minimum": "decimal(38,6)",
        },
    ),
    "term": DictionaryTable(
        "One row per summand of a KPI's numerator, denominator or components.",
        {
            "kpi_id": "varchar",
            "role": "varchar",
            "term_number": "integer",
            "measure_id": "varchar",
            "component_kpi_id": "varchar",
            "weight": "integer",
            "over_window": "varchar",
            "is_times_days": "boolean",
            "scenario": "varchar",
        },
    ),
    "kpi_period": DictionaryTable(
        "One row per KPI and type of period that it is computed for.", {"kpi_id": "varchar", "period_type": "varchar"}
    ),
    "measure": DictionaryTable(
        "One row per measure that KPIs are computed from.",
        {
            "measure_id": "varchar",
            "measure_name": "varchar",
            "kind": "varchar",
            "unit": "varchar",
            "description": "varchar",
        },
    ),
    "measure_role": DictionaryTable(
        "One row per measure that sums statement lines by their roles, and role; sign 1 where a credit is positive.",
        {"measure_id": "varchar", "statement": "varchar", "role": "varchar", "sign": "integer"},
    ),
}


def write_dictionary(connection: duckdb.DuckDBPyConnection, dictionary: Dictionary) -> None:
    """Replace the tables of the schema `dictionary` by this dictionary's rows."""
    rows: dict[str, list[tuple[object, ...]]] = {
        "definition": [_definition_row(definition) for definition in dictionary.kpis],
        "term": [row for definition in dictionary.kpis for row in _term_rows(definition)],
        "kpi_period": [(definition.id, period) for definition in dictionary.kpis for period in definition.periods],
        "measure": [(m.id, m.name, m.kind, m.unit, m.description) for m in dictionary.measures],
        "measure_role": [
            (m.id, m.statement, role, 1 if m.side == "credit" else -1) for m in dictionary.measures for role in m.roles
        ],
    }
    connection.execute("create schema if not exists dictionary")
    for name, table in TABLES.items():
        objects = json.dumps([dict(zip(table.columns, row, strict=True)) for row in rows[name]]).replace("'", "''")
        columns = ", ".join(f"{column} {kind}" for column, kind in table.columns.items())
        connection.execute(f"create or replace table dictionary.{name} ({columns})")
        # Query parameters would make DuckDB import pandas, which takes a second.
        connection.execute(
            f"insert into dictionary.{name} "
            f"select unnest(from_json('{objects}', '{json.dumps([table.columns])}'), recursive := true)"
        )


def _definition_row(definition: KpiDefinition) -> tuple[object, ...]:
    return (
        definition.id,
        definition.name,
        definition.area,
        definition.description,
        definition.formula,
        definition.unit,
        POLARITY[definition.polarity],
        definition.additivity,
        definition.default_period,
        ", ".join(definition.periods),
        definition.standard,
        definition.owner,
        definition.audience,
        definition.notes,
        definition.caveat,
        definition.domain,
        None if definition.minimum is None else str(definition.minimum),
    )


def _term_rows(definition: KpiDefinition) -> Iterator[tuple[object, ...]]:
    for role, terms in (("numerator", definition.numerator), ("denominator", definition.denominator)):
        for number, term in enumerate(terms, start=1):
            yield (
                definition.id,
                role,
                number,
                term.measure,
                None,
                term.weight,
                term.over,
                term.times_days,
                term.scenario,
            )
    for number, component in enumerate(definition.components, start=1):
        yield definition.id, "component", number, None, component.kpi, component.weight, None, False, None
