"""Trade between the entities: both sides' postings of a delivery, and its payment in the middle of the next month."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import Event, currency_of, difference, same
from orchestration.simulation.processes.fulfilment import Fulfilment
from orchestration.simulation.processes.intercompany import Transfers
from orchestration.simulation.setting.calendars import EVERYONE, date_of
from orchestration.simulation.setting.randomness import Bools, Ints
from orchestration.simulation.setting.world import World

TRANSFER_BASE = 90_000_000
_PAYMENT_DAY = 15


@dataclass(frozen=True)
class TransferOrders:
    """Orders of affiliated entities (one per week, seller and buyer) and, by line, their deliveries."""

    seller: Ints
    buyer: Ints
    ordered: Ints
    release: Ints
    transit: Ints
    order: Ints
    """Order of each line."""
    line_number: Ints
    product: Ints
    quantity: Ints
    price: Ints
    """Transfer price on the day of the order, seller's currency."""
    is_shipped: Bools
    shipped: Ints
    arrival: Ints
    """Day of arrival at the buyer, also if it is after the end of the data."""
    is_arrived: Bools
    shipment: Ints
    """Number of the shipment (an order on a day), from 0; only of lines that shipped."""
    shipment_line: Ints
    cost: Ints
    """Seller's standard cost, of lines that shipped."""
    net: Ints
    net_buyer: Ints
    """Value in the buyer's currency on the day of shipment."""
    standard_buyer: Ints
    """Buyer's standard cost on the day of arrival."""


def transfer_orders(world: World, transfers: Transfers, fulfilment: Fulfilment) -> TransferOrders:
    """Group the planned transfers into orders; those ordered after the end of either side's data are left out."""
    calendar, master = world.calendar, world.master
    last = calendar.last_days[np.stack([transfers.seller, transfers.buyer])].min(axis=0)
    kept = np.flatnonzero(transfers.ordered <= last)
    seller, buyer, week = transfers.seller[kept], transfers.buyer[kept], transfers.week[kept]
    cell = (week * 8 + seller) * 8 + buyer
    _, first, order = np.unique(cell, return_index=True, return_inverse=True)
    line_number = np.arange(len(kept), dtype=np.int64) - first[order] + 1
    product, quantity = transfers.product[kept], transfers.quantity[kept]
    shipped, arrival = fulfilment.transfer_day[kept], fulfilment.transfer_arrival[kept]
    is_shipped = shipped <= last[kept]
    is_arrived = is_shipped & (arrival <= calendar.last_days[buyer])

    left = np.flatnonzero(is_shipped)
    shipment, shipment_line = np.full(len(kept), -1), np.zeros(len(kept), dtype=np.int64)
    key = shipped[left] * (len(first) + 1) + order[left]
    ranking = np.argsort(key, kind="stable")
    _, number = np.unique(key, return_inverse=True)
    shipment[left] = number
    starts = np.flatnonzero(np.concatenate([[True], np.diff(key[ranking]) != 0])) if len(left) else left
    counts = np.diff(np.concatenate([starts, [len(left)]]))
    shipment_line[left[ranking]] = np.arange(len(left), dtype=np.int64) - np.repeat(starts, counts) + 1

    day = np.minimum(shipped, calendar.day_count - 1)
    order_year = calendar.year_of_day[seller, np.maximum(transfers.ordered[kept], 0)]
    price = master.transfer_price[order_year, product]
    seller_cost = master.standard_cost[seller, calendar.year_of_day[seller, day], product]
    arrival_year = calendar.year_of_day[buyer, np.minimum(arrival, calendar.day_count - 1)]
    net = quantity * price
    return TransferOrders(
        seller=seller[first],
        buyer=buyer[first],
        ordered=transfers.ordered[kept][first],
        release=transfers.release[kept][first],
        transit=transfers.transit[kept][first],
        order=order.astype(np.int64),
        line_number=line_number,
        product=product,
        quantity=quantity,
        price=price,
        is_shipped=is_shipped,
        shipped=shipped,
        arrival=arrival,
        is_arrived=is_arrived,
        shipment=shipment.astype(np.int64),
        shipment_line=shipment_line,
        cost=quantity * seller_cost,
        net=net,
        net_buyer=world.rates.to_entity(net, currency_of(seller), buyer, day),
        standard_buyer=quantity * master.standard_cost[buyer, arrival_year, product],
    )


