"""What things of the simulated company are called, and who does what in it."""

import re
from collections import Counter

import numpy as np
import pytest

from orchestration.simulation.books.columns import Coded
from orchestration.simulation.books.ledger import ACCOUNTS, DEPARTMENT_CODES
from orchestration.simulation.processes.hire_to_retire import employ
from orchestration.simulation.setting import naming
from orchestration.simulation.setting.company import ENTITIES, SERVICE_TRADES, TRADES_OF_ACCOUNT
from orchestration.simulation.setting.world import World
from tests.simulated_company import small_company

NUMBERED = re.compile(r" \d+$")


def test_only_a_name_that_was_given_before_has_a_number() -> None:
    assert naming.distinct(["a", "b", "a", "a", "c"]) == ["a", "b", "a 2", "a 3", "c"]


@pytest.mark.parametrize("seed", [7, 11])
def test_at_scale_one_no_name_has_a_number_and_none_is_there_twice(seed: int) -> None:
    world = World(seed, 1, 1.0)
    customers = naming.customer_names([ENTITIES[e].country for e in world.master.customer_entity])
    suppliers = naming.supplier_names(world.master, [ENTITIES[e].country for e in world.master.supplier_entity])
    products = naming.product_names(world.master, world.draws)
    for names in (customers, suppliers, products):
        assert len(set(names)) == len(names)
        assert [name for name in names if NUMBERED.search(name) and " DN " not in name] == []
    assert len(products) == len(naming.subcategories(world.master)) == world.master.product_count


def test_names_are_distinct_in_a_large_company_too() -> None:
    world = World(3, 1, 28.0)
    for names in (
        naming.customer_names(["DE"] * len(world.master.customer_entity)),
        naming.supplier_names(world.master, ["DE"] * len(world.master.supplier_entity)),
        naming.product_names(world.master, world.draws),
    ):
        assert len(set(names)) == len(names)


def test_a_component_is_something_that_its_supplier_sells() -> None:
    world = World(7, 1, 1.0)
    suppliers = naming.supplier_names(world.master, ["DE"] * len(world.master.supplier_entity))
    kinds = naming.subcategories(world.master)[world.master.finished_count :]
    for component, kind in enumerate(kinds):
        supplier = suppliers[int(world.master.component_supplier[component])]
        trade = {"impeller": "Castings", "mechanical seal": "Seals", "shaft": "Machining", "winding": "Motors"}.get(
            kind
        )
        assert trade is None or trade in supplier


@pytest.mark.parametrize("scale", [0.02, 0.3])
def test_the_trade_of_who_sends_an_invoice_suits_its_account(scale: int) -> None:
    company = small_company(7, 1, scale)
    bought, master = company.services, company.world.master
    assert (master.supplier_entity[bought.invoices.supplier] == bought.invoices.entity).all()
    for code, supplier in zip(bought.right_account, bought.invoices.supplier, strict=True):
        assert SERVICE_TRADES[int(master.service_trade[supplier])] in TRADES_OF_ACCOUNT[ACCOUNTS[code]]


@pytest.mark.parametrize("scale", [0.02, 1.0])
def test_every_entity_has_one_managing_director_and_every_department_one_head_at_most(scale: float) -> None:
    world = World(7, 3, scale)
    staff = employ(world)
    there = staff.employed(np.zeros(len(ENTITIES), dtype=np.int64))
    first = staff.generation == 0
    directors = [e for e, r, f in zip(staff.entity, staff.roles, first & there, strict=True) if r.level < 2 and f]
    assert directors == list(range(len(ENTITIES)))
    heads = Counter(
        (int(e), DEPARTMENT_CODES[d], r.title)
        for e, d, r, f in zip(staff.entity, staff.department, staff.roles, first & there, strict=True)
        if r.level <= 2 and f
    )
    assert set(heads.values()) == {1}
    assert {title for _, _, title in heads} >= {"Managing director"}
    if scale == 1.0:
        assert {"HR manager", "Plant manager", "Head of sales"} <= {title for _, _, title in heads}


def test_titles_in_the_table_are_those_of_the_roles() -> None:
    company = small_company(7, 1, 0.3)
    titles = company.books.tables["employee"]["job_title"]
    assert isinstance(titles, Coded)
    assert [titles.texts[place] for place in titles.places] == [role.title for role in company.staff.roles]
