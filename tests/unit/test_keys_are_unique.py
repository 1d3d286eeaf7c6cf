"""The macro of the key tests, rendered as dbt renders it and run in DuckDB."""

from pathlib import Path

import duckdb
import jinja2
import pytest

from orchestration.settings import Settings
from orchestration.transform.project import lay_out_project, project_folder
from tests.companies import PROJECT
from tests.small_company import write_company_folder

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


@pytest.mark.parametrize(
    ("files", "load", "is_tested"),
    [("posting_*.csv", "full", True), ("posting.csv", "full", False), ("posting_*.csv", "append", False)],
)
def test_a_table_of_several_files_in_full_has_its_keys_tested(
    tmp_path: Path, files: str, load: str, *, is_tested: bool
) -> None:
    """Landing sees each file's keys by itself; of files that are appended, one row of each key counts."""
    company = write_company_folder(tmp_path / "nordwind")
    declaration = company / "sources" / "books" / "defs.yaml"
    text = declaration.read_text(encoding="utf-8").replace(
        "files: posting.csv", f"files: '{files}'\n      load: {load}"
    )
    declaration.write_text(text, encoding="utf-8")
    installation = Settings(company=company, data_dir=tmp_path / "data")
    lay_out_project(installation)
    test = project_folder(installation) / "generated_tests" / "keys_of_books__posting.sql"
    assert test.exists() is is_tested
    if is_tested:
        assert """{'books.posting': ['"Nr"']}""" in test.read_text(encoding="utf-8")
        declaration.write_text(text.replace("load: full", "load: append"), encoding="utf-8")
        lay_out_project(installation)
        assert not test.exists()
