"""Output tables of the master data: entities, accounts, periods, rates, products, customers, suppliers."""

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, TableData, currencies, entities, sites, texts
from orchestration.simulation.books.contract import chart_of_accounts
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import ADJUSTMENT, CLOSE
from orchestration.simulation.processes.order_to_cash import new_terms, terms
from orchestration.simulation.processes.production_documents import work_centres
from orchestration.simulation.processes.sales_documents import product_key, territory
from orchestration.simulation.processes.stock import Stock
from orchestration.simulation.setting import naming
from orchestration.simulation.setting.calendars import FIRST_YEAR, NEVER, OPENING_DAY, ORIGIN, Calendar
from orchestration.simulation.setting.company import (
    CHANNELS,
    CURRENCIES,
    DEPARTMENTS,
    ENTITIES,
    FAMILIES,
    GROUP,
    PARENT,
    TERRITORIES,
)
from orchestration.simulation.setting.exchange import UNIT
from orchestration.simulation.setting.randomness import Ints, divided
from orchestration.simulation.setting.world import World

_CHANGED = ("territory_id", "payment_terms_days", "credit_limit_amount")
_COUNTRY_OF_CURRENCY = ("DE", "US", "GB")
_LONG_AGO = 3_000


def fill(books: Books, stock: Stock) -> None:
    """Fill all master data tables."""
    world, tables = books.world, books.tables
    tables["entity"] = _entities()
    tables["site"] = {
        "site_id": sites(_all(ENTITIES)),
        "entity_id": entities(_all(ENTITIES)),
        "site_name": texts([e.site_name for e in ENTITIES]),
        "site_type": texts(["plant" if e.makes else "distribution" for e in ENTITIES]),
        "country_code": texts([e.country for e in ENTITIES]),
        "area_square_feet": np.array([e.square_feet for e in ENTITIES], dtype=np.int64),
    }
    tables["department"] = {
        "department_code": texts([d[0] for d in DEPARTMENTS]),
        "department_name": texts([d[1] for d in DEPARTMENTS]),
        "parent_department_code": texts([d[2] for d in DEPARTMENTS]),
    }
    accounts = list(chart_of_accounts().values())
    tables["account"] = {
        "account_code": texts([a.code for a in accounts]),
        "account_name": texts([a.name for a in accounts]),
        "account_type": texts([a.kind for a in accounts]),
        "parent_account_code": texts([a.parent_code or None for a in accounts]),
        "is_posting_account": np.array([a.is_posting for a in accounts]),
        "statement_line_code": texts([a.line_code or None for a in accounts]),
        "cash_flow_line_code": texts([a.cash_flow_line_code or None for a in accounts]),
    }
    tables["territory"] = {
        "territory_id": np.array([t[0] for t in TERRITORIES], dtype=np.int64),
        "territory_name": texts([t[1] for t in TERRITORIES]),
        "country_name": texts([t[2] for t in TERRITORIES]),
        "territory_group": texts([t[3] for t in TERRITORIES]),
        "entity_id": entities(np.array([t[4] for t in TERRITORIES], dtype=np.int64)),
    }
    tables["fiscal_period"] = _periods(world.calendar)
    tables["exchange_rate"] = _rates(world)
    tables["customer"] = customers(world, int(world.calendar.last_days.max()))
    tables["customer_change"] = _customer_changes(world)
    tables["supplier"] = _suppliers(world)
    tables["product"] = _products(world, stock)
    tables["product_version"] = _versions(world)
    tables["standard_cost"] = _standard_costs(world)
    tables["bill_of_material"] = _bills(world)
    _making(world, tables)


def _all(things: tuple[object, ...]) -> Ints:
    return np.arange(len(things), dtype=np.int64)


