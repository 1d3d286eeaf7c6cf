"""The simulated company: what the warehouse publishes is what the simulator knows to be true, however it was delivered.

The truth files come from the simulator's own state and arithmetic, not from the warehouse's SQL. Each test compares all
of one truth file with the mart, both ways: what one of them lacks is a difference, too.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from expectations.suites import load_suites
from tests.companies import TARNVALE
from tests.end_to_end.browser import layout, needs_browser
from tests.end_to_end.conftest import DemoRun
from tests.end_to_end.installation import Installation, make_installation, simulate
from tests.end_to_end.lineage import figures_without_their_lines

UNTIL = "2025-08-20"
"""A day in the middle of an open period: later files are missing, and some files are still the wrong ones."""

CLOSING_ID = "case when period_id like '%-13' then 'FY' || left(period_id, 4) || '-ADJ' else period_id end"
LINEAGE = {"batch_id", "known_at", "source_row"}
"""What names the batch of a row: it differs with how the row came, not with what it says."""


class Compared:
    """A mart and a warehouse beside the truth of the files that they were made from."""

    def __init__(self, installation: Installation) -> None:
        self.truth = installation.sources / "truth"
        self.connection = duckdb.connect()
        self.connection.execute(f"attach '{installation.mart}' as mart (read_only)")
        self.connection.execute(f"attach '{installation.warehouse}' as warehouse (read_only)")

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Return a query's rows; `{name}` stands for the truth file of that name, all its values as text."""
        with_truth = re.sub(r"{(\w+)}", lambda name: f"read_csv('{self.truth}/{name[1]}.csv', all_varchar=true)", query)
        return self.connection.execute(with_truth).fetchall()

    def differences(self, truth: str, mart: str, keys: str, differ: str) -> list[tuple[object, ...]]:
        """Return up to 20 rows of the two queries that do not match by `keys`, or match and `differ`.

        Refuses a comparison of nothing.
        """
        joined = (
            f"from (select *, true as t from ({truth})) as truth full join (select *, true as m from ({mart})) as mart"
        )
        (counted,) = self.rows(f"select count(*) {joined} using ({keys}) where t and m")
        assert isinstance(counted[0], int)
        assert counted[0] > 0
        return self.rows(
            f"select * {joined} using ({keys}) where t is null or m is null or {differ} order by all limit 20"
        )


def run(installation: Installation) -> str:
    """Run the main job, which has to succeed, and return what it printed."""
    outcome = installation.tieout("run")
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return outcome.stdout


@pytest.fixture(scope="module")
def at_once(simulated_run: DemoRun) -> Installation:
    """The company, all its files delivered."""
    return simulated_run.installation


@pytest.fixture(scope="module")
def compared(at_once: Installation) -> Iterator[Compared]:
    found = Compared(at_once)
    yield found
    found.connection.close()


def trial_balance_differences(compared: Compared) -> list[tuple[object, ...]]:
    return compared.differences(
        f"select entity_id, {CLOSING_ID} as closing_id, account_code, department_code, balance_type as kind, "
        "currency_code as currency, cast(amount as decimal(18, 2)) as true_amount from {trial_balance}",
        # The result of the year is derived and of no department; the company's name for that is 00.
        "select entity_id, closing_id, account_code, replace(department_code, 'none', '00') as department_code, "
        "balance_type, currency_code, amount from mart.finance.trial_balance where scenario = 'actual'",
        "entity_id, closing_id, account_code, department_code",
        "true_amount <> amount or kind <> balance_type or currency <> currency_code",
    )


def test_every_figure_of_the_trial_balance_is_the_sum_of_its_journal_lines(compared: Compared) -> None:
    figures, differences = figures_without_their_lines(compared.connection, "warehouse")
    assert figures > 1_000
    assert differences == 0


def statement_differences(compared: Compared) -> list[tuple[object, ...]]:
    return compared.differences(
        "select statement, line_code, entity_id, period_id as closing_id, consolidation, "
        "cast(amount as decimal(18, 2)) as true_amount from {statement_line} "
        "where consolidation in ('entity', 'group_before_eliminations')",
        "select statement, line_code, entity_id, closing_id, consolidation, amount from mart.finance.statement_line "
        "where scenario = 'actual' and closing_type <> 'year_end_adjustment'",
        "statement, line_code, entity_id, closing_id, consolidation",
        "true_amount <> amount",
    )


def measure_differences(compared: Compared) -> list[tuple[object, ...]]:
    # Stock is translated entity by entity: the truth rounds each to the cent, the mart keeps fractions of cents. Where nothing
    # was ever measured, the truth has 0 and the mart has no row.
    return compared.differences(
        "select measure_id, entity_id, period_id as closing_id, cast(amount as decimal(38, 6)) as true_amount "
        "from {measure_value} as truth where is_in_dictionary = 'true' and not (cast(amount as decimal(38, 6)) = 0 and "
        "(measure_id, entity_id) not in (select (measure_id, entity_id) from mart.kpi.measure_value))",
        "select measure_id, entity_id, closing_id, amount from mart.kpi.measure_value "
        "where dimension = 'total' and measure_id in (select distinct measure_id from {measure_value})",
        "measure_id, entity_id, closing_id",
        "abs(true_amount - amount) > case when measure_id = 'stock_value_amount' then 0.01 else 0 end",
    )


