"""Output tables of the orders and shipments of order to cash, of customers and affiliated entities alike."""

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, TableData, currencies, entities, sites
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import currency_of
from orchestration.simulation.processes.affiliates import TRANSFER_BASE, TransferOrders
from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.fulfilment import Fulfilment
from orchestration.simulation.processes.hire_to_retire import Staff
from orchestration.simulation.processes.order_to_cash import ORDER_BASE, SHIPMENT_BASE, Shipped, tax_percent
from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.company import CHANNELS
from orchestration.simulation.setting.randomness import Bools, Ints, divided
from orchestration.simulation.setting.world import World

QUOTE_BASE = 10_000_000
_CHANNELS = [*CHANNELS, "intercompany"]


def fill(
    books: Books, orders: Orders, fulfilment: Fulfilment, shipped: Shipped, trade: TransferOrders, staff: Staff
) -> None:
    """Fill quote, sales_order, sales_order_line, sales_order_change and shipment_line."""
    known = orders.ordered <= books.world.calendar.last_days[orders.entity]
    tables = books.tables
    tables["sales_order"] = _orders(books.world, orders, known, trade, staff)
    tables["sales_order_line"] = _lines(books.world, orders, known, trade)
    tables["sales_order_change"] = _changes(books.world, orders, fulfilment)
    tables["shipment_line"] = _shipment_lines(books.world, orders, shipped, trade)
    tables["quote"] = _quotes(books.world, orders, known)


def joined(*parts: TableData) -> TableData:
    """Put tables of the same columns below each other."""
    result: TableData = {}
    for name, first in parts[0].items():
        if isinstance(first, Coded):
            places = np.concatenate([part[name].places for part in parts])  # type: ignore[union-attr]
            result[name] = Coded(places, first.texts)
        else:
            result[name] = np.concatenate([part[name] for part in parts])
    return result


def _orders(world: World, orders: Orders, known: Bools, trade: TransferOrders, staff: Staff) -> TableData:
    o = np.flatnonzero(known)
    entity, customer = orders.entity[o], orders.customer[o]
    channel = world.master.customer_channel[customer]
    seller = staff.sales_person(entity, orders.ordered[o], customer)
    return joined(
        {
            "sales_order_id": ORDER_BASE + o,
            "order_type": Coded(np.zeros(len(o), dtype=np.int64), ["customer", "intercompany"]),
            "entity_id": entities(entity),
            "customer_id": Coded(customer, world.names.customers),
            "buying_entity_id": entities(_nothing(o)),
            "channel": Coded(channel, _CHANNELS),
            "territory_id": territory(world, customer, orders.ordered[o]),
            "sales_person_id": np.where(channel == CHANNELS.index("internet"), NULL, seller),
            "currency_code": currencies(orders.currency[o]),
            "ordered_on": orders.ordered[o],
            "requested_on": orders.requested[o],
            "promised_on": orders.promised[o],
            "entered_on": orders.ordered[o],
        },
        {
            "sales_order_id": TRANSFER_BASE + np.arange(len(trade.seller), dtype=np.int64),
            "order_type": Coded(np.ones(len(trade.seller), dtype=np.int64), []),
            "entity_id": entities(trade.seller),
            "customer_id": Coded(_nothing(trade.seller), []),
            "buying_entity_id": entities(trade.buyer),
            "channel": Coded(np.full(len(trade.seller), len(CHANNELS)), []),
            "territory_id": np.full(len(trade.seller), NULL),
            "sales_person_id": np.full(len(trade.seller), NULL),
            "currency_code": currencies(currency_of(trade.seller)),
            "ordered_on": trade.ordered,
            "requested_on": world.calendar.working_day(trade.buyer, trade.release, trade.transit),
            "promised_on": trade.release,
            "entered_on": trade.ordered,
        },
    )


def territory(world: World, customer: Ints, day: Ints) -> Ints:
    """Territory of customers on a day: every second one that changes moves to the other end of its entity's."""
    master = world.master
    moved = (customer % 2 == 1) & (day >= master.customer_change_day[customer])
    return np.where(moved, master.new_territory[customer], master.customer_territory[customer])