def _entities() -> TableData:
    return {
        "entity_id": texts([GROUP, *[e.code for e in ENTITIES]]),
        "entity_name": texts(["Tarnvale Group", *[e.name for e in ENTITIES]]),
        "parent_entity_id": texts([None, *[GROUP if n == PARENT else ENTITIES[PARENT].code for n in _all(ENTITIES)]]),
        "currency_code": texts(["EUR", *[CURRENCIES[e.currency] for e in ENTITIES]]),
        "ownership_share": np.array([10_000, *[e.ownership_basis_points for e in ENTITIES]], dtype=np.int64),
        "calendar": texts(["month", *[e.calendar for e in ENTITIES]]),
        "country_code": texts(["DE", *[e.country for e in ENTITIES]]),
        "time_zone": texts(["Europe/Berlin", *[e.time_zone for e in ENTITIES]]),
        "is_group": np.array([True, *[False] * len(ENTITIES)]),
    }


def _periods(calendar: Calendar) -> TableData:
    rows: list[tuple[int, int, int, int, int, int]] = []  # entity (4 is the group), year, period, start, end, closed
    for number in range(len(ENTITIES) + 1):
        is_group = number == len(ENTITIES)
        ends = calendar.month_ends if is_group else calendar.period_ends[number]
        starts = np.concatenate([[OPENING_DAY + 1], ends[:-1] + 1])
        closed = calendar.closed_days.max(axis=0) if is_group else calendar.closed_days[number]
        rows.append((number, 0, 0, OPENING_DAY, OPENING_DAY, OPENING_DAY))
        for period in range(calendar.period_count):
            year, place = divmod(period, 12)
            rows.append((number, year, place + 1, int(starts[period]), int(ends[period]), int(closed[period])))
            if place == 11:  # noqa: PLR2004 - the last period of the year
                last, done = int(ends[period]), int(closed[period])
                rows.append((number, year, ADJUSTMENT, last, last, done + 11))
                rows.append((number, year, CLOSE, last, last, done + 14))
    entity, year, period, start, end, closed_on = np.array(rows, dtype=np.int64).T
    kind = np.select([period == 0, period <= 12, period == ADJUSTMENT], [0, 1, 2], 3)  # noqa: PLR2004
    return {
        "entity_id": Coded(entity, [*[e.code for e in ENTITIES], GROUP]),
        "period_id": texts([f"{FIRST_YEAR + y}-{p:02d}" for y, p in zip(year, period, strict=True)]),
        "period_type": Coded(kind, ["opening", "regular", "year_end_adjustment", "year_end_close"]),
        "fiscal_year": FIRST_YEAR + year,
        "fiscal_period": period,
        "fiscal_quarter": np.where(period == 0, 0, np.minimum((period - 1) // 3 + 1, 4)),
        "starts_on": start,
        "ends_on": end,
        "closed_on": closed_on,
    }


def _rates(world: World) -> TableData:
    days = np.arange(int(world.calendar.last_days.max()) + 1, dtype=np.int64)
    day, currency = (a.ravel() for a in np.meshgrid(days, _all(CURRENCIES), indexing="ij"))
    return {
        "currency_code": currencies(currency),
        "rate_on": day,
        "average_rate": world.rates.average[currency, day],
        "end_of_day_rate": world.rates.end_of_day[currency, day],
        "entered_on": day,
    }


def customers(world: World, day: int) -> TableData:
    """Return the customers with the terms, territories and credit limits that they had on a day."""
    master = world.master
    customer = np.arange(len(master.customer_entity), dtype=np.int64)
    entity = master.customer_entity
    last = np.minimum(world.calendar.last_days[entity], day)
    place = (customer - master.customer_first[entity]) / master.customer_counts[entity]
    is_new = place >= 0.8  # noqa: PLR2004 - the share of customers known from the start, as in `demand`
    joined = np.floor((place - 0.8) / 0.2 * float(world.calendar.last_days.max())).astype(np.int64)
    before = -world.draws.integers("customer/created", 30, _LONG_AGO, customer)
    country = [_COUNTRY_OF_CURRENCY[c] for c in master.customer_currency]
    abroad = master.customer_is_abroad
    country = [c if a else ENTITIES[e].country for e, a, c in zip(entity, abroad, country, strict=True)]
    return {
        "customer_id": Coded(customer, world.names.customers),
        "customer_name": texts(naming.customer_names(country)),
        "entity_id": entities(entity),
        "territory_id": territory(world, customer, last),
        "channel": Coded(master.customer_channel, CHANNELS),
        "country_code": texts(country),
        "currency_code": currencies(master.customer_currency),
        "payment_terms_days": terms(master, customer, last),
        "credit_limit_amount": np.where(last >= master.customer_limit_day, master.new_limit, master.customer_limit),
        "created_on": np.where(is_new, joined, before),
    }


def _customer_changes(world: World) -> TableData:
    master = world.master
    day = master.customer_change_day
    customer = np.flatnonzero(day <= world.calendar.last_days[master.customer_entity])
    is_terms = customer % 2 == 0
    old = np.where(is_terms, master.customer_terms[customer], master.customer_territory[customer])
    new = np.where(is_terms, new_terms(master)[customer], master.new_territory[customer])
    kept = np.flatnonzero(old != new)
    customer, field, old, new = customer[kept], is_terms[kept].astype(np.int64), old[kept], new[kept]
    rated = np.flatnonzero(master.customer_limit_day <= world.calendar.last_days[master.customer_entity])
    changed_on = np.concatenate([day[customer], master.customer_limit_day[rated]])
    values = [np.concatenate([old, master.customer_limit[rated]]), np.concatenate([new, master.new_limit[rated]])]
    field = np.concatenate([field, np.full(len(rated), len(_CHANGED) - 1, dtype=np.int64)])
    said = [
        [
            f"{v / 100:.2f}" if _CHANGED[f] == "credit_limit_amount" else str(v)
            for v, f in zip(value, field, strict=True)
        ]
        for value in values
    ]
    return {
        "customer_id": Coded(np.concatenate([customer, rated]), world.names.customers),
        "changed_on": changed_on,
        "field_name": Coded(field, _CHANGED),
        "old_value": texts(said[0]),
        "new_value": texts(said[1]),
        "entered_on": changed_on,
    }


def _suppliers(world: World) -> TableData:
    master = world.master
    number = np.arange(len(master.supplier_entity), dtype=np.int64)
    material = master.supplier_is_material
    country = [
        ENTITIES[e].country if ENTITIES[e].currency == c else _COUNTRY_OF_CURRENCY[c]
        for e, c in zip(master.supplier_entity, master.supplier_currency, strict=True)
    ]
    return {
        "supplier_id": Coded(number, world.names.suppliers),
        "supplier_name": texts(naming.supplier_names(master, country)),
        "entity_id": entities(master.supplier_entity),
        "supplier_type": Coded(material.astype(np.int64), ["service", "material"]),
        "country_code": texts(country),
        "currency_code": currencies(master.supplier_currency),
        "payment_terms_days": master.supplier_terms,
        "lead_time_days": master.supplier_lead,
        "credit_rating": world.draws.integers("supplier/rating", 1, 5, number),
        "is_preferred": world.draws.chance("supplier/preferred", 0.4, number),
        "is_active": np.ones(len(number), dtype=bool),
    }


def _products(world: World, stock: Stock) -> TableData:
    master = world.master
    product = np.arange(master.product_count, dtype=np.int64)
    finished = product < master.finished_count
    family = np.where(finished, master.family[product % master.finished_count], len(FAMILIES))
    weekly = stock.issued[master.owner, product].sum(axis=1) * 7 / stock.issued.shape[2]
    safety = np.floor(weekly * master.safety_weeks[master.owner, product]).astype(np.int64)
    supplier = np.full(master.product_count, -1, dtype=np.int64)
    supplier[master.finished_count :] = master.component_supplier
    lead_weeks = np.where(finished, 1, (master.supplier_lead[np.maximum(supplier, 0)] + 6) // 7)
    return {
        "product_id": Coded(product, world.names.products),
        "product_name": texts(naming.product_names(master, world.draws)),
        "product_category_name": Coded(family, [*FAMILIES, "Components"]),
        "product_subcategory_name": texts(naming.subcategories(master)),
        "is_finished_good": finished,
        "is_made": finished,
        "making_entity_id": entities(master.owner),
        "supplier_id": Coded(supplier, world.names.suppliers),
        "safety_stock_qty": safety,
        "reorder_point_qty": safety + np.ceil(weekly * lead_weeks).astype(np.int64),
    }


def _versions(world: World) -> TableData:
    master = world.master
    days = master.version_days
    product, version = np.nonzero(days[master.family] < NEVER)
    first = days[master.family[product], version]
    january = [(ORIGIN.replace(year=FIRST_YEAR + y, month=1, day=1) - ORIGIN).days for y in range(world.calendar.years)]
    january[0] = int(days.min())
    component = np.arange(master.finished_count, master.product_count, dtype=np.int64)
    product = np.concatenate([product, np.repeat(component, len(january))])
    first = np.concatenate([first, np.tile(np.array(january, dtype=np.int64), len(component))])
    following = np.concatenate([first[1:] - 1, [NULL]])
    is_last = np.concatenate([product[1:] != product[:-1], [True]])
    year = world.calendar.calendar_year_of_day[np.maximum(first, 0)]
    owner = master.owner[product]
    plan = world.rates.plan[np.array([e.currency for e in ENTITIES])[owner], year]
    cost = divided(master.standard_cost[owner, year, product] * plan, UNIT)
    finished = product < master.finished_count
    shown = np.where(finished, product, 0)
    price = np.where(finished, master.list_price[shown, master.version(shown, first)], 0)
    return {
        "product_key": product_key(world, product, first),
        "product_id": Coded(product, world.names.products),
        "valid_from_on": first,
        "valid_to_on": np.where(is_last, NULL, following),
        "standard_cost_amount": cost,
        "list_price_amount": price,
        "is_current": is_last,
    }


def _standard_costs(world: World) -> TableData:
    master, calendar = world.master, world.calendar
    entity, product, year = np.nonzero(np.moveaxis(master.standard_cost, 1, 2))
    starts = np.concatenate([np.full((len(ENTITIES), 1), -_LONG_AGO), calendar.period_starts[:, 12::12]], axis=1)
    is_last = year == calendar.years - 1
    following = starts[entity, np.minimum(year + 1, calendar.years - 1)] - 1
    cost = master.standard_cost[entity, year, product]
    makes = (product < master.finished_count) & (master.owner[product] == entity)
    shown = np.where(makes, product, 0)
    conversion = np.where(makes, master.standard_conversion[year, shown], 0)
    return {
        "entity_id": entities(entity),
        "product_id": Coded(product, world.names.products),
        "valid_from_on": starts[entity, year],
        "valid_to_on": np.where(is_last, NULL, following),
        "currency_code": currencies(np.array([e.currency for e in ENTITIES])[entity]),
        "material_cost_amount": cost - conversion,
        "conversion_cost_amount": conversion,
        "standard_cost_amount": cost,
    }


def _bills(world: World) -> TableData:
    master = world.master
    product, place = (a.ravel() for a in np.indices(master.bill.shape))
    return {
        "product_id": Coded(product, world.names.products),
        "component_id": Coded(master.bill[product, place], world.names.products),
        "component_qty": master.bill_quantity[product, place],
    }


def _making(world: World, tables: dict[str, TableData]) -> None:
    codes, counts = work_centres(world), world.master.line_counts
    plant = np.repeat(np.arange(len(counts), dtype=np.int64), counts)
    tables["work_centre"] = {
        "work_centre_id": texts(codes),
        "site_id": sites(plant),
        "work_centre_name": texts([f"Assembly line {code.rpartition('L')[2]}" for code in codes]),
    }
    product = np.arange(world.master.finished_count, dtype=np.int64)
    tables["routing"] = {
        "product_id": Coded(product, world.names.products),
        "site_id": sites(world.master.owner[product]),
        "setup_minutes": world.master.setup_minutes,
        "run_minutes_per_unit": world.master.run_hundredths,
    }