def kpi_differences(compared: Compared) -> list[tuple[object, ...]]:
    # An average has six decimals, and is multiplied by up to 371 days: numerators and denominators agree to a thousandth. That
    # values are their quotients is held by a dbt test; sums of KPIs have a value alone. The truth divides by any number but zero;
    # the mart says n.m. where a denominator is negative (equity of a small company), and so for a sum with such a KPI in it.
    return compared.differences(
        "select kpi_id, entity_id, period_type, period_id as closing_id, cast(value as decimal(38, 10)) as true_value, "
        "cast(numerator as decimal(38, 6)) as true_numerator, cast(denominator as decimal(38, 6)) as true_denominator, "
        "cast(is_partial as boolean) as truly_partial from {kpi_value} "
        "where is_in_dictionary = 'true' and value is not null and coalesce(cast(denominator as decimal(38, 6)), 1) > 0 "
        "and (kpi_id, entity_id, period_type, period_id) not in (select ('ccc', entity_id, period_type, period_id) "
        "from {kpi_value} where kpi_id in ('dso', 'dio', 'dpo') and cast(denominator as decimal(38, 6)) <= 0)",
        "select kpi_id, entity_id, period_type, closing_id, value, numerator, denominator, is_partial "
        "from mart.kpi.kpi_value "
        "inner join mart.finance.dim_closing using (closing_id) "
        "where scenario = 'actual' and dimension = 'total' and closing_type = 'regular' and value is not null "
        "and kpi_id in (select kpi_id from {kpi_value})",
        "kpi_id, entity_id, period_type, closing_id",
        "abs(true_numerator - numerator) > 0.001 or abs(true_denominator - denominator) > 0.001 "
        "or (true_numerator is null) <> (numerator is null) or (true_denominator is null) <> (denominator is null) "
        "or numerator is null and abs(true_value - value) > 0.000001 or truly_partial <> is_partial",
    )


def test_the_trial_balance_is_the_truth(compared: Compared) -> None:
    assert trial_balance_differences(compared) == []


def test_statements_of_the_entities_and_the_group_are_the_truth(compared: Compared) -> None:
    assert statement_differences(compared) == []


def test_every_measure_of_the_dictionary_is_the_truth(compared: Compared) -> None:
    assert measure_differences(compared) == []


def test_every_kpi_by_entity_and_period_is_the_truth(compared: Compared) -> None:
    assert kpi_differences(compared) == []


def test_every_subtotal_of_profit_and_loss_has_a_budget(compared: Compared) -> None:
    lines = (
        "select line_code, closing_id, entity_id from mart.finance.statement_line where statement = 'profit_and_loss' "
        "and is_subtotal and closing_type = 'regular' and scenario = "
    )
    assert ("net_income",) in compared.rows(f"select distinct line_code from ({lines} 'budget')")
    assert compared.rows(f"({lines} 'actual') except ({lines} 'budget')") == []


def test_no_kpi_is_left_out_of_the_comparison_but_those_of_open_items(compared: Compared) -> None:
    """What is open has no truth file of its own: it ties to the ledger's control accounts, which have one."""
    assert compared.rows("select kpi_id from mart.kpi.kpi_definition where not has_source") == []
    left_out = compared.rows(
        "select kpi_id from mart.kpi.kpi_definition where kpi_id not in "
        "(select kpi_id from {kpi_value} where value is not null) order by kpi_id"
    )
    assert left_out == [
        ("late_backlog_pct",), ("order_backlog",), ("overdue_payables",), ("overdue_receivables",), ("overdue_receivables_pct",)
    ]  # fmt: skip


def test_documents_tie_to_the_ledger_or_their_difference_is_explained(compared: Compared) -> None:
    ties = dict(compared.rows("select tie_out_id, status from mart.meta.tie_out_rule"))
    assert {
        "receivables_open_items",
        "payables_open_items",
        "headcount_employees",
        "intercompany",
        "intercompany_pairs",
    } <= {rule for rule, status in ties.items() if status == "ties"}
    assert compared.rows("select tie_out_id from mart.meta.tie_out where not ties and explanation is null") == []
    # Where no production is paid, the payroll is the personnel expense to the cent.
    assert compared.rows(
        "select distinct entity_id from mart.meta.tie_out where tie_out_id = 'payroll' and not ties order by 1"
    ) == [("DE01",), ("US01",)]


def test_subledgers_are_the_ledgers_control_accounts_on_every_day(compared: Compared) -> None:
    differences = compared.differences(
        "select entity_id, account_code, cast(balance_on as date) as balance_on, cast(amount as decimal(18, 2)) as true_amount "
        "from {subledger_balance}",
        "with days as (select distinct entity_id, account_code, cast(balance_on as date) as balance_on from {subledger_balance}), "
        "postings as (select entity_id, account_code, posted_on as balance_on, sum(amount) as amount "
        "from warehouse.staging.stg_simulated__journal_line group by all) "
        "select days.entity_id, days.account_code, days.balance_on, "
        "cast(coalesce(sum(postings.amount), 0) as decimal(18, 2)) as amount "
        "from days left join postings on days.entity_id = postings.entity_id "
        "and days.account_code = postings.account_code and postings.balance_on <= days.balance_on group by all",
        "entity_id, account_code, balance_on",
        "true_amount <> amount",
    )
    assert differences == []


