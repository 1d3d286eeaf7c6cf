"""Postings and output tables of plan to produce: material, completions, work orders, machine days."""

import numpy as np

from orchestration.simulation.books.columns import Coded, entities, sites
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import Event, same
from orchestration.simulation.processes.plan_to_produce import SHIFT_MINUTES, MachineDays, WorkOrderCosts, WorkOrders
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.master_data import COMPONENTS_PER_PRODUCT
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.setting.world import World

WORK_BASE = 10_000_000


def work_centres(world: World) -> list[str]:
    """Codes of the work centres, by maker and line."""
    return [f"{ENTITIES[m].site}-L{n + 1}" for m, count in enumerate(world.master.line_counts) for n in range(count)]


def work_centre(world: World, maker: Ints, line: Ints) -> Ints:
    """Return the places of lines among the work centres."""
    first = np.concatenate([[0], np.cumsum(world.master.line_counts)[:-1]])
    return first[maker] + line


def produce(books: Books, work: WorkOrders, cost: WorkOrderCosts, machines: MachineDays) -> None:
    """Post material and completions; fill work_order, work_order_material and machine_day."""
    world = books.world
    last = world.calendar.last_days
    maker = world.master.owner[work.product]
    _issue(books, work, cost, maker)
    done = np.flatnonzero(work.finished <= last[maker])
    done = done[np.lexsort((done, work.finished[done]))]
    entity, day, total = maker[done], work.finished[done], cost.material[done] + cost.conversion[done]
    books.ledger.add(
        Event(
            name="work_order_completion",
            entity=entity,
            posted=day,
            journal=WORK_BASE + done,
            document_type="work_order",
            document=WORK_BASE + done,
            product=work.product[done],
            amounts={
                "conversion": same(cost.conversion[done]),
                "standard": same(cost.standard[done]),
                "usage": same(cost.material[done] - cost.standard_material[done]),
                "efficiency": same(cost.conversion[done] - cost.standard_conversion[done]),
                "total": same(total),
            },
        )
    )
    books.move("1160", entity, day, -cost.material[done])
    routing = world.master.run_hundredths[work.product[done]]
    books.tables["work_order"] = {
        "work_order_id": WORK_BASE + done,
        "entity_id": entities(entity),
        "site_id": sites(entity),
        "work_centre_id": Coded(work_centre(world, entity, work.line[done]), work_centres(world)),
        "product_id": Coded(work.product[done], world.names.products),
        "planned_on": world.calendar.working_day(entity, work.planned[done], 1),
        "issued_on": work.issued[done],
        "finished_on": day,
        "planned_qty": work.planned_quantity[done],
        "produced_qty": work.produced[done],
        "good_qty": work.quantity[done],
        "scrap_qty": work.scrap[done],
        "rework_qty": work.rework[done],
        "planned_setup_minutes": world.master.setup_minutes[work.product[done]],
        "setup_minutes": cost.setup[done],
        "planned_run_minutes": work.produced[done] * routing,
        "planned_good_minutes": work.quantity[done] * routing,
        "run_minutes": cost.run[done],
        "material_amount": cost.material[done],
        "conversion_amount": cost.conversion[done],
        "standard_amount": cost.standard[done],
        "entered_on": day,
    }
    _machines(books, machines)


def _issue(books: Books, work: WorkOrders, cost: WorkOrderCosts, maker: Ints) -> None:
    world = books.world
    begun = np.flatnonzero(work.issued <= world.calendar.last_days[maker])
    begun = begun[np.lexsort((begun, work.issued[begun]))]
    row = np.repeat(begun, COMPONENTS_PER_PRODUCT)
    component = work.component[begun].ravel()
    quantity, amount = work.issued_quantity[begun].ravel(), cost.issued_cost[begun].ravel()
    entity, day = maker[row], work.issued[row]
    books.ledger.add(
        Event(
            name="material_issue",
            entity=entity,
            posted=day,
            journal=WORK_BASE + row,
            document_type="work_order_material",
            document=WORK_BASE + row,
            product=component,
            amounts={"cost": same(amount)},
        )
    )
    books.move("1160", entity, day, amount)
    needed = (work.planned_quantity[begun, None] * world.master.bill_quantity[work.product[begun]]).ravel()
    year = world.calendar.year_of_day[entity, day]
    books.tables["work_order_material"] = {
        "work_order_id": WORK_BASE + row,
        "component_id": Coded(component, world.names.products),
        "planned_qty": needed,
        "issued_qty": quantity,
        "unit_cost": world.master.standard_cost[entity, year, component],
        "issued_on": day,
        "entered_on": day,
    }


def _machines(books: Books, machines: MachineDays) -> None:
    world = books.world
    kept = np.flatnonzero(machines.day <= world.calendar.last_days[machines.maker])
    m, day, busy = machines, machines.day[kept], machines.shifts[kept] * SHIFT_MINUTES
    run, setup, down = m.run[kept], m.setup[kept], m.down[kept]
    books.tables["machine_day"] = {
        "work_centre_id": Coded(work_centre(world, m.maker[kept], m.line[kept]), work_centres(world)),
        "worked_on": day,
        "shift_count": m.shifts[kept],
        "planned_busy_minutes": busy,
        "run_minutes": run,
        "setup_minutes": setup,
        "down_minutes": down,
        "idle_minutes": busy - run - setup - down,
        "entered_on": day,
    }
