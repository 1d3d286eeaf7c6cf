"""Procure to pay: receipts, supplier invoices for material and services, payments, with their postings.

When components are ordered and come in belongs in `purchasing`, which services are bought in `services`.
"""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, TableData, currencies, entities, sites
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import ACCOUNTS, DEPARTMENT_CODES, Event, difference, same
from orchestration.simulation.processes.order_to_cash import tax_percent
from orchestration.simulation.processes.purchasing import Purchases
from orchestration.simulation.setting.randomness import Ints, divided
from orchestration.simulation.setting.world import World

PURCHASE_BASE = RECEIPT_BASE = SUPPLIER_INVOICE_BASE = 10_000_000
_TYPES = ("material", "expense", "asset")


@dataclass(frozen=True)
class SupplierInvoices:
    """Invoices of suppliers, with what they are for. Amounts in cents of the invoice's currency."""

    kind: Ints
    """0 material, 1 expense, 2 asset."""
    entity: Ints
    supplier: Ints
    receipt: Ints
    """Receipt, from 0; -1 unless material."""
    day: Ints
    entered: Ints
    currency: Ints
    net: Ints
    expected: Ints
    expected_own: Ints
    """As accrued at the receipt, entity's currency."""
    tax: Ints
    account: Ints
    department: Ints
    product: Ints
    number: Ints
    drawn: Ints
    """Number that further draws about the invoice use."""
    gross_own: Ints
    due: Ints

    @property
    def gross(self) -> Ints:
        """Net and tax."""
        return self.net + self.tax


def receive(books: Books, purchases: Purchases) -> Ints:
    """Post receipts and fill the tables of purchase orders; returns what each purchase was accrued at."""
    world, calendar = books.world, books.world.calendar
    p, last = purchases, calendar.last_days[purchases.entity]
    known = np.flatnonzero(p.ordered <= last)
    amount = p.quantity * p.price
    products = world.names.products
    books.tables["purchase_order"] = {
        "purchase_order_id": PURCHASE_BASE + known,
        "entity_id": entities(p.entity[known]),
        "site_id": sites(p.entity[known]),
        "supplier_id": Coded(p.supplier[known], world.names.suppliers),
        "currency_code": currencies(p.currency[known]),
        "ordered_on": p.ordered[known],
        "entered_on": p.ordered[known],
    }
    rate_day = np.maximum(p.ordered[known], 0)
    books.tables["purchase_order_line"] = {
        "purchase_order_id": PURCHASE_BASE + known,
        "line_number": np.ones(len(known), dtype=np.int64),
        "product_id": Coded(p.component[known], products),
        "due_on": p.due[known],
        "ordered_qty": p.quantity[known],
        "unit_price": p.price[known],
        "line_amount": amount[known],
        "line_group_amount": world.rates.to_group(amount[known], p.currency[known], rate_day),
        "entered_on": p.ordered[known],
    }
    here = np.flatnonzero(p.received <= last)
    here = here[np.lexsort((here, p.received[here]))]
    entity, day, product = p.entity[here], p.received[here], p.component[here]
    value = p.accepted[here] * p.price[here]
    value_own = world.rates.to_entity(value, p.currency[here], entity, day)
    year = calendar.year_of_day[entity, day]
    standard = p.accepted[here] * world.master.standard_cost[entity, year, product]
    books.ledger.add(
        Event(
            name="goods_receipt",
            entity=entity,
            posted=day,
            journal=RECEIPT_BASE + here,
            document_type="goods_receipt_line",
            document=RECEIPT_BASE + here,
            currency=p.currency[here],
            partner=world.names.supplier(p.supplier[here]),
            product=product,
            amounts={"value": (value, value_own), "variance": same(value_own - standard)},
        )
    )
    books.move("2140", entity, day, -value_own)
    books.tables["goods_receipt_line"] = {
        "goods_receipt_id": RECEIPT_BASE + here,
        "purchase_order_id": PURCHASE_BASE + here,
        "line_number": np.ones(len(here), dtype=np.int64),
        "entity_id": entities(entity),
        "site_id": sites(entity),
        "product_id": Coded(product, products),
        "shipped_on": p.shipped[here],
        "received_on": day,
        "received_qty": p.received_quantity[here],
        "rejected_qty": p.rejected[here],
        "accepted_qty": p.accepted[here],
        "entered_on": day,
    }
    accrued = np.zeros(len(p.entity), dtype=np.int64)
    accrued[here] = value_own
    return accrued


def material_invoices(world: World, purchases: Purchases, accrued: Ints) -> SupplierInvoices:
    """Return the invoices for what came in: some days later, now and then at another price."""
    p, calendar, draws = purchases, world.calendar, world.draws
    drawn = p.drawn
    day = calendar.working_day(p.entity, p.received, draws.integers("bill/lag", 0, 8, drawn))
    row = np.flatnonzero((p.received <= calendar.last_days[p.entity]) & (day <= calendar.last_days[p.entity]))
    row = row[p.accepted[row] > 0]
    row = row[np.lexsort((row, day[row]))]
    differs = draws.chance("bill/price", 0.06, drawn[row])
    permille = np.where(differs, draws.integers("bill/price/size", -25, 50, drawn[row]), 0)
    price = np.maximum(1, p.price[row] + divided(p.price[row] * permille, 1000))
    net, entity, currency = p.accepted[row] * price, p.entity[row], p.currency[row]
    tax = divided(net * tax_percent(entity, currency), 100)
    none = np.full(len(row), -1, dtype=np.int64)
    return SupplierInvoices(
        kind=np.zeros(len(row), dtype=np.int64),
        entity=entity,
        supplier=p.supplier[row],
        receipt=row,
        day=day[row],
        entered=day[row],
        currency=currency,
        net=net,
        expected=p.accepted[row] * p.price[row],
        expected_own=accrued[row],
        tax=tax,
        account=none,
        department=none,
        product=p.component[row],
        number=SUPPLIER_INVOICE_BASE + np.arange(len(row), dtype=np.int64),
        drawn=drawn[row] * 2,
        gross_own=world.rates.to_entity(net + tax, currency, entity, day[row]),
        due=day[row] + world.master.supplier_terms[p.supplier[row]],
    )