def test_every_sound_row_that_was_delivered_is_in_staging(compared: Compared) -> None:
    told = dict(compared.rows("select table_name, cast(row_count as bigint) from {row_count}"))
    tables = [name for (name,) in compared.rows("select table_name from {row_count}")]
    found = {
        table: compared.rows(f"select count(*) from warehouse.staging.stg_simulated__{table}")[0][0] for table in tables
    }
    assert found == told


def test_every_check_could_be_evaluated(compared: Compared) -> None:
    found = compared.rows("select check_id, message from mart.meta.check_result where engine = 'great_expectations'")
    assert {check_id for check_id, _ in found} == {
        item.id for suite in load_suites(company=TARNVALE / "suites") for item in suite.expectations
    }
    assert [message for _, message in found if "could not be evaluated" in str(message)] == []


def test_nothing_is_in_quarantine_and_nothing_of_the_other_demo_is_there(at_once: Installation) -> None:
    status = at_once.tieout("status")
    assert "simulated.journal_line" in status.stdout
    assert "adventureworks" not in status.stdout
    assert "No row is in quarantine" in at_once.tieout("quarantine").stdout


@needs_browser
def test_statements_with_a_budget_fit_a_desk(at_once: Installation, tmp_path: Path) -> None:
    assert layout(at_once.reports / "latest.html", tmp_path, 1280).hidden == 0


def test_what_came_in_instalments_is_what_came_at_once(
    at_once: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    installation = make_installation(tmp_path_factory.mktemp("instalments") / "tarnvale", TARNVALE)
    simulate(installation, "--until", UNTIL)
    run(installation)
    with duckdb.connect() as connection:
        early = connection.execute(
            "select count(*) filter (version = 1 and is_current = 'false'), count(*) filter (delivery_type = 'late') "
            f"from read_csv('{at_once.sources}/truth/delivery.csv', all_varchar=true) where delivered_on <= '{UNTIL}'"
        ).fetchone()
    assert early is not None
    assert min(early) > 0
    mart = installation.mart.read_bytes()
    simulate(installation)
    run(installation)
    assert installation.mart.read_bytes() != mart
    assert contents(installation) == contents(at_once)


def contents(installation: Installation) -> dict[str, tuple[int, int]]:
    """Return the row count and an order-free hash of each table of the mart, without what names batches."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{installation.mart}' as mart (read_only)")
        columns: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns() "
            "where database_name = 'mart' and schema_name <> 'meta' order by all"
        ).fetchall():
            if column not in LINEAGE:
                columns.setdefault(table, []).append(column)
        found: dict[str, tuple[int, int]] = {}
        for table, names in columns.items():
            row = connection.execute(
                f"select count(*), sum(hash({', '.join(names)})::hugeint) from mart.{table}"
            ).fetchone()
            assert row is not None
            found[table] = row
    assert found
    return found


def test_dirt_is_in_quarantine_to_the_row_and_the_mart_is_true(tmp_path_factory: pytest.TempPathFactory) -> None:
    installation = make_installation(tmp_path_factory.mktemp("dirty") / "tarnvale", TARNVALE)
    declare_csv(installation)
    simulate(installation, "--dirty", "--format", "csv", years="1")
    printed = run(installation)
    compared = Compared(installation)
    dirty = compared.rows(
        "select table_name, sum(duplicate_row_count::bigint + malformed_row_count::bigint) from {delivery} "
        "where is_current = 'true' group by table_name"
    )
    quarantined = compared.rows(
        "select source_table, sum(quarantined_count) from mart.meta.source_freshness group by all"
    )
    assert sum(int(str(count)) for _, count in dirty) > 0
    assert sorted(map(str, quarantined)) == sorted(map(str, dirty))
    soiled = {f"simulated.{table}" for table, count in dirty if int(str(count))}
    assert {line.split()[1].rstrip(":") for line in printed.splitlines() if line.startswith("⚠ simulated.")} == soiled
    warned = compared.rows("select table_name from mart.meta.check_result where engine = 'landing' and status = 'warn'")
    assert {table for (table,) in warned} == soiled
    assert trial_balance_differences(compared) == []
    assert statement_differences(compared) == []
    assert measure_differences(compared) == []
    assert kpi_differences(compared) == []
    compared.connection.close()


def declare_csv(installation: Installation) -> None:
    """Declare the same files as CSV."""
    declaration = installation.company / "sources" / "simulated" / "defs.yaml"
    text = declaration.read_text(encoding="utf-8")
    text = text.replace(".parquet\n", ".csv\n").replace("format: parquet\n", "format: csv\n")
    declaration.write_text(text, encoding="utf-8")