def _lines(world: World, orders: Orders, known: Bools, trade: TransferOrders) -> TableData:
    master = world.master
    line = np.flatnonzero(known[orders.line_order])
    order, product, quantity = orders.line_order[line], orders.product[line], orders.quantity[line]
    entity, day, currency = orders.entity[order], orders.ordered[order], orders.currency[order]
    cost = master.standard_cost[entity, world.calendar.year_of_day[entity, day], product]
    net = quantity * orders.net_unit[line]

    entity_2, product_2, quantity_2 = trade.seller[trade.order], trade.product, trade.quantity
    day_2, price_2 = trade.ordered[trade.order], trade.price
    cost_2 = master.standard_cost[entity_2, world.calendar.year_of_day[entity_2, day_2], product_2]
    own_2 = currency_of(entity_2)
    zero = np.zeros(len(product_2), dtype=np.int64)
    return joined(
        {
            "sales_order_id": ORDER_BASE + order,
            "line_number": orders.line_number[line],
            "product_id": Coded(product, world.names.products),
            "product_key": product_key(world, product, day),
            "ordered_qty": quantity,
            "unit_price": orders.price[line],
            "unit_discount": orders.unit_discount[line],
            "gross_amount": quantity * orders.price[line],
            "discount_amount": quantity * orders.unit_discount[line],
            "sales_amount": net,
            "tax_amount": divided(net * tax_percent(entity, currency), 100),
            "unit_cost": cost,
            "sales_group_amount": world.rates.to_group(net, currency, day),
            "cost_group_amount": world.rates.to_group(quantity * cost, currency_of(entity), day),
            "entered_on": day,
        },
        {
            "sales_order_id": TRANSFER_BASE + trade.order,
            "line_number": trade.line_number,
            "product_id": Coded(product_2, []),
            "product_key": product_key(world, product_2, day_2),
            "ordered_qty": quantity_2,
            "unit_price": price_2,
            "unit_discount": zero,
            "gross_amount": quantity_2 * price_2,
            "discount_amount": zero,
            "sales_amount": quantity_2 * price_2,
            "tax_amount": zero,
            "unit_cost": cost_2,
            "sales_group_amount": world.rates.to_group(quantity_2 * price_2, own_2, day_2),
            "cost_group_amount": world.rates.to_group(quantity_2 * cost_2, own_2, day_2),
            "entered_on": day_2,
        },
    )


def product_key(world: World, product: Ints, day: Ints) -> Ints:
    """Version of products on days: numbered by product, then version; components have one a year."""
    master = world.master
    widest = max(master.version_days.shape[1], world.calendar.years)
    finished = product < master.finished_count
    version = master.version(np.where(finished, product, 0), day)
    year = world.calendar.calendar_year_of_day[np.maximum(day, 0)]
    return np.asarray(product * widest + np.where(finished, version, year) + 1)


def completed_on(fulfilment: Fulfilment) -> Ints:
    """Return the day on which each line had left in full; NEVER if it has not, or never will."""
    return np.where(fulfilment.rest > 0, fulfilment.rest_day, fulfilment.first_day)


def _changes(world: World, orders: Orders, fulfilment: Fulfilment) -> TableData:
    promised, last = orders.promised[orders.line_order], world.calendar.last_days[orders.line_entity]
    cancelled = np.flatnonzero(~orders.stands_on(world.calendar.last_days))
    done = completed_on(fulfilment)
    closed = np.flatnonzero(fulfilment.closed_day <= last)
    late = np.flatnonzero(orders.is_live & (done > promised) & (promised <= last) & (fulfilment.closed_day == NEVER))
    slack = world.draws.integers("repromise", 0, 2, orders.line_drawn[late])
    working_day, entity = world.calendar.working_day, orders.line_entity[late]
    promise = np.where(
        done[late] < NEVER, working_day(entity, done[late], slack), working_day(entity, promised[late], 15)
    )
    line = np.concatenate([cancelled, closed, late])
    day = np.concatenate([orders.cancelled[cancelled], fulfilment.closed_day[closed], promised[late]])
    kind = np.repeat(np.arange(3, dtype=np.int64), [len(cancelled), len(closed), len(late)])
    table: TableData = {
        "sales_order_id": ORDER_BASE + orders.line_order[line],
        "line_number": orders.line_number[line],
        "change_type": Coded(kind, ["cancelled", "closed_short", "repromised"]),
        "changed_on": day,
        "promised_on": np.concatenate([np.full(len(cancelled) + len(closed), NULL), promise]),
        "entered_on": day,
    }
    return table


