"""One run of the company: the processes in the order in which they depend on each other."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.documents import Books
from orchestration.simulation.processes import (
    affiliates,
    assets,
    collection,
    fulfilment,
    hire_to_retire,
    order_to_cash,
    plan_to_produce,
    procure_to_pay,
    production_documents,
    purchasing,
    record_to_report,
    sales_documents,
    service,
    services,
    stock,
)
from orchestration.simulation.processes.demand import Orders, place_orders
from orchestration.simulation.processes.intercompany import Transfers, replenish
from orchestration.simulation.processes.planning import Plan, plan_sales
from orchestration.simulation.setting.calendars import OPENING_DAY
from orchestration.simulation.setting.company import CHANNELS, ENTITIES
from orchestration.simulation.setting.randomness import Floats, Ints
from orchestration.simulation.setting.world import World


@dataclass(frozen=True)
class Company:
    """A company after its run: its books, and the state that the truth is told from."""

    world: World
    books: Books
    orders: Orders
    fulfilment: fulfilment.Fulfilment
    shipped: order_to_cash.Shipped
    invoices: collection.Invoices
    transfers: Transfers
    trade: affiliates.TransferOrders
    work: plan_to_produce.WorkOrders
    work_costs: plan_to_produce.WorkOrderCosts
    machines: plan_to_produce.MachineDays
    purchases: purchasing.Purchases
    services: services.Services
    stock: stock.Stock
    staff: hire_to_retire.Staff
    headcount: Ints
    quotas: Ints
    tickets: service.Tickets
    calls: service.Calls
    plan: Plan
    loans: Ints


def run_company(world: World) -> Company:
    """Simulate everything and return it; nothing is written."""
    books = Books(world)
    orders = place_orders(world)
    transfers = replenish(world, orders)
    planned = plan_to_produce.plan(world, orders, transfers)
    purchases = purchasing.purchase(world, plan_to_produce.components_needed(world, planned))
    work = plan_to_produce.run(world, planned, purchasing.component_supply(world, purchases))
    left = fulfilment.fulfil(world, orders, transfers, work)
    shipped = order_to_cash.ship(world, orders, left)
    trade = affiliates.transfer_orders(world, transfers, left)
    plan = plan_sales(world, orders, transfers)
    bought = services.buy_services(world, plan)
    register = assets.register(world, plan, bought)
    staff = hire_to_retire.employ(world)

    opening = stock.opening_stock(world, transfers, work, purchases)
    loans = record_to_report.take_over(books, plan, register, opening)
    invoices = order_to_cash.sell(books, orders, shipped)
    affiliates.trade(books, trade)
    sales_documents.fill(books, orders, left, shipped, trade, staff)
    accrued = procure_to_pay.receive(books, purchases)
    material = procure_to_pay.material_invoices(world, purchases, accrued)
    procure_to_pay.pay_suppliers(books, material, bought.invoices)
    costs = plan_to_produce.costs(world, work)
    machines = plan_to_produce.machine_days(world, work, costs)
    production_documents.produce(books, work, costs, machines)
    kept = stock.keep_stock(
        books, orders=orders, shipped=shipped, transfers=transfers, trade=trade, work=work, purchases=purchases
    )
    hire_to_retire.pay_staff(books, staff)
    headcount = hire_to_retire.count_heads(
        books, staff, _by_period(world, shipped.entity, shipped.day, shipped.quantity)
    )
    quotas = hire_to_retire.set_quotas(books, staff, plan, _reseller_share(world, orders))
    late = (shipped.day > orders.promised[shipped.order]).astype(np.int64)
    tickets = service.serve(books, orders, shipped, late)
    calls = service.answer_calls(books)
    assets.use(books, register)
    net_sales = _by_period(world, shipped.entity, shipped.day, shipped.net_own)
    record_to_report.run_periods(books, plan, loans, net_sales)
    record_to_report.close_books(books, invoices, bought, net_sales)
    books.ledger.open_books()
    books.tables["bank_transaction"] = books.bank_table()
    return Company(
        world=world,
        books=books,
        orders=orders,
        fulfilment=left,
        shipped=shipped,
        invoices=invoices,
        transfers=transfers,
        trade=trade,
        work=work,
        work_costs=costs,
        machines=machines,
        purchases=purchases,
        services=bought,
        stock=kept,
        staff=staff,
        headcount=headcount,
        quotas=quotas,
        tickets=tickets,
        calls=calls,
        plan=plan,
        loans=loans,
    )


def _by_period(world: World, entity: Ints, day: Ints, amount: Ints) -> Ints:
    """Add amounts up by entity and period; what lies before the start is left out."""
    period = world.calendar.period_of_day[entity, day]
    total = np.zeros((len(ENTITIES), world.calendar.period_count), dtype=np.int64)
    inside = period >= 0
    np.add.at(total, (entity[inside], period[inside]), amount[inside])
    return total


def _reseller_share(world: World, orders: Orders) -> Floats:
    """Share of the reseller channel in the orders of before the start, by entity."""
    early = orders.ordered[orders.line_order] <= OPENING_DAY
    amount = (orders.quantity * orders.net_unit)[early]
    entity = orders.line_entity[early]
    reseller = world.master.customer_channel[orders.customer[orders.line_order[early]]] == CHANNELS.index("reseller")
    total, part = np.zeros(len(ENTITIES)), np.zeros(len(ENTITIES))
    np.add.at(total, entity, amount)
    np.add.at(part, entity, amount * reseller)
    return part / np.maximum(total, 1)
