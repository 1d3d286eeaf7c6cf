"""Stock at standard cost: every movement of every process, the balance of every day, counts, revaluations."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.columns import Coded, TableData, entities, sites
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import Event, account, same
from orchestration.simulation.processes.affiliates import TRANSFER_BASE, TransferOrders
from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.intercompany import Transfers
from orchestration.simulation.processes.order_to_cash import SHIPMENT_BASE, Shipped
from orchestration.simulation.processes.plan_to_produce import WorkOrders
from orchestration.simulation.processes.procure_to_pay import RECEIPT_BASE
from orchestration.simulation.processes.production_documents import WORK_BASE
from orchestration.simulation.processes.purchasing import Purchases
from orchestration.simulation.processes.sales_documents import product_key
from orchestration.simulation.setting.calendars import EVERYONE, OPENING_DAY, date_of
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.randomness import Bools, Ints, rounded
from orchestration.simulation.setting.world import World

TYPES = (
    "opening",
    "receipt",
    "issue",
    "production",
    "shipment",
    "transfer_receipt",
    "count",
    "revaluation",
)
_DOCUMENT_TYPES = ("manual", "goods_receipt_line", "work_order", "shipment_line")
_COUNT_MONTH = 11
_COUNT_BASE = 10_000_000


@dataclass(frozen=True)
class _Movements:
    kind: Ints
    entity: Ints
    product: Ints
    day: Ints
    quantity: Ints
    document_type: Ints
    document: Ints


@dataclass(frozen=True)
class Stock:
    """Balances at the end of every day, by entity, product and day; only cells that are stocked count."""

    received: Ints
    issued: Ints
    balance: Ints
    unit_cost: Ints
    """Standard cost by entity, product and day."""
    is_stocked: Bools
    """By entity and product."""

    def value(self) -> Ints:
        """Balance times cost."""
        return self.balance * self.unit_cost


def keep_stock(
    books: Books,
    *,
    orders: Orders,
    shipped: Shipped,
    transfers: Transfers,
    trade: TransferOrders,
    work: WorkOrders,
    purchases: Purchases,
) -> Stock:
    """Add all movements up, count and revalue, and fill stock_movement and stock_balance.

    Raises `ValueError` if stock fell below zero anywhere.
    """
    world = books.world
    moves = _gathered(world, orders, shipped, transfers, trade, work, purchases)
    balance = _balance(world, moves)
    counted = _counts(world, balance)
    moves = _Movements(
        **{n: np.concatenate([getattr(moves, n), getattr(counted, n)]) for n in _Movements.__dataclass_fields__}
    )
    stock = _stock(world, moves)
    if (stock.balance < 0).any():
        raise ValueError("stock fell below zero: the queues of supply and demand do not agree")
    _post_counts(books, counted)
    revalued = _revaluations(world, stock)
    _post_revaluations(books, revalued)
    books.tables["stock_movement"] = _movement_table(world, moves, revalued)
    books.tables["stock_balance"] = _balance_table(world, stock)
    _subledgers(books, stock)
    return stock


def opening_stock(world: World, transfers: Transfers, work: WorkOrders, purchases: Purchases) -> Ints:
    """Units before the first day, by entity and product."""
    finished = world.master.finished_count
    units = np.zeros((len(ENTITIES), world.master.product_count), dtype=np.int64)
    units[:, :finished] = transfers.opening
    maker = world.master.owner
    products = np.arange(world.master.product_count, dtype=np.int64)
    units[maker[:finished], products[:finished]] += work.opening
    units[maker[finished:], products[finished:]] += purchases.opening
    return units


def _gathered(
    world: World,
    orders: Orders,
    shipped: Shipped,
    transfers: Transfers,
    trade: TransferOrders,
    work: WorkOrders,
    purchases: Purchases,
) -> _Movements:
    last = world.calendar.last_days
    maker = world.master.owner[work.product]
    parts: list[tuple[int, Ints, Ints, Ints, Ints, int, Ints]] = []

    opening = opening_stock(world, transfers, work, purchases)
    entity, product = np.nonzero(opening)
    none = np.zeros(len(entity), dtype=np.int64)
    parts.append((0, entity, product, none, opening[entity, product], 0, none + 1))

    r = np.flatnonzero((purchases.received <= last[purchases.entity]) & (purchases.accepted > 0))
    parts.append(
        (
            1,
            purchases.entity[r],
            purchases.component[r],
            purchases.received[r],
            purchases.accepted[r],
            1,
            RECEIPT_BASE + r,
        )
    )

    w, place = np.nonzero((work.issued <= last[maker])[:, None] & (work.issued_quantity > 0))
    parts.append(
        (2, maker[w], work.component[w, place], work.issued[w], -work.issued_quantity[w, place], 2, WORK_BASE + w)
    )
    w = np.flatnonzero((work.finished <= last[maker]) & (work.quantity > 0))
    parts.append((3, maker[w], work.product[w], work.finished[w], work.quantity[w], 2, WORK_BASE + w))

    parts.append(
        (
            4,
            shipped.entity,
            orders.product[shipped.line],
            shipped.day,
            -shipped.quantity,
            3,
            SHIPMENT_BASE + shipped.shipment,
        )
    )
    t = np.flatnonzero(trade.is_shipped)
    number = TRANSFER_BASE + trade.shipment
    parts.append(
        (4, trade.seller[trade.order[t]], trade.product[t], trade.shipped[t], -trade.quantity[t], 3, number[t])
    )
    t = np.flatnonzero(trade.is_arrived)
    parts.append((5, trade.buyer[trade.order[t]], trade.product[t], trade.arrival[t], trade.quantity[t], 3, number[t]))
    return _Movements(
        kind=np.concatenate([np.full(len(p[1]), p[0], dtype=np.int64) for p in parts]),
        entity=np.concatenate([p[1] for p in parts]),
        product=np.concatenate([p[2] for p in parts]),
        day=np.concatenate([p[3] for p in parts]),
        quantity=np.concatenate([p[4] for p in parts]),
        document_type=np.concatenate([np.full(len(p[1]), p[5], dtype=np.int64) for p in parts]),
        document=np.concatenate([p[6] for p in parts]),
    )


def _balance(world: World, moves: _Movements) -> Ints:
    total = np.zeros((len(ENTITIES), world.master.product_count, world.calendar.day_count), dtype=np.int64)
    np.add.at(total, (moves.entity, moves.product, moves.day), moves.quantity)
    return total.cumsum(axis=2, out=total)


def _counts(world: World, balance: Ints) -> _Movements:
    """Count stock each November: small differences, never more than is there from then on."""
    draws = world.draws
    found: list[tuple[Ints, Ints, Ints, Ints]] = []
    lasting = np.minimum.accumulate(balance[:, :, ::-1], axis=2)[:, :, ::-1]
    taken = np.zeros(balance.shape[:2], dtype=np.int64)
    days = [d for d in range(OPENING_DAY, int(world.calendar.last_days.min())) if date_of(d).day == 1]
    for day in [int(world.calendar.working_day(EVERYONE, d)) for d in days if date_of(d).month == _COUNT_MONTH]:
        entity, product = np.nonzero(balance[:, :, day] > 0)
        differs = draws.chance("count", 0.3, entity, product, day)
        entity, product = entity[differs], product[differs]
        units = rounded(balance[entity, product, day] * draws.bell("count/size", entity, product, day) * 0.004 - 0.2)
        units = np.maximum(units, -np.maximum(lasting[entity, product, day] + taken[entity, product], 0))
        found.append((entity, product, np.full(len(entity), day, dtype=np.int64), units))
        taken[entity, product] += np.minimum(units, 0)
    entity, product, at, units = (np.concatenate([f[i] for f in found] or [np.empty(0, np.int64)]) for i in range(4))
    kept = units != 0
    entity, product, at, units = entity[kept], product[kept], at[kept], units[kept]
    return _Movements(
        kind=np.full(len(entity), TYPES.index("count"), dtype=np.int64),
        entity=entity,
        product=product,
        day=at,
        quantity=units,
        document_type=np.zeros(len(entity), dtype=np.int64),
        document=_COUNT_BASE + np.arange(len(entity), dtype=np.int64),
    )


def _stock(world: World, moves: _Movements) -> Stock:
    shape = (len(ENTITIES), world.master.product_count, world.calendar.day_count)
    received, issued = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    into = moves.quantity > 0
    np.add.at(received, (moves.entity[into], moves.product[into], moves.day[into]), moves.quantity[into])
    out = ~into
    np.add.at(issued, (moves.entity[out], moves.product[out], moves.day[out]), -moves.quantity[out])
    year = world.calendar.year_of_day[:, : shape[2]]
    cost = np.stack([world.master.standard_cost[e][year[e]].T for e in range(len(ENTITIES))])
    is_stocked = world.master.standard_cost[:, 0, :] > 0
    return Stock(received, issued, (received - issued).cumsum(axis=2), cost, is_stocked)


def _is_component(world: World, product: Ints) -> Bools:
    return product >= world.master.finished_count


def _stock_account(world: World, product: Ints) -> Ints:
    return np.where(_is_component(world, product), account("1150"), account("1170"))


def _post_counts(books: Books, counted: _Movements) -> None:
    world = books.world
    year = world.calendar.year_of_day[counted.entity, counted.day]
    cost = world.master.standard_cost[counted.entity, year, counted.product]
    books.ledger.add(
        Event(
            name="stock_count",
            entity=counted.entity,
            posted=counted.day,
            journal=counted.document,
            document_type="stock_movement",
            product=counted.product,
            amounts={"amount": same(counted.quantity * cost)},
            codes={"account": _stock_account(world, counted.product)},
        )
    )


def _revaluations(world: World, stock: Stock) -> tuple[Ints, Ints, Ints, Ints]:
    """Return entity, product, day and amount: yesterday's stock at today's new standard."""
    parts = []
    for number in range(len(ENTITIES)):
        for first in world.calendar.period_starts[number, 12::12]:
            before, after = stock.unit_cost[number, :, first - 1], stock.unit_cost[number, :, first]
            amount = stock.balance[number, :, first - 1] * (after - before)
            product = np.flatnonzero(amount)
            parts.append((np.full_like(product, number), product, np.full_like(product, first), amount[product]))
    empty = np.empty(0, dtype=np.int64)
    entity, product, day, amount = (np.concatenate([p[i] for p in parts] or [empty]) for i in range(4))
    return entity, product, day, amount


def _post_revaluations(books: Books, revalued: tuple[Ints, Ints, Ints, Ints]) -> None:
    entity, product, day, amount = revalued
    books.ledger.add(
        Event(
            name="stock_revaluation",
            entity=entity,
            posted=day,
            journal=day * len(ENTITIES) + entity,
            product=product,
            amounts={"amount": same(amount)},
            codes={"account": _stock_account(books.world, product)},
        )
    )


def _movement_table(world: World, moves: _Movements, revalued: tuple[Ints, Ints, Ints, Ints]) -> TableData:
    year = world.calendar.year_of_day[moves.entity, moves.day]
    value = moves.quantity * world.master.standard_cost[moves.entity, year, moves.product]
    count = len(revalued[0])
    kind = np.concatenate([moves.kind, np.full(count, TYPES.index("revaluation"), dtype=np.int64)])
    entity, product, day, amount = (
        np.concatenate([a, b]) for a, b in zip((moves.entity, moves.product, moves.day, value), revalued, strict=True)
    )
    quantity = np.concatenate([moves.quantity, np.zeros(count, dtype=np.int64)])
    document_type = np.concatenate([moves.document_type, np.zeros(count, dtype=np.int64)])
    document = np.concatenate([moves.document, revalued[2] * len(ENTITIES) + revalued[0]])
    order = np.lexsort((document, product, entity, kind, day))
    entity, product, day, amount, kind, quantity, document_type, document = (
        a[order] for a in (entity, product, day, amount, kind, quantity, document_type, document)
    )
    return {
        "movement_id": 10_000_000 + np.arange(len(day), dtype=np.int64),
        "movement_type": Coded(kind, TYPES),
        "entity_id": entities(entity),
        "site_id": sites(entity),
        "product_id": Coded(product, world.names.products),
        "moved_on": day,
        "quantity": quantity,
        "amount": amount,
        "document_type": Coded(document_type, _DOCUMENT_TYPES),
        "document_id": document,
        "entered_on": day,
    }


def _balance_table(world: World, stock: Stock) -> TableData:
    parts = []
    for number in range(len(ENTITIES)):
        product = np.flatnonzero(stock.is_stocked[number])
        days = np.arange(OPENING_DAY, world.calendar.last_days[number] + 1, dtype=np.int64)
        day, place = np.meshgrid(days, product, indexing="ij")
        parts.append((np.full(day.size, number, dtype=np.int64), place.ravel(), day.ravel()))
    entity, product, day = (np.concatenate([p[i] for p in parts]) for i in range(3))
    order = np.lexsort((product, entity, day))
    entity, product, day = entity[order], product[order], day[order]
    balance, cost = stock.balance[entity, product, day], stock.unit_cost[entity, product, day]
    return {
        "site_id": sites(entity),
        "entity_id": entities(entity),
        "product_id": Coded(product, world.names.products),
        "product_key": product_key(world, product, day),
        "balance_on": day,
        "received_qty": stock.received[entity, product, day],
        "issued_qty": stock.issued[entity, product, day],
        "balance_qty": balance,
        "unit_cost_amount": cost,
        "stock_amount": balance * cost,
        "entered_on": day,
    }


def _subledgers(books: Books, stock: Stock) -> None:
    """Let 1150 and 1170 be units times cost at the end of each day."""
    value = stock.value()
    first = books.world.master.finished_count
    for code, part in (("1150", value[:, first:]), ("1170", value[:, :first])):
        daily = np.diff(part.sum(axis=1), axis=1, prepend=0)
        entity, day = np.indices(daily.shape)
        books.move(code, entity.ravel(), day.ravel(), daily.ravel())
