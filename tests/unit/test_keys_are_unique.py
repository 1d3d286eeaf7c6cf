"""The macro of the key tests, rendered as dbt renders it and run in DuckDB."""

import duckdb
import jinja2
import pytest

from tests.companies import PROJECT

MACRO = PROJECT / "dbt_project" / "macros" / "keys_are_unique.sql"
CALL = "{{ keys_are_unique({'payment': ['entity_id', 'payment_id'], 'bank.statement': ['\"Line No\"']}) }}"


@pytest.fixture
def query() -> str:
    names = {"ref": lambda model: model, "source": lambda system, table: f"{system}__{table}"}
    rendered: str = jinja2.Environment().from_string(MACRO.read_text(encoding="utf-8") + CALL).render(names)  # noqa: S701
    return rendered


@pytest.mark.parametrize(
    ("payments", "lines", "failing"),
    [
        ("('A', 1), ('B', 1)", "(1), (2)", []),
        ("('A', 1), ('B', 1), ('B', 1), ('B', 1)", "(1)", [("payment", "(B, 1)", 3)]),
        ("('A', null), (null, 1)", "(1)", [("payment", "(A, NULL)", 1), ("payment", "(NULL, 1)", 1)]),
        ("('A', 1)", "(7), (7), (null)", [("bank.statement", "(7)", 2), ("bank.statement", "(NULL)", 1)]),
    ],
)
def test_repeated_and_missing_keys_are_named(
    query: str, payments: str, lines: str, failing: list[tuple[str, str, int]]
) -> None:
    with duckdb.connect() as connection:
        connection.execute(f"create table payment as from (values {payments}) as t(entity_id, payment_id)")
        connection.execute(f'create table bank__statement as from (values {lines}) as t("Line No")')
        assert sorted(connection.execute(query).fetchall()) == sorted(failing)