def pay_suppliers(books: Books, material: SupplierInvoices, services: SupplierInvoices) -> SupplierInvoices:
    """Post both kinds of invoices and pay them; fill supplier_invoice and supplier_payment."""
    _post_material(books, material)
    _post_services(books, services)
    invoices = SupplierInvoices(
        **{
            name: np.concatenate([getattr(material, name), getattr(services, name)])
            for name in SupplierInvoices.__dataclass_fields__
        }
    )
    books.tables["supplier_invoice"] = _invoice_table(books.world, invoices)
    _pay(books, invoices)
    return invoices


def _post_material(books: Books, bills: SupplierInvoices) -> None:
    world = books.world
    price = bills.net - bills.expected
    price_own, tax_own = (
        world.rates.to_entity(amount, bills.currency, bills.entity, bills.day) for amount in (price, bills.tax)
    )
    books.ledger.add(
        Event(
            name="supplier_invoice",
            entity=bills.entity,
            posted=bills.day,
            journal=bills.number,
            document_type="supplier_invoice",
            document=bills.number,
            currency=bills.currency,
            partner=world.names.supplier(bills.supplier),
            product=bills.product,
            amounts={
                "expected": (bills.expected, bills.expected_own),
                "price_difference": (price, price_own),
                "tax": (bills.tax, tax_own),
                "gross": (bills.gross, bills.gross_own),
                "exchange": difference(bills.gross_own - bills.expected_own - price_own - tax_own),
            },
        )
    )
    books.move("2140", bills.entity, bills.day, bills.expected_own)
    books.open_item("2130", bills.entity, bills.currency, bills.day, -bills.gross, -bills.gross_own)


def _post_services(books: Books, bills: SupplierInvoices) -> None:
    books.ledger.add(
        Event(
            name="expense_invoice",
            entity=bills.entity,
            posted=bills.day,
            entered=bills.entered,
            journal=bills.number,
            document_type="supplier_invoice",
            document=bills.number,
            partner=books.world.names.supplier(bills.supplier),
            amounts={"net": same(bills.net), "tax": same(bills.tax), "gross": same(bills.gross)},
            codes={"account": bills.account, "department": bills.department},
        )
    )
    books.open_item("2130", bills.entity, bills.currency, bills.day, -bills.gross, -bills.gross_own)


def _invoice_table(world: World, bills: SupplierInvoices) -> TableData:
    is_material = bills.kind == 0
    return {
        "supplier_invoice_id": bills.number,
        "invoice_type": Coded(bills.kind, _TYPES),
        "entity_id": entities(bills.entity),
        "supplier_id": Coded(bills.supplier, world.names.suppliers),
        "goods_receipt_id": np.where(is_material, RECEIPT_BASE + bills.receipt, NULL),
        "invoiced_on": bills.day,
        "due_on": bills.due,
        "currency_code": currencies(bills.currency),
        "net_amount": bills.net,
        "expected_amount": np.where(is_material, bills.expected, NULL),
        "tax_amount": bills.tax,
        "gross_amount": bills.gross,
        "entity_amount": bills.gross_own,
        "account_code": Coded(bills.account, ACCOUNTS),
        "department_code": Coded(bills.department, DEPARTMENT_CODES),
        "entered_on": bills.entered,
    }


def _pay(books: Books, bills: SupplierInvoices) -> None:
    world, calendar = books.world, books.world.calendar
    day = calendar.working_day(bills.entity, bills.due, world.draws.integers("supplier/paid", -1, 5, bills.drawn))
    day = np.maximum(day, calendar.working_day(bills.entity, bills.entered, 1))
    row = np.flatnonzero(day <= calendar.last_days[bills.entity])
    row = row[np.lexsort((row, day[row]))]
    day, entity, currency, gross = day[row], bills.entity[row], bills.currency[row], bills.gross[row]
    paid = world.rates.to_entity(gross, currency, entity, day)
    booked, number = bills.gross_own[row], bills.number[row]
    books.ledger.add(
        Event(
            name="supplier_payment",
            entity=entity,
            posted=day,
            journal=number,
            document_type="supplier_payment",
            document=number,
            currency=currency,
            partner=world.names.supplier(bills.supplier[row]),
            amounts={"settled": (gross, booked), "paid": (gross, paid), "exchange": difference(paid - booked)},
        )
    )
    books.open_item("2130", entity, currency, day, gross, booked)
    books.bank(entity, day, -paid, "supplier_payment", number)
    books.tables["supplier_payment"] = {
        "supplier_payment_id": number,
        "supplier_invoice_id": number,
        "entity_id": entities(entity),
        "supplier_id": Coded(bills.supplier[row], world.names.suppliers),
        "paid_on": day,
        "currency_code": currencies(currency),
        "paid_amount": gross,
        "entity_amount": paid,
        "entered_on": day,
    }
