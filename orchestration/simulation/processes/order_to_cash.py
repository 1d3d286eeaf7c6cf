"""Order to cash: shipments, invoices and returns, with their postings.

How orders come about belongs in `demand`, when they leave in `fulfilment`, payments in `collection`, trade between
entities in `affiliates`.
"""

from dataclasses import dataclass, replace

import numpy as np

from orchestration.simulation.books.columns import Coded, TableData, currencies, entities
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import Event, currency_of, difference, same
from orchestration.simulation.processes.collection import Invoices, collect
from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.fulfilment import Fulfilment
from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.master_data import MasterData
from orchestration.simulation.setting.randomness import Ints, divided
from orchestration.simulation.setting.world import World

ORDER_BASE = SHIPMENT_BASE = INVOICE_BASE = RETURN_BASE = 10_000_000
CREDIT_BASE = 80_000_000
_LONG_TERMS = 45
"""Days to pay from which on terms become shorter when they change."""

_REASONS = ("damaged", "wrong_item", "quality", "not_needed")


@dataclass(frozen=True)
class Shipped:
    """Shipment lines to customers by day, order and line, up to the last day of each entity's data."""

    line: Ints
    """Order line."""
    order: Ints
    entity: Ints
    day: Ints
    quantity: Ints
    shipment: Ints
    """Number of the shipment (one order on one day), from 0."""
    number: Ints
    gross: Ints
    discount: Ints
    net_own: Ints
    """Net in the entity's currency."""
    discount_own: Ints
    cost: Ints
    drawn: Ints
    """Number that further draws about the shipment line use; it does not depend on the day."""


def ship(world: World, orders: Orders, fulfilment: Fulfilment) -> Shipped:
    """Return what left for customers, valued at the price ordered and at standard cost."""
    master = world.master
    lines = np.arange(len(orders.product), dtype=np.int64)
    line = np.concatenate([lines, lines])
    drawn = np.concatenate([orders.line_drawn * 2, orders.line_drawn * 2 + 1])
    day = np.concatenate([fulfilment.first_day, fulfilment.rest_day])
    quantity = np.concatenate([fulfilment.first_quantity, fulfilment.rest])
    entity = orders.line_entity[line]
    kept = np.flatnonzero((quantity > 0) & (day <= world.calendar.last_days[entity]))
    line, day, quantity, drawn = line[kept], day[kept], quantity[kept], drawn[kept]
    order = orders.line_order[line]
    ranking = np.lexsort((line, order, day))
    line, day, quantity, order, drawn = (a[ranking] for a in (line, day, quantity, order, drawn))
    entity = orders.entity[order]
    _, shipment = np.unique(day * len(orders.entity) + order, return_inverse=True)
    discount = quantity * orders.unit_discount[line]
    net = quantity * orders.net_unit[line]
    currency = orders.currency[order]
    year = world.calendar.year_of_day[entity, day]
    return Shipped(
        line=line,
        order=order,
        entity=entity,
        day=day,
        quantity=quantity,
        shipment=shipment.astype(np.int64),
        number=_rank(shipment) + 1,
        gross=net + discount,
        discount=discount,
        net_own=world.rates.to_entity(net, currency, entity, day),
        discount_own=world.rates.to_entity(discount, currency, entity, day),
        cost=quantity * master.standard_cost[entity, year, orders.product[line]],
        drawn=drawn,
    )


def sell(books: Books, orders: Orders, shipped: Shipped) -> Invoices:
    """Post shipments, invoice them, take returns, and collect; fill the tables of the process."""
    world = books.world
    _post_shipments(books, orders, shipped)
    invoices, accrued = _invoice(world, orders, shipped)
    _post_invoices(books, invoices, accrued)
    notes = _return_goods(books, orders, shipped, invoices)
    everything = Invoices(
        **{
            name: np.concatenate([getattr(invoices, name), getattr(notes, name)])
            for name in Invoices.__dataclass_fields__
        }
    )
    books.tables["customer_invoice"] = _invoice_table(world, everything)
    return replace(everything, settled=collect(books, everything))


