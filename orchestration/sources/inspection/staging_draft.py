"""The text of drafted staging models with the file that describes them, in the shape of the project's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.sources.inspection.declaration_draft import column_description, table_description
from orchestration.sources.inspection.drafts import Draft, inline
from orchestration.sources.inspection.found import FoundColumn, FoundSystem, FoundTable
from orchestration.sources.inspection.names import distinct, staging_name
from orchestration.sources.sql import identifier

_MODELS = Path("models/staging")


@dataclass(frozen=True)
class StagedColumn:
    """A column of a staging model: its name there, the expression that gives it, and what it is made of."""

    name: str
    expression: str
    source: FoundColumn


def model_name(system: FoundSystem, table: FoundTable) -> str:
    """Return the name of a table's staging model."""
    return f"stg_{system.name}__{table.name}"


def staged_columns(table: FoundTable) -> list[StagedColumn]:
    """Return the columns of a table's staging model, without those of the lineage."""
    taken: set[str] = set()
    out = []
    for column in table.columns:
        is_day = column.type == "DATE" or (column.type == "TIMESTAMP" and column.at_midnight)
        name = distinct(staging_name(column.name, table.name), taken)
        quoted = identifier(column.name)
        expression = f"cast({quoted} as date)" if is_day and column.type != "DATE" else quoted
        out.append(StagedColumn(name, expression, column))
    return out


def key_names(table: FoundTable) -> list[str]:
    """Return the key's columns as staging names them; without a key, those of the lineage that tell rows apart."""
    by_source = {column.source.name: column.name for column in staged_columns(table)}
    return [by_source[name] for name in table.key] or ["batch_id", "source_row"]


def staging_drafts(system: FoundSystem) -> list[Draft]:
    """Return the drafts below `models/staging/<name>/`: a model per table, and what describes them."""
    folder = _MODELS / system.name
    return [
        Draft(description_file(system), _models(system)),
        *(Draft(folder / f"{model_name(system, table)}.sql", _model(system, table)) for table in system.tables),
    ]


def description_file(system: FoundSystem) -> Path:
    """Return the file that describes a system's staging models, below the company's folder."""
    return _MODELS / system.name / f"_{system.name}__models.yml"


def _model(system: FoundSystem, table: FoundTable) -> str:
    grain = " and ".join(key_names(table)) if table.key else "row of the source"
    lines = [f"-- Grain: one row per {grain}."]
    columns = staged_columns(table)
    lines += [
        f"-- Guess: {column.name} is a day, as every value is at midnight; a time of day would be cut off."
        for column in columns
        if column.expression.startswith("cast(")
    ]
    source = f"{{{{ source('{system.name}', '{table.name}') }}}}"
    if table.is_newest_file:
        lines.append("-- Guess: each file repeats the whole table, so the rows of the newest file are the table.")
    lines.append("select")
    for column in columns:
        plain = column.expression == identifier(column.name) and column.name == column.source.name
        lines.append(f"    {column.name}," if plain else f"    {column.expression} as {column.name},")
    lines += ["    {{ lineage_columns() }}", f"from {source}"]
    if table.is_newest_file:
        lines.append(f"where source_file = (select max(newest.source_file) from {source} as newest)")
    return "\n".join(lines) + "\n"


def _models(system: FoundSystem) -> str:
    lines = ["version: 2", "", "models:"]
    for table in system.tables:
        lines += model_lines(system, table)
    return "\n".join(lines) + "\n"


def model_lines(system: FoundSystem, table: FoundTable) -> list[str]:
    """Return the lines that describe a table's staging model, as an entry of `models`."""
    name = model_name(system, table)
    description = f"{table_description(table)} Renamed and cast; nothing is decided here."
    return [
        f"  - name: {name}",
        f"    description: {_quoted(description)}",
        "    columns:",
        *_described(staged_columns(table)),
    ]


def _described(columns: Sequence[StagedColumn]) -> list[str]:
    return [f"      - {inline({'name': c.name, 'description': column_description(c.source)})}" for c in columns]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
