"""The dictionary as rows, for the dbt models that compute and publish the KPIs.

Four tables: `definition` (one row per KPI), `kpi_period` (per KPI and type of period), `term` (per summand of a KPI)
and `measure`. They carry no amount.
"""

import json
from collections.abc import Iterator

import duckdb

from orchestration.kpis.dictionary import POLARITY, Dictionary, KpiDefinition

_TABLES = {
    "definition": (
        "kpi_id varchar, kpi_name varchar, area varchar, description varchar, formula varchar, unit varchar, "
        "polarity integer, additivity varchar, default_period_type varchar, period_types varchar, "
        "source_standard varchar, owner varchar, audience varchar, notes varchar, caveat varchar"
    ),
    "term": (
        "kpi_id varchar, role varchar, term_number integer, measure_id varchar, component_kpi_id varchar, "
        "weight integer, over_window varchar, is_times_days boolean, scenario varchar"
    ),
    "kpi_period": "kpi_id varchar, period_type varchar",
    "measure": "measure_id varchar, measure_name varchar, kind varchar, unit varchar, description varchar",
}


def write_dictionary(connection: duckdb.DuckDBPyConnection, dictionary: Dictionary) -> None:
    """Replace the tables of the schema `dictionary` by this dictionary's rows."""
    rows: dict[str, list[tuple[object, ...]]] = {
        "definition": [_definition_row(definition) for definition in dictionary.kpis],
        "term": [row for definition in dictionary.kpis for row in _term_rows(definition)],
        "kpi_period": [(definition.id, period) for definition in dictionary.kpis for period in definition.periods],
        "measure": [(m.id, m.name, m.kind, m.unit, m.description) for m in dictionary.measures],
    }
    connection.execute("create schema if not exists dictionary")
    for table, columns in _TABLES.items():
        names = [column.split(" ")[0] for column in columns.split(", ")]
        objects = json.dumps([dict(zip(names, row, strict=True)) for row in rows[table]]).replace("'", "''")
        shape = json.dumps([dict(column.split(" ") for column in columns.split(", "))])
        connection.execute(f"create or replace table dictionary.{table} ({columns})")
        # Query parameters would make DuckDB import pandas, which takes a second.
        connection.execute(
            f"insert into dictionary.{table} select unnest(from_json('{objects}', '{shape}'), recursive := true)"
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