def _post_shipments(books: Books, orders: Orders, shipped: Shipped) -> None:
    world = books.world
    customer = orders.customer[shipped.order]
    net = shipped.gross - shipped.discount
    books.ledger.add(
        Event(
            name="shipment",
            entity=shipped.entity,
            posted=shipped.day,
            journal=SHIPMENT_BASE + shipped.shipment,
            document_type="shipment_line",
            document=SHIPMENT_BASE + shipped.shipment,
            currency=orders.currency[shipped.order],
            partner=world.names.customer(customer),
            product=orders.product[shipped.line],
            amounts={
                "net": (net, shipped.net_own),
                "discount": (shipped.discount, shipped.discount_own),
                "gross": (shipped.gross, shipped.net_own + shipped.discount_own),
                "cost": same(shipped.cost),
            },
        )
    )
    books.move("1130", shipped.entity, shipped.day, shipped.net_own)


def _invoice(world: World, orders: Orders, shipped: Shipped) -> tuple[Invoices, Ints]:
    """Return the invoices and, for each, what its shipment had been accrued at."""
    count = int(shipped.shipment.max(initial=-1)) + 1
    first = np.flatnonzero(shipped.number == 1)
    order, entity, shipped_day = shipped.order[first], shipped.entity[first], shipped.day[first]
    net, accrued = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.add.at(net, shipped.shipment, shipped.gross - shipped.discount)
    np.add.at(accrued, shipped.shipment, shipped.net_own)
    drawn = shipped.drawn[first]
    lag = np.array([0, 1, 2, 3, 5])[world.draws.choose("invoice/lag", [60, 18, 10, 8, 4], drawn)]
    day = world.calendar.working_day(entity, shipped_day, lag)
    kept = day <= world.calendar.last_days[entity]
    order, entity, day, net, accrued, drawn = (a[kept] for a in (order, entity, day, net, accrued, drawn))
    currency, customer = orders.currency[order], orders.customer[order]
    tax = divided(net * tax_percent(entity, currency), 100)
    invoices = Invoices(
        entity=entity,
        customer=customer,
        order=order,
        shipment=shipped.shipment[first][kept],
        day=day,
        due=day + terms(world.master, customer, day),
        currency=currency,
        net=net,
        tax=tax,
        gross=net + tax,
        gross_own=world.rates.to_entity(net + tax, currency, entity, day),
        is_credit=np.zeros(len(day), dtype=bool),
        number=np.zeros(len(day), dtype=np.int64),
        drawn=drawn,
        settled=np.full(len(day), NEVER, dtype=np.int64),
    )
    ranking = np.lexsort((invoices.shipment, day))
    numbered = {name: getattr(invoices, name)[ranking] for name in Invoices.__dataclass_fields__}
    numbered["number"] = INVOICE_BASE + np.arange(len(day), dtype=np.int64)
    return Invoices(**numbered), accrued[ranking]


def tax_percent(entity: Ints, currency: Ints) -> Ints:
    """Sales tax of domestic business; business in another currency is export or import, without."""
    rate = np.array([e.sales_tax_percent for e in ENTITIES])[entity]
    return np.where(currency == currency_of(entity), rate, 0)


def terms(master: MasterData, customer: Ints, day: Ints) -> Ints:
    """Days to pay that customers have on a day."""
    changed = (customer % 2 == 0) & (day >= master.customer_change_day[customer])
    return np.where(changed, new_terms(master)[customer], master.customer_terms[customer])


def new_terms(master: MasterData) -> Ints:
    """Days to pay of each customer after the change, if there is one."""
    return np.where(master.customer_terms >= _LONG_TERMS, 30, master.customer_terms + 15)


def _post_invoices(books: Books, invoices: Invoices, accrued: Ints) -> None:
    world = books.world
    tax_own = world.rates.to_entity(invoices.tax, invoices.currency, invoices.entity, invoices.day)
    books.ledger.add(
        Event(
            name="customer_invoice",
            entity=invoices.entity,
            posted=invoices.day,
            journal=invoices.number,
            document_type="customer_invoice",
            document=invoices.number,
            currency=invoices.currency,
            partner=world.names.customer(invoices.customer),
            amounts={
                "gross": (invoices.gross, invoices.gross_own),
                "net": (invoices.net, accrued),
                "tax": (invoices.tax, tax_own),
                "exchange": difference(accrued + tax_own - invoices.gross_own),
            },
        )
    )
    books.move("1130", invoices.entity, invoices.day, -accrued)
    books.open_item("1120", invoices.entity, invoices.currency, invoices.day, invoices.gross, invoices.gross_own)


