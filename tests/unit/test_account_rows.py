"""The test that refuses rows of accounts.csv that name several accounts, rendered as dbt renders it and run in DuckDB."""

import duckdb
import jinja2
import pytest

from tests.companies import PROJECT

TEST = PROJECT / "dbt_project" / "tests" / "assertions" / "assert_accounts_csv_names_one_account.sql"


class _Types:
    @staticmethod
    def type_string() -> str:
        return "varchar"


@pytest.mark.parametrize(
    ("rows", "posted", "failing"),
    [
        # The second chart has the same code, and nobody said by id which account the row is for.
        ("(2, null, null, '1400', 'trade_receivables')", "('erp', '10')", [(2, "10 Receivables, 32")]),
        # Each account that is posted on has a row of its own, so the row by code changes nothing.
        ("(2, null, null, '1400', 'cash'), (3, null, '10', '1400', 'cash')", "('erp', '10')", []),
        ("(2, null, null, '1400', 'cash'), (3, 'erp', '10', null, 'cash')", "('erp', '10'), ('erp', '32')", [(2, "10 Receivables, 32")]),
        # Nothing is posted on either, the row is not decided yet, or it is of a system that has one account of the code.
        ("(2, null, null, '1400', 'cash')", "('erp', '7')", []),
        ("(2, null, null, '1400', null)", "('erp', '10')", []),
        ("(2, 'shop', null, '1400', 'cash')", "('erp', '10')", []),
    ],
)  # fmt: skip
def test_a_row_that_names_several_accounts_is_refused(rows: str, posted: str, failing: list[tuple[int, str]]) -> None:
    names = {"ref": lambda model: model, "source": lambda _, table: f"company_{table}", "dbt": _Types}
    query = jinja2.Environment().from_string(TEST.read_text(encoding="utf-8")).render(names)  # noqa: S701
    with duckdb.connect() as connection:
        connection.execute(
            "create table account as from (values ('erp', '10', '1400', 'Receivables', true), "
            "('erp', '32', '1400', '1400', true), ('erp', '7', '1200', 'Bank', false), ('shop', '10', '1400', 'Till', false)) "
            "as t(source_system, source_account_id, account_code, account_name, is_shared_code)"
        )
        connection.execute(f"create table posted_account as from (values {posted}) as t(source_system, account_id)")
        connection.execute(
            "create table company_account (line_number integer, source_system varchar, account_id varchar, "
            f"account_code varchar, line_code varchar); insert into company_account values {rows}"
        )
        found = connection.execute(query).fetchall()
    assert found == [
        (
            line,
            f"accounts.csv, line {line}: 1400 is the code of 2 accounts of erp; in its place, give each a row with its "
            f"account_id: {accounts}",
        )
        for line, accounts in failing
    ]
