"""The models' SQL tried in DuckDB: on empty tables of the declared columns, each model becomes a view.

DuckDB stops at the first unknown column, so an unknown one is noted, replaced by NULL, and the model is tried again.
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from orchestration.company.contract import contract
from orchestration.company.errors import Fault
from orchestration.folder.contract_faults import contract_faults
from orchestration.folder.dbt_jinja import MARK, Macros, Renderer, RenderError
from orchestration.folder.models import Model, product_models
from orchestration.folder.places import line_of, near
from orchestration.settings import PRODUCT
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import LINEAGE_COLUMNS

_MOST_FAULTS_OF_A_MODEL = 20
_NAME_AT = re.compile(rb'(?:"(?:[^"]|"")*"|[A-Za-z_]\w*)(?:\.(?:"(?:[^"]|"")*"|[A-Za-z_]\w*))*')
_LINEAGE_TYPES = {"source_row": "bigint", "known_at": "timestamp"}


@dataclass
class TriedModels:
    """What came of trying the models: their faults, and the columns of those that could be tried, with their types."""

    faults: list[Fault] = field(default_factory=list)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)


class ModelTrial:
    """Tries models in a database of its own, in memory unless one is given."""

    def __init__(
        self,
        folder: Path,
        systems: Sequence[SourceSystem],
        connection: duckdb.DuckDBPyConnection,
        models: Sequence[Model],
        *,
        unread: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._systems = {system.name: {table.name: table for table in system.tables} for system in systems}
        self._company_tables = _tables_of(connection, "company")
        self._unread = unread
        self._is_blocked = False
        self._patched: set[str] = set()
        self._models = {model.name: model for model in models}
        files = [
            *sorted((PRODUCT / "dbt_project" / "macros").rglob("*.sql")),
            *sorted((folder / "macros").rglob("*.sql")),
        ]
        self._renderer = Renderer(Macros(files), self._ref, self._source, _product_variables())
        self._said: list[tuple[str, str]] = []
        self._refs: list[str] = []
        self._named: list[str] = []
        self._found = TriedModels()
        self._state: dict[str, bool] = {}
        connection.execute("create schema if not exists models")

    def try_all(self) -> TriedModels:
        """Try every model, those that others read first."""
        for name in self._models:
            self._try(name, ())
        return self._found

    def rendered(self, file: Path) -> tuple[list[Fault], list[str]]:
        """Return what is wrong with the Jinja of a file that is no model, such as a test, and what it refers to."""
        self._said, self._refs, self._named = [], [], []
        try:
            self._renderer.render(file.read_text(encoding="utf-8"), str(file))
        except RenderError as error:
            return [Fault(file, error.line, str(error))], []
        return [], list(self._named)

    def _try(self, name: str, above: tuple[str, ...]) -> bool:
        """Return whether a model stands, as a view. Its faults are noted."""
        if name in self._state:
            return self._state[name]
        model = self._models[name]
        self._state[name] = False
        self._said, self._refs, self._is_blocked = [], [], False
        try:
            sql = self._renderer.render(model.text, str(model.file))
        except RenderError as error:
            self._found.faults.append(Fault(model.file, error.line, str(error)))
            return False
        said, refs, is_blocked = self._said, self._refs, self._is_blocked
        for pattern, message in said:
            self._found.faults.append(Fault(model.file, line_of(model.file, pattern), message))
        if cycle := [ref for ref in refs if ref in (*above, name)]:
            self._found.faults.append(Fault(model.file, None, f"reads itself, by way of {cycle[0]}"))
            return False
        stands = [self._try(ref, (*above, name)) for ref in dict.fromkeys(refs)]
        if said or is_blocked or not all(stands):
            return False
        self._state[name] = self._create(model, sql, rests_on_patched=any(ref in self._patched for ref in refs))
        if self._state[name]:
            rows = self._connection.execute(f'describe models."{name}"').fetchall()
            self._found.columns[name] = {row[0]: row[1] for row in rows}
            if model.contract_table:
                of_contract = contract().tables[model.contract_table]
                # A type may come of a NULL that stands for an unknown column.
                self._found.faults += contract_faults(
                    model, of_contract, self._found.columns[name], with_types=name not in self._patched
                )
        return self._state[name]

    def _create(self, model: Model, sql: str, *, rests_on_patched: bool) -> bool:
        statement = f'create or replace view models."{model.name}" as\n{sql.strip().rstrip(";")}'
        for _ in range(_MOST_FAULTS_OF_A_MODEL):
            try:
                self._connection.execute("set errors_as_json = true")
                self._connection.execute(statement)
            except duckdb.Error as error:
                told = _error(error)
                if rests_on_patched and not _is_unknown_column(told):
                    return False  # it may come of a NULL that stands for an unknown column there
                place = int(told["position"]) if "position" in told else None
                line = _line_at(statement, place) if place is not None else None
                self._found.faults.append(Fault(model.file, line, _in_words(told)))
                patched = _without_column(statement, place, told)
                if patched is None:
                    return False
                statement = patched
                self._patched.add(model.name)
            else:
                if rests_on_patched:
                    self._patched.add(model.name)
                return True
            finally:
                self._connection.execute("set errors_as_json = false")
        return False

    def _ref(self, *names: str, **_: object) -> str:
        name = names[-1]
        self._named.append(name)
        pattern = rf"ref\(.*?['\"]{re.escape(name)}['\"]"
        if name in self._models:
            self._refs.append(name)
        elif name in product_models():
            self._said.append(
                (
                    pattern,
                    f"ref('{name}'): {name} is a model of the product's; models of a company read its staging only",
                )
            )
        else:
            self._said.append((pattern, f"ref('{name}'): there is no such model in models/{near(name, self._models)}"))
        return f'models."{name}"'

    def _source(self, system: str, table: str) -> str:
        pattern = rf"source\(\s*['\"]{re.escape(system)}['\"]\s*,\s*['\"]{re.escape(table)}['\"]"
        where = f"source('{system}', '{table}')"
        if system == "company":
            if table not in self._company_tables:
                self._said.append(
                    (pattern, f"{where}: the company has no such table{near(table, self._company_tables)}")
                )
            return f'company."{table}"'
        if system in self._unread:
            self._is_blocked = True
        elif system not in self._systems:
            self._said.append((pattern, f"{where}: no source system is called so{near(system, self._systems)}"))
        elif table not in self._systems[system]:
            tables = self._systems[system]
            self._said.append((pattern, f"{where}: the system has no such table{near(table, tables)}"))
        return f'raw."{system}__{table}"'


def create_source_tables(connection: duckdb.DuckDBPyConnection, systems: Sequence[SourceSystem]) -> None:
    """Make an empty table of the declared columns for each table of the systems."""
    connection.execute("create schema if not exists raw")
    for system in systems:
        for table in system.tables:
            columns = {name: column.type for name, column in table.columns.items()}
            columns |= {name: _LINEAGE_TYPES.get(name, "varchar") for name in LINEAGE_COLUMNS}
            listed = ", ".join(f'"{name.replace(chr(34), chr(34) * 2)}" {kind}' for name, kind in columns.items())
            connection.execute(f'create or replace table raw."{system.name}__{table.name}" ({listed})')


def _tables_of(connection: duckdb.DuckDBPyConnection, schema: str) -> list[str]:
    rows = connection.execute(f"select table_name from duckdb_tables() where schema_name = '{schema}' order by 1")
    return [row[0] for row in rows.fetchall()]


def _product_variables() -> dict[str, object]:
    content = yaml.safe_load((PRODUCT / "dbt_project" / "dbt_project.yml").read_text(encoding="utf-8"))
    return dict(content.get("vars") or {})


def _error(error: duckdb.Error) -> dict[str, str]:
    text = str(error)
    try:
        told: dict[str, str] = json.loads(text[text.index("{") :])
    except ValueError:
        return {"exception_message": text}
    return told


def _in_words(told: Mapping[str, str]) -> str:
    message = " ".join(told["exception_message"].split()).replace("Candidate bindings: :", "Candidate bindings:")
    if told.get("error_subtype") == "SYNTAX_ERROR":
        return f"this is not sound SQL: {message}"
    return MARK.sub("", message).replace('models."', '"')


def _line_at(sql: str, position: int) -> int | None:
    marks = MARK.findall(sql.encode()[:position].decode(errors="ignore"))
    return int(marks[-1]) if marks else None


def _is_unknown_column(told: Mapping[str, str]) -> bool:
    unknown = "does not have a column named" in told["exception_message"]
    return unknown or told.get("error_subtype") == "COLUMN_NOT_FOUND"


def _without_column(sql: str, position: int | None, told: Mapping[str, str]) -> str | None:
    """Return the statement with NULL in place of an unknown column; None where something else is wrong."""
    if position is None or not _is_unknown_column(told):
        return None
    raw = sql.encode()
    found = _NAME_AT.match(raw, position)
    if not found:
        return None
    return (raw[:position] + b"null" + raw[found.end() :]).decode()
