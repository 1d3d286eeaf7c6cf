"""What planted effects did: the company beside the same company without one of them."""

import dataclasses
from decimal import Decimal
from pathlib import Path

import duckdb
import numpy as np
import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.simulation.books.contract import output_tables, truth_tables
from orchestration.simulation.errors import SimulationError
from orchestration.simulation.simulate import Options, simulate
from tests.simulated_company import small_company

WITH = Options(years=2, scale=0.3, seed=5)
EFFECTS = (
    "demand-shock",
    "demand-surge",
    "price-change",
    "supplier-failure",
    "scrap-initiative",
    "collection-initiative",
    "duplicate-invoice",
    "decimal-slip",
)
FORESIGHT = 45
"""Days before an effect from which on planners may know of the orders that it changes."""


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(tmp_path_factory.mktemp("with") / "company", WITH).folder


@pytest.fixture(scope="module")
def without_slip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same company, but that nobody mistyped the freight invoice."""
    options = dataclasses.replace(WITH, without=("decimal-slip",))
    return simulate(tmp_path_factory.mktemp("without") / "company", options).folder


def truth(folder: Path, table: str) -> str:
    """Return a truth file for SQL, with the types of the contract."""
    kinds = ", ".join(f"'{column.name}': '{column.kind}'" for column in truth_tables()[table].columns)
    return f"read_csv('{folder}/truth/{table}.csv', header = true, types = {{{kinds}}})"


def rows(query: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(query).fetchall()


def test_every_effect_that_was_planted_did_something(company: Path) -> None:
    planted = rows(f"SELECT effect_id FROM {truth(company, 'effect')} ORDER BY ALL")
    assert planted == [(effect,) for effect in sorted(EFFECTS)]
    assert rows(f"SELECT DISTINCT effect_id FROM {truth(company, 'effect_value')} ORDER BY ALL") == planted


def test_what_an_effect_did_is_the_difference_of_the_two_companies(company: Path, without_slip: Path) -> None:
    """For every statement line and measure, at every entity and in every period."""

    def difference(table: str, subject: str, code: str, chosen: str) -> str:
        keys = f"{code}, entity_id, period_id"
        return (
            f"SELECT '{subject}' AS subject, {keys}, coalesce(w.amount, 0) - coalesce(o.amount, 0) AS amount FROM "
            f"(SELECT * FROM {truth(company, table)} WHERE {chosen}) AS w FULL JOIN "
            f"(SELECT * FROM {truth(without_slip, table)} WHERE {chosen}) AS o USING ({keys}) "
            "WHERE coalesce(w.amount, 0) <> coalesce(o.amount, 0)"
        )

    lines = difference(
        "statement_line", "statement_line", "line_code", "consolidation IN ('entity', 'group_before_eliminations')"
    )
    counted = difference("measure_value", "measure", "measure_id", "true")
    told = f"SELECT subject, code, entity_id, period_id, amount FROM {truth(company, 'effect_value')} WHERE effect_id = 'decimal-slip'"
    found = rows(f"{lines} UNION ALL {counted} ORDER BY ALL")
    assert len(found) > 20
    assert rows(f"{told} ORDER BY ALL") == found


def test_an_anomaly_changes_the_expense_by_its_size_and_nothing_elsewhere(company: Path) -> None:
    values = truth(company, "effect_value")
    for effect, entity, code in (
        ("decimal-slip", "FR01", "other_expenses"),
        ("duplicate-invoice", "US01", "professional_services"),
    ):
        ((size,),) = rows(f"SELECT size FROM {truth(company, 'effect')} WHERE effect_id = '{effect}'")
        assert isinstance(size, Decimal)
        assert size > 0
        mine = f"FROM {values} WHERE effect_id = '{effect}'"
        assert rows(f"SELECT sum(amount) {mine} AND entity_id = '{entity}' AND code = '{code}'") == [(size,)]
        assert rows(f"SELECT DISTINCT entity_id {mine} AND entity_id <> 'TV00'") == [(entity,)]
        assert rows(f"SELECT count(*) {mine} AND subject = 'measure'") == [(0,)]


def test_nothing_changes_before_an_effect_but_what_planners_foresee(company: Path) -> None:
    early = (
        f"SELECT effect_id, p.period_id, code, amount FROM {truth(company, 'effect_value')} AS v "
        f"JOIN {truth(company, 'effect')} AS e USING (effect_id) JOIN read_parquet('{company}/fiscal_period/*.parquet') "
        f"AS p ON p.entity_id = v.entity_id AND p.period_id = v.period_id WHERE p.ends_on < e.starts_on"
    )
    assert rows(f"{early} - {FORESIGHT}") == []
    assert rows(f"SELECT * FROM ({early}) WHERE code IN ('net_sales', 'order_line_count')") == []


def test_effects_push_where_they_should(company: Path) -> None:
    """Each of them in its own place; what follows from it elsewhere is not looked at."""
    for effect, entity, code, sign in (
        ("demand-shock", "DE01", "net_sales", -1),
        ("demand-surge", "US01", "net_sales", 1),
        ("price-change", "DE01", "net_sales", 1),
        ("supplier-failure", "DE01", "on_time_order_count", -1),
        ("scrap-initiative", "DE01", "scrap_qty", -1),
        ("collection-initiative", "GB01", "trade_receivables", -1),
    ):
        ((total,),) = rows(
            f"SELECT sum(amount) FROM {truth(company, 'effect_value')} "
            f"WHERE effect_id = '{effect}' AND entity_id = '{entity}' AND code = '{code}'"
        )
        assert isinstance(total, Decimal), (effect, code)
        assert total * sign > 0, (effect, code, total)


def test_documents_that_an_effect_does_not_touch_are_the_same(company: Path, without_slip: Path) -> None:
    """The slip is one supplier invoice and its payment, and what the ledger, the bank and forecasts make of them."""
    touched = {"journal_line", "supplier_invoice", "supplier_payment", "bank_transaction", "forecast"}
    different = {
        table: rows(
            f"SELECT count(*) FROM (FROM read_parquet('{company}/{table}/*.parquet') "
            f"EXCEPT ALL FROM read_parquet('{without_slip}/{table}/*.parquet'))"
        )[0][0]
        for table in output_tables()
    }
    assert {table for table, count in different.items() if count} == touched
    assert different["supplier_invoice"] == different["supplier_payment"] == 1


def test_the_command_leaves_effects_out_and_refuses_what_is_none(tmp_path: Path) -> None:
    out = tmp_path / "company"
    small = ["--years", "1", "--scale", "0.02"]
    done = CliRunner().invoke(
        app, ["simulate", "--out", str(out), *small, "--without", "price-change", "--without", "demand-shock"]
    )
    assert done.exit_code == 0, done.output
    planted = {effect for (effect,) in rows(f"SELECT effect_id FROM {truth(out, 'effect')}")}
    assert planted == set(EFFECTS) - {"price-change", "demand-shock"}
    assert '"without": [\n    "demand-shock",\n    "price-change"\n  ]' in (out / "truth" / "company.json").read_text()
    with pytest.raises(SimulationError, match=r"--without price: no such effect is planted; there are demand-shock, "):
        simulate(tmp_path / "other", Options(without=("price",)))


def test_what_was_planted_is_there() -> None:
    company = small_company(7, years=3, scale=1.0)
    world, orders, life = company.world, company.orders, company.world.life
    day, entity = orders.ordered[orders.line_order], orders.line_entity
    family = world.master.family[orders.product]

    for effect, number in ((life.demand_shock, 0), (life.demand_surge, 2)):
        mine = entity == effect.entity
        during = (day >= effect.first_day) & (day <= (effect.last_day or 0))
        odds = [
            ((family == number) & mine & w).sum() / ((family != number) & mine & w).sum() for w in (during, ~during)
        ]
        assert odds[0] / odds[1] == pytest.approx(effect.size, abs=0.12)

    failure, bought = life.supplier_failure, company.purchases
    struck = (bought.shipped >= failure.first_day) & (bought.shipped <= (failure.last_day or 0))
    assert not (struck & (bought.supplier == 0)).any()
    assert (struck & (bought.supplier == 1)).any()

    work, initiative = company.work, life.scrap_initiative
    on_line = (work.line == 0) & (world.master.owner[work.product] == 0)
    after = work.planned >= initiative.first_day
    shares = [work.scrap[chosen].sum() / work.produced[chosen].sum() for chosen in (on_line & ~after, on_line & after)]
    assert shares[1] / shares[0] == pytest.approx(initiative.size, abs=0.15)

    collection, bills = life.collection_initiative, company.invoices
    mine = (bills.entity == collection.entity) & ~bills.is_credit & (bills.settled < 10**5)
    taken = bills.settled - bills.due
    change = (
        taken[mine & (bills.day >= collection.first_day)].mean()
        - taken[mine & (bills.day < collection.first_day)].mean()
    )
    assert change == pytest.approx(collection.size, abs=2.5)

    services, net = company.services, company.services.invoices.net
    assert net[-1] == net[services.duplicate]
    others = (services.invoices.entity == 3) & (services.right_account == services.right_account[services.slipped])
    assert net[services.slipped] > 5 * np.median(net[others])


def test_late_components_make_late_deliveries() -> None:
    """Cause and effect: orders of products that waited for components are later than the others."""
    company = small_company(7, years=3, scale=1.0)
    work = company.work
    waited = (work.issued - work.planned > 7) & (work.issued < 10**5)
    assert waited.any()
    held_up = {(int(p), int(d)) for p, d in zip(work.product[waited], work.planned[waited] // 14, strict=True)}
    shipped, orders = company.shipped, company.orders
    at_maker = company.world.master.owner[orders.product[shipped.line]] == shipped.entity
    promised = orders.promised[shipped.order]
    cells = list(zip(orders.product[shipped.line], (promised - 7) // 14, strict=True))
    struck = np.array([(int(p), int(d)) in held_up for p, d in cells])
    late = shipped.day > promised
    assert late[struck & at_maker].mean() > 1.5 * late[~struck & at_maker].mean()
