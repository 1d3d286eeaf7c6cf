"""A company of the cases that an ordinary ledger must survive, an entity each: one run names all that is wrong with it, and that alone.

What the sound entities' figures must be is in the unit tests of the models (dbt_project/models/core/ledger).
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.companies import PROJECT
from tests.end_to_end.installation import Installation

CASES = PROJECT / "tests" / "data" / "companies" / "cases"
REFUSED = {
    # Two companies loaded together: the books of the second are seen, and are in no group without a word (case 24).
    "assert_entities_with_postings_are_declared": ["entity_id = NOBODY, line_count = 2, first_posted_on = 2024-02-15"],
    "assert_budget_lines_are_in_the_budget": [
        "account_code = 7777, amount = -3.000000, reason = no such account",
        "period_id = 2024-77, budgeted_on = null, account_code = 4000, amount = -2.000000, reason = no such period",
        "entity_id = NOBODY2, period_id = 2024-01",
    ],
    "assert_journal_entries_balance": ["entity_id = UNBALANCED, ledger_id = main, journal_entry_id = 1", "= 10.000000"],
    "assert_postings_are_in_a_period": ["entity_id = STRAY, ledger_id = main, posted_on = 1890-01-15"],
    # What follows from the entry that does not balance (case 31): nothing is plugged, in no closing after it.
    "assert_books_balance_without_translation": ["entity_id = UNBALANCED", "difference = 10.000000"],
    "assert_what_must_tie_ties": ["tie_out_id = balance_sheet, entity_id = UNBALANCED", "difference = 10.000000"],
}
"""What forbids publishing, and what is said of it; a check that is not here must not fail."""
WARNED = {
    "An entity has more than one ledger": {"LEDGERS"},
    "Entries look like closing entries and are not typed so": {"TYPED"},
    "An opening entry is not what stood on the account": {"BROKEN"},
    "The debits of an opening entry are not its credits": {"LOPSIDED"},
}
"""Warnings by their first words, and the entities that they name."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(Path(shutil.copytree(CASES, tmp_path_factory.mktemp("cases") / "company")))


@pytest.fixture(scope="module")
def outcome(installation: Installation) -> "subprocess.CompletedProcess[str]":
    return installation.tieout("run")


@pytest.fixture(scope="module")
def warehouse(
    installation: Installation, outcome: "subprocess.CompletedProcess[str]"
) -> Iterator[duckdb.DuckDBPyConnection]:
    assert outcome.returncode == 1
    with duckdb.connect(str(installation.warehouse), read_only=True) as connection:
        yield connection


def test_one_run_names_every_fault_that_forbids_publishing_and_no_other(
    installation: Installation, outcome: "subprocess.CompletedProcess[str]"
) -> None:
    """A failing test lets no later model or test be skipped: a person sees all faults at once."""
    assert outcome.returncode == 1
    assert not installation.mart.exists()
    blocks = re.split(r"^- ", outcome.stderr.partition("Not published: ")[2], flags=re.MULTILINE)[1:]
    said = {block.split(" ", 1)[0]: block for block in blocks}
    assert said.keys() == REFUSED.keys(), outcome.stderr
    for check, wanted in REFUSED.items():
        assert [text for text in wanted if text not in said[check]] == [], said[check]
    for check in ("assert_books_balance_without_translation", "assert_what_must_tie_ties"):
        assert set(re.findall(r"entity_id = (\w+)", said[check])) == {"UNBALANCED"}


def test_what_is_odd_and_not_wrong_is_a_warning(outcome: "subprocess.CompletedProcess[str]") -> None:
    warnings = [line for line in outcome.stderr.splitlines() if line.lstrip().startswith("! ")]
    for words, entities in WARNED.items():
        said = [line for line in warnings if words in line]
        assert [set(re.findall(r"entity_id = (\w+)", line)) for line in said] == [entities], words


def test_an_account_that_the_chart_lost_is_named_and_in_the_balance_sheet(
    warehouse: duckdb.DuckDBPyConnection, outcome: "subprocess.CompletedProcess[str]"
) -> None:
    """Its postings are on the line of accounts without a line, from the first one on; so are those that name no account (case 30)."""
    assert "account 9999 Not in the chart: 9999 has no line of a statement (STRAY 13.00 EUR)" in outcome.stderr
    assert "account (no account) Not in the chart: (no account) has no line" in outcome.stderr
    balances = warehouse.execute(
        "select closing_id, sum(amount) from core.ledger_line_amount where entity_id = 'STRAY' and line_code = 'unmapped' "
        "and closing_id <= '2024-03' group by closing_id order by closing_id"
    ).fetchall()
    assert [(closing, int(amount)) for closing, amount in balances] == [
        ("2024-01", -12),
        ("2024-02", 1),
        ("2024-03", 1),
    ]


def test_every_other_entity_balances(warehouse: duckdb.DuckDBPyConnection) -> None:
    out_of_balance = warehouse.execute(
        "select distinct entity_id from core.ledger_line_amount where balance_type = 'balance' and scenario = 'actual' "
        "group by entity_id, closing_id having sum(amount) <> 0"
    ).fetchall()
    assert out_of_balance == [("UNBALANCED",)]