def _shipment_lines(world: World, orders: Orders, shipped: Shipped, trade: TransferOrders) -> TableData:
    left = np.flatnonzero(trade.is_shipped)
    order = trade.order[left]
    return joined(
        {
            "shipment_id": SHIPMENT_BASE + shipped.shipment,
            "line_number": shipped.number,
            "sales_order_id": ORDER_BASE + shipped.order,
            "sales_order_line_number": orders.line_number[shipped.line],
            "entity_id": entities(shipped.entity),
            "site_id": sites(shipped.entity),
            "product_id": Coded(orders.product[shipped.line], world.names.products),
            "shipped_on": shipped.day,
            "delivered_on": world.calendar.working_day(shipped.entity, shipped.day, orders.transit[shipped.order]),
            "shipped_qty": shipped.quantity,
            "cost_amount": shipped.cost,
            "entered_on": shipped.day,
        },
        {
            "shipment_id": TRANSFER_BASE + trade.shipment[left],
            "line_number": trade.shipment_line[left],
            "sales_order_id": TRANSFER_BASE + order,
            "sales_order_line_number": trade.line_number[left],
            "entity_id": entities(trade.seller[order]),
            "site_id": sites(trade.seller[order]),
            "product_id": Coded(trade.product[left], []),
            "shipped_on": trade.shipped[left],
            "delivered_on": trade.arrival[left],
            "shipped_qty": trade.quantity[left],
            "cost_amount": trade.cost[left],
            "entered_on": trade.shipped[left],
        },
    )


def _quotes(world: World, orders: Orders, known: Bools) -> TableData:
    """Offers: most orders of the direct channel had one; as many again were lost."""
    draws, master = world.draws, world.master
    amount = np.zeros(len(orders.entity), dtype=np.int64)
    np.add.at(amount, orders.line_order, orders.quantity * orders.net_unit)
    is_direct = master.customer_channel[orders.customer] == CHANNELS.index("direct")
    won = np.flatnonzero(known & is_direct & draws.chance("quote", 0.7, orders.drawn))
    lost = np.flatnonzero(is_direct & draws.chance("quote/lost", 0.75, orders.drawn))
    order = np.concatenate([won, lost])
    is_won = np.arange(len(order)) < len(won)
    drawn = orders.drawn[order] * 2 + is_won
    entity = orders.entity[order]
    quoted = world.calendar.working_day(entity, orders.ordered[order], -draws.integers("quote/days", 2, 18, drawn))
    valid = world.calendar.working_day(entity, quoted, 21)
    decided = np.where(is_won, orders.ordered[order], valid)
    offered = divided(amount[order] * draws.integers("quote/amount", 990, 1080, drawn), 1000)
    kept = np.flatnonzero((decided <= world.calendar.last_days[entity]) & (quoted >= 0))
    kept = kept[np.lexsort((drawn[kept], decided[kept]))]
    order, entity, quoted, valid, decided, offered = (a[kept] for a in (order, entity, quoted, valid, decided, offered))
    is_won = is_won[kept]
    return {
        "quote_id": QUOTE_BASE + np.arange(len(order), dtype=np.int64),
        "entity_id": entities(entity),
        "customer_id": Coded(orders.customer[order], world.names.customers),
        "quoted_on": quoted,
        "valid_until_on": valid,
        "currency_code": currencies(orders.currency[order]),
        "quoted_amount": offered,
        "sales_order_id": np.where(is_won, ORDER_BASE + order, NULL),
        "entered_on": decided,
    }


def _nothing(like: Ints) -> Ints:
    return np.full(len(like), -1, dtype=np.int64)
