"""What tests of the ledger find: their SQL on tables made for the case."""

import re
from collections.abc import Iterator

import duckdb
import pytest

from tests.companies import PROJECT

_ASSERTIONS = PROJECT / "dbt_project" / "tests" / "assertions"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as opened:
        yield opened


def _found(connection: duckdb.DuckDBPyConnection, name: str) -> list[dict[str, object]]:
    query = (_ASSERTIONS / f"{name}.sql").read_text(encoding="utf-8")
    query = re.sub(r"\{\{ config.*?\}\}", "", query)
    query = re.sub(r"\{\{ ref\('(\w+)'\) \}\}", r"\1", query)
    query = re.sub(r"\{\{ dbt\.type_(\w+)\(\) \}\}", r"\1", query)
    relation = connection.sql(query)
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _kpis(connection: duckdb.DuckDBPyConnection, *, last_quarter: int) -> None:
    """A year of two quarters of 3 and 4; `last_quarter` is what the second one is said to be."""
    connection.execute(
        f"""
        create table kpi_definition as select 'revenue' as kpi_id, 'additive' as additivity;
        create table closing as
        select 2024 as fiscal_year, (n + 2) // 3 as fiscal_quarter, 'regular' as closing_type,
            last_day(make_date(2024, n::int, 1)) as period_end
        from range(1, 7) as months (n);
        create table kpi_value as
        select 'revenue' as kpi_id, 'A' as entity_id, 'actual' as scenario, 'total' as dimension, 'total' as member,
            false as is_partial, *
        from (values ('year', date '2024-06-30', 7), ('quarter', date '2024-03-31', 3),
            ('quarter', date '2024-06-30', {last_quarter})) as periods (period_type, period_end, value);
        """
    )


def test_a_short_year_is_the_sum_of_its_two_quarters(connection: duckdb.DuckDBPyConnection) -> None:
    _kpis(connection, last_quarter=4)
    assert _found(connection, "assert_periods_add_up") == []


def test_a_year_that_is_not_the_sum_of_its_quarters_is_found(connection: duckdb.DuckDBPyConnection) -> None:
    _kpis(connection, last_quarter=5)
    assert [row["quarters_value"] for row in _found(connection, "assert_periods_add_up")] == [8]


def test_a_quarter_that_a_short_year_lacks_is_found(connection: duckdb.DuckDBPyConnection) -> None:
    _kpis(connection, last_quarter=7)
    connection.execute("delete from kpi_value where period_end = date '2024-03-31'")
    assert [row["quarters_value"] for row in _found(connection, "assert_periods_add_up")] == [7]


def test_a_period_after_which_profit_and_loss_is_at_0_is_named(connection: duckdb.DuckDBPyConnection) -> None:
    """CLOSED goes over a summary account that waits for the next year; REVERSED undoes one account of three."""
    connection.execute(
        """
        create table closing_entry (
            source_system varchar, entity_id varchar, ledger_id varchar, journal_entry_id varchar, posted_on date,
            fiscal_year int, closed_amount decimal(38, 6), remaining_amount decimal(38, 6), is_recognised boolean
        );
        create table ledger_movement as
        select entity_id, 'main' as ledger_id, 2024 as fiscal_year, stage, account_id, 'profit_and_loss' as statement,
            amount::decimal(38, 6) as amount
        from (values
            ('CLOSED', 11, 'sales', -9), ('CLOSED', 11, 'wages', 5), ('CLOSED', 12, 'sales', 9),
            ('CLOSED', 12, 'wages', -5), ('CLOSED', 12, 'summary', -4),
            ('REVERSED', 11, 'sales', -9), ('REVERSED', 11, 'wages', 5), ('REVERSED', 11, 'rent', 2),
            ('REVERSED', 12, 'rent', -2), ('REVERSED', 12, 'sales', -1)
        ) as movements (entity_id, stage, account_id, amount);
        """
    )
    found = _found(connection, "warn_of_closing_entries_by_their_pattern")
    assert [(row["entity_id"], row["entry_count"]) for row in found] == [("CLOSED", 2)]
    assert "period 12 takes 2 accounts" in str(found[0]["reason"])


def test_closing_entries_are_named_by_entity_and_year(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(
        """
        create table ledger_movement (
            entity_id varchar, ledger_id varchar, fiscal_year int, stage int, account_id varchar, statement varchar,
            amount decimal(38, 6)
        );
        create table closing_entry as
        select 'books' as source_system, 'E' as entity_id, 'main' as ledger_id, 'J' || n as journal_entry_id,
            make_date(2024, n::int, 1) as posted_on, 2024 as fiscal_year, 7.0 as closed_amount, 0.0 as remaining_amount,
            n <> 3 as is_recognised
        from range(1, 13) as months (n);
        """
    )
    found = _found(connection, "warn_of_closing_entries_by_their_pattern")
    assert [(row["entry_count"], row["closed_amount"]) for row in found] == [(1, 7), (11, 77)]
    assert str(found[0]["reason"]).startswith("not taken")


def test_a_label_of_a_thirteenth_period_says_which_entry_types_it_may_have(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute(
        """
        create table entity as select 'E' as entity_id, 'months' as calendar_id, null::date as joined_on;
        create table fiscal_period as
        select 'months' as calendar_id, '2024-12' as period_id, 2024 as fiscal_year, date '2024-12-01' as starts_on;
        create table entity_period as select 'E' as entity_id, 2024 as fiscal_year, 12 as first_fiscal_period;
        create table posting_period as
        select 'E' as entity_id, 'main' as ledger_id, date '2024-12-31' as posted_on, '2024-13' as period_label,
            unnest(['ordinary', 'closing']) as entry_type, 2 as line_count, 2024 as fiscal_year, 12 as stage;
        """
    )
    found = _found(connection, "assert_postings_are_in_a_period")
    assert [row["entry_type"] for row in found] == ["ordinary"]
    for words in ("2024-12", "`closing`", "`adjustment`"):
        assert words in str(found[0]["reason"])


def test_postings_after_an_entity_has_left_are_a_note(connection: duckdb.DuckDBPyConnection) -> None:
    """LEFT goes on posting from the day after it left; STAYS has posted into the next period."""
    connection.execute(
        """
        create table entity as
        select * from (values ('LEFT', date '2024-06-15'), ('STAYS', null)) as entities (entity_id, left_on);
        create table entity_period as
        select entity_id, 2024 as fiscal_year, 6 as fiscal_period from entity;
        create table posting_period as
        select entity_id, 'main' as ledger_id, posted_on, 2024 as fiscal_year, stage::decimal(9, 1) as stage,
            line_count
        from (values
            ('LEFT', date '2024-06-14', 6, 9), ('LEFT', date '2024-06-16', 6.5, 2), ('LEFT', date '2024-07-01', 7, 3),
            ('STAYS', date '2024-06-30', 6, 9), ('STAYS', date '2024-07-02', 7, 4)
        ) as postings (entity_id, posted_on, stage, line_count);
        """
    )
    found = _found(connection, "warn_of_postings_after_the_last_period")
    assert sorted((str(row["entity_id"]), row["is_note"], row["line_count"]) for row in found) == [
        ("LEFT", True, 5),
        ("STAYS", False, 4),
    ]
    assert "from 2024-06-16 to 2024-07-01, after it left on 2024-06-15, are in no statement" in str(found)
