"""The ready systems of `systems/`, rendered as the product renders them and run in plain DuckDB, for the tests."""

import csv
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

PROJECT = Path(__file__).resolve().parents[2]
SYSTEMS = PROJECT / "systems"
LAYOUT = SYSTEMS / "layouts" / "by_nature.csv"


class _Types:
    """What dbt gives for the names of types, in DuckDB."""

    type_string = staticmethod(lambda: "varchar")
    type_timestamp = staticmethod(lambda: "timestamp")


def _lineage(relation: str | None = None) -> str:
    prefix = f"{relation}." if relation else ""
    names = ("source_system", "source_table", "batch_id", "source_row", "known_at")
    return ", ".join(prefix + name for name in names)


def rendered(file: Path) -> str:
    """Return the SQL of a template for the system `books` of the entity `E1`."""
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, autoescape=False)  # noqa: S701 (SQL, not HTML)
    text = file.read_text(encoding="utf-8").replace("SYSTEM", "books").replace("ENTITY", "E1")
    return environment.from_string(text).render(
        ref=lambda name: name,
        source=lambda system, table: f"raw.{system}__{table}",
        lineage_columns=_lineage,
        dbt=_Types,
        config=lambda **_: "",
    )


def declared_tables(kind: str, files: str) -> list[dict[str, Any]]:
    """Return the tables of a ready system's declaration."""
    text = (SYSTEMS / kind / "defs.yaml").read_text(encoding="utf-8").replace("SYSTEM", "books")
    said = yaml.safe_load(text)
    tables: list[dict[str, Any]] = said["attributes"]["tables"]
    return [table | {"files": files} for table in tables]


def build(connection: duckdb.DuckDBPyConnection, kind: str) -> None:
    """Make the staging and mapping models views of a connection that has the raw views."""
    for file in sorted((SYSTEMS / kind / "models").glob("*.sql"), key=lambda file: file.stem.startswith("map_")):
        name = file.stem.replace("SYSTEM", "books")
        connection.execute(f"create table {name} as {rendered(file)}")


def findings(connection: duckdb.DuckDBPyConnection, kind: str, rule: str) -> list[tuple[Any, ...]]:
    """Return the rows that a rule of the ready system finds fault with."""
    return connection.execute(rendered(SYSTEMS / kind / "tests" / f"assert_SYSTEM__{rule}.sql")).fetchall()


def account_map(kind: str) -> dict[str, dict[str, str]]:
    """Return the ready system's account map by prefix."""
    with (SYSTEMS / kind / "accounts.csv").open(encoding="utf-8") as handle:
        return {row["account_prefix"]: row for row in csv.DictReader(handle)}


def line_of(accounts: dict[str, dict[str, str]], account: str, balance: Decimal) -> str | None:
    """Return the statement line of an account: by its longest prefix, and by the side that its balance is on."""
    for length in range(len(account), 0, -1):
        if row := accounts.get(account[:length]):
            return row["credit_line_code"] if balance < 0 and row["credit_line_code"] else row["line_code"]
    return None


def layout_rows() -> Iterator[dict[str, str]]:
    """Yield the lines of the layout by nature."""
    with LAYOUT.open(encoding="utf-8") as handle:
        yield from csv.DictReader(handle)