def trade(books: Books, orders: TransferOrders) -> None:
    """Post deliveries on both sides, arrivals, and payments."""
    world = books.world
    left = np.flatnonzero(orders.is_shipped)
    left = left[np.lexsort((left, orders.shipment[left]))]
    order, product, day = orders.order[left], orders.product[left], orders.shipped[left]
    seller, buyer = orders.seller[order], orders.buyer[order]
    number = TRANSFER_BASE + orders.shipment[left]
    net, net_buyer, cost = orders.net[left], orders.net_buyer[left], orders.cost[left]
    books.ledger.add(
        Event(
            name="intercompany_sale",
            entity=seller,
            posted=day,
            journal=number,
            document_type="shipment_line",
            document=number,
            partner=world.names.entity(buyer),
            product=product,
            amounts={"net": same(net), "cost": same(cost)},
        )
    )
    books.ledger.add(
        Event(
            name="intercompany_purchase",
            entity=buyer,
            posted=day,
            journal=number,
            document_type="shipment_line",
            document=number,
            currency=currency_of(seller),
            partner=world.names.entity(seller),
            product=product,
            amounts={"net": (net, net_buyer)},
        )
    )
    books.move("1190", seller, day, net)
    books.open_item("2150", buyer, currency_of(seller), day, -net, -net_buyer)
    books.move("1175", buyer, day, net_buyer)

    here = np.flatnonzero(orders.is_arrived)
    here = here[np.lexsort((here, orders.shipment[here]))]
    order, arrival = orders.order[here], orders.arrival[here]
    standard, booked = orders.standard_buyer[here], orders.net_buyer[here]
    books.ledger.add(
        Event(
            name="intercompany_receipt",
            entity=orders.buyer[order],
            posted=arrival,
            journal=TRANSFER_BASE + orders.shipment[here],
            document_type="shipment_line",
            document=TRANSFER_BASE + orders.shipment[here],
            partner=world.names.entity(orders.seller[order]),
            product=orders.product[here],
            amounts={"standard": same(standard), "net": same(booked), "variance": same(booked - standard)},
        )
    )
    books.move("1175", orders.buyer[order], arrival, -booked)
    _pay(books, seller, buyer, day, net, net_buyer)


def payment_days(world: World) -> Ints:
    """Return the day on which what was shipped on a day is paid: the 15th of the next month, or just after."""
    calendar = world.calendar
    days = []
    for day in range(calendar.day_count):
        date = date_of(day)
        following = (date.replace(day=28) + (date.replace(day=28) - date.replace(day=24))).replace(day=_PAYMENT_DAY)
        days.append((following - date_of(0)).days)
    return calendar.working_day(EVERYONE, np.array(days, dtype=np.int64))


def _pay(books: Books, seller: Ints, buyer: Ints, shipped: Ints, net: Ints, net_buyer: Ints) -> None:
    world = books.world
    day = payment_days(world)[shipped]
    last = world.calendar.last_days[np.stack([seller, buyer])].min(axis=0)
    kept = day <= last
    cell = ((day * 8 + seller) * 8 + buyer)[kept]
    cells, group = np.unique(cell, return_inverse=True)
    owed, owed_buyer = np.zeros(len(cells), dtype=np.int64), np.zeros(len(cells), dtype=np.int64)
    np.add.at(owed, group, net[kept])
    np.add.at(owed_buyer, group, net_buyer[kept])
    day, seller, buyer = cells // 64, cells // 8 % 8, cells % 8
    currency = currency_of(seller)
    paid = world.rates.to_entity(owed, currency, buyer, day)
    number = TRANSFER_BASE + np.arange(len(cells), dtype=np.int64)
    books.ledger.add(
        Event(
            name="intercompany_payment",
            entity=buyer,
            posted=day,
            journal=number,
            currency=currency,
            partner=world.names.entity(seller),
            amounts={
                "settled": (owed, owed_buyer),
                "paid": (owed, paid),
                "exchange": difference(paid - owed_buyer),
            },
        )
    )
    books.ledger.add(
        Event(
            name="intercompany_collection",
            entity=seller,
            posted=day,
            journal=number,
            partner=world.names.entity(buyer),
            amounts={"amount": same(owed)},
        )
    )
    books.open_item("2150", buyer, currency, day, owed, owed_buyer)
    books.move("1190", seller, day, -owed)
    books.bank(buyer, day, -paid, "intercompany_payment", number)
    books.bank(seller, day, owed, "intercompany_collection", number)