def _return_goods(books: Books, orders: Orders, shipped: Shipped, invoices: Invoices) -> Invoices:
    """Return the credit notes: one for each line that came back."""
    world = books.world
    invoiced = np.full(int(shipped.shipment.max(initial=-1)) + 1, NEVER, dtype=np.int64)
    invoiced[invoices.shipment] = invoices.day
    drawn = shipped.drawn
    comes_back = world.draws.chance("return", 0.013, drawn)
    day = world.calendar.working_day(
        shipped.entity, invoiced[shipped.shipment], world.draws.integers("return/days", 4, 18, drawn)
    )
    row = np.flatnonzero(comes_back & (day <= world.calendar.last_days[shipped.entity]))
    row = row[np.lexsort((row, day[row]))]
    day, line, order = day[row], shipped.line[row], shipped.order[row]
    quantity = world.draws.integers("return/quantity", 1, shipped.quantity[row], drawn[row])
    entity, currency, customer = shipped.entity[row], orders.currency[order], orders.customer[order]
    net = quantity * orders.net_unit[line]
    tax = divided(net * tax_percent(entity, currency), 100)
    number = CREDIT_BASE + np.arange(len(row), dtype=np.int64)
    net_own, tax_own, gross_own = (
        world.rates.to_entity(amount, currency, entity, day) for amount in (net, tax, net + tax)
    )
    books.ledger.add(
        Event(
            name="credit_note",
            entity=entity,
            posted=day,
            journal=number,
            document_type="customer_invoice",
            document=number,
            currency=currency,
            partner=world.names.customer(customer),
            product=orders.product[line],
            amounts={
                "net": (net, net_own),
                "tax": (tax, tax_own),
                "gross": (net + tax, gross_own),
                "rounding": difference(gross_own - net_own - tax_own),
            },
        )
    )
    books.open_item("1120", entity, currency, day, -(net + tax), -gross_own)
    books.tables["sales_return"] = {
        "return_id": RETURN_BASE + np.arange(len(row), dtype=np.int64),
        "shipment_id": SHIPMENT_BASE + shipped.shipment[row],
        "shipment_line_number": shipped.number[row],
        "credit_note_id": number,
        "returned_on": day,
        "returned_qty": quantity,
        "reason": Coded(world.draws.choose("return/reason", [30, 15, 35, 20], drawn[row]), _REASONS),
        "entered_on": day,
    }
    return Invoices(
        entity=entity,
        customer=customer,
        order=order,
        shipment=shipped.shipment[row],
        day=day,
        due=day + 14,
        currency=currency,
        net=-net,
        tax=-tax,
        gross=-net - tax,
        gross_own=-gross_own,
        is_credit=np.ones(len(row), dtype=bool),
        number=number,
        drawn=drawn[row],
        settled=np.full(len(row), NEVER, dtype=np.int64),
    )


def _invoice_table(world: World, invoices: Invoices) -> TableData:
    return {
        "invoice_id": invoices.number,
        "invoice_type": Coded(invoices.is_credit.astype(np.int64), ["invoice", "credit_note"]),
        "entity_id": entities(invoices.entity),
        "customer_id": Coded(invoices.customer, world.names.customers),
        "sales_order_id": ORDER_BASE + invoices.order,
        "shipment_id": SHIPMENT_BASE + invoices.shipment,
        "invoiced_on": invoices.day,
        "due_on": invoices.due,
        "currency_code": currencies(invoices.currency),
        "net_amount": invoices.net,
        "tax_amount": invoices.tax,
        "gross_amount": invoices.gross,
        "entity_amount": invoices.gross_own,
        "entered_on": invoices.day,
    }


def _rank(group: Ints) -> Ints:
    """Return the place of each row in its group, from 0; rows of a group stand together."""
    starts = np.concatenate([[True], group[1:] != group[:-1]])
    number = np.arange(len(group), dtype=np.int64)
    return number - np.maximum.accumulate(np.where(starts, number, 0))
