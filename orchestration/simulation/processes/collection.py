"""Collection: payments of customers, early, late, in two parts, with cash discount; refunds; invoices that are lost.

Part of order to cash. How invoices come about belongs in `order_to_cash`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.columns import Coded, currencies, entities
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import Event, difference
from orchestration.simulation.setting.calendars import NEVER
from orchestration.simulation.setting.randomness import Bools, Ints, divided

PAYMENT_BASE = 10_000_000
_TERMS_WITH_DISCOUNT = 30
"""Days to pay from which on there is a cash discount."""


@dataclass(frozen=True)
class Invoices:
    """Invoices of shipments, and credit notes after them; those after the last day are left out. Cents."""

    entity: Ints
    customer: Ints
    order: Ints
    shipment: Ints
    day: Ints
    due: Ints
    currency: Ints
    net: Ints
    tax: Ints
    gross: Ints
    gross_own: Ints
    is_credit: Bools
    number: Ints
    drawn: Ints
    """Number that further draws about the invoice use."""
    settled: Ints
    """Day on which nothing was open any more; NEVER if that is after the end of the data."""


def collect(books: Books, invoices: Invoices) -> Ints:
    """Receive payments (in time, late, in two parts, with cash discount), refund credit notes, write off the rest.

    Returns the day on which each invoice was settled; NEVER for what is open at the end.
    """
    world, calendar = books.world, books.world.calendar
    draws, drawn = world.draws, invoices.drawn
    trait = world.master.customer_delay[invoices.customer]
    usual = invoices.due + trait + world.life.days_to_pay(invoices.entity, invoices.day)
    is_lost = draws.chance("payment/lost", 0.0025, drawn) & ~invoices.is_credit
    is_early = draws.chance("payment/discount", 0.15, invoices.customer) & ~invoices.is_credit
    is_early &= invoices.due - invoices.day >= _TERMS_WITH_DISCOUNT
    in_parts = draws.chance("payment/parts", 0.03, drawn) & ~is_early & ~invoices.is_credit
    paid = calendar.working_day(invoices.entity, usual, draws.integers("payment/delay", -4, 7, drawn))
    paid = np.maximum(paid, calendar.working_day(invoices.entity, invoices.day, 2))
    paid = np.where(is_early, calendar.working_day(invoices.entity, invoices.day, 6), paid)
    paid = np.where(invoices.is_credit, calendar.working_day(invoices.entity, invoices.due), paid)

    discount = np.where(is_early, divided(invoices.gross * 2, 100), 0)
    gap = np.where(
        draws.chance("payment/gap", 0.015, drawn) & ~in_parts & ~invoices.is_credit,
        np.minimum(draws.integers("payment/gap/cents", 1, 90, drawn), invoices.gross - discount - 1),
        0,
    )
    first = np.where(in_parts, divided(invoices.gross * 6, 10), invoices.gross)
    whole = np.flatnonzero(~is_lost)
    second = np.flatnonzero(in_parts & ~is_lost)
    row = np.concatenate([whole, second])
    settled = np.concatenate([first[whole], (invoices.gross - first)[second]])
    first_own = np.where(in_parts, divided(invoices.gross_own * 6, 10), invoices.gross_own)
    settled_own = np.concatenate([first_own[whole], (invoices.gross_own - first_own)[second]])
    day = np.concatenate([paid[whole], calendar.working_day(invoices.entity[second], paid[second], 14)])
    is_first = np.arange(len(row)) < len(whole)
    discount, gap = np.where(is_first, discount[row], 0), np.where(is_first, gap[row], 0)

    entity = invoices.entity[row]
    kept = np.flatnonzero(day <= calendar.last_days[entity])
    kept = kept[np.lexsort((is_first[kept], row[kept], day[kept]))]
    row, settled, settled_own, day, discount, gap = (a[kept] for a in (row, settled, settled_own, day, discount, gap))
    entity, currency, gross = invoices.entity[row], invoices.currency[row], invoices.gross[row]
    money = settled - discount - gap
    discount_tax = divided(discount * invoices.tax[row], np.maximum(np.abs(gross), 1))
    money_own = world.rates.to_entity(money, currency, entity, day)
    booked = np.maximum(np.abs(settled), 1)
    discount_own, tax_own, gap_own = (
        divided(np.abs(settled_own) * part, booked) for part in (discount - discount_tax, discount_tax, gap)
    )
    payment = PAYMENT_BASE + np.arange(len(row), dtype=np.int64)
    books.ledger.add(
        Event(
            name="customer_payment",
            entity=entity,
            posted=day,
            journal=payment,
            document_type="customer_payment",
            document=payment,
            currency=currency,
            partner=world.names.customer(invoices.customer[row]),
            amounts={
                "paid": (money, money_own),
                "discount": (discount - discount_tax, discount_own),
                "discount_tax": (discount_tax, tax_own),
                "difference": (gap, gap_own),
                "settled": (settled, settled_own),
                "exchange": difference(settled_own - money_own - discount_own - tax_own - gap_own),
            },
        )
    )
    books.open_item("1120", entity, currency, day, -settled, -settled_own)
    books.bank(entity, day, money_own, "customer_payment", payment)
    books.tables["customer_payment"] = {
        "payment_id": payment,
        "invoice_id": invoices.number[row],
        "entity_id": entities(entity),
        "customer_id": Coded(invoices.customer[row], world.names.customers),
        "paid_on": day,
        "currency_code": currencies(currency),
        "paid_amount": money,
        "discount_amount": discount,
        "difference_amount": gap,
        "settled_amount": settled,
        "entity_amount": money_own,
        "settled_entity_amount": settled_own,
        "entered_on": day,
    }
    settled_on = np.full(len(invoices.day), NEVER, dtype=np.int64)
    is_last = ~in_parts[row] | ~is_first[kept]
    settled_on[row[is_last]] = day[is_last]
    _write_off(books, invoices, np.flatnonzero(is_lost), settled_on)
    return settled_on


def _write_off(books: Books, invoices: Invoices, lost: Ints, settled_on: Ints) -> None:
    world, calendar = books.world, books.world.calendar
    later = world.draws.integers("payment/lost/days", 105, 140, invoices.drawn[lost])
    day = calendar.working_day(invoices.entity[lost], invoices.due[lost], later)
    kept = day <= calendar.last_days[invoices.entity[lost]]
    row, day = lost[kept], day[kept]
    order = np.lexsort((row, day))
    row, day = row[order], day[order]
    settled_on[row] = day
    entity, number = invoices.entity[row], invoices.number[row]
    books.ledger.add(
        Event(
            name="write_off",
            entity=entity,
            posted=day,
            journal=number,
            document_type="receivable_write_off",
            document=number,
            currency=invoices.currency[row],
            partner=world.names.customer(invoices.customer[row]),
            amounts={"open": (invoices.gross[row], invoices.gross_own[row])},
        )
    )
    books.open_item("1120", entity, invoices.currency[row], day, -invoices.gross[row], -invoices.gross_own[row])
    books.tables["receivable_write_off"] = {
        "invoice_id": number,
        "entity_id": entities(entity),
        "customer_id": Coded(invoices.customer[row], world.names.customers),
        "written_off_on": day,
        "currency_code": currencies(invoices.currency[row]),
        "amount": invoices.gross[row],
        "entity_amount": invoices.gross_own[row],
        "entered_on": day,
    }
