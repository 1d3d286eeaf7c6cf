"""Products with bills of material, standard costs and prices; customers; suppliers. All arrays are by number.

Products are numbered finished goods first, then components. Costs are whole cents of the entity's currency.
"""

from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import numpy as np

from orchestration.simulation.setting.calendars import NEVER, OPENING_DAY, ORIGIN, Calendar, day_number
from orchestration.simulation.setting.company import (
    CONVERSION_CENTS_PER_MINUTE,
    CURRENCIES,
    ENTITIES,
    EXPORT_TERRITORY,
    FAMILIES,
    FAMILY_PRICE,
    FIRST_TERRITORY,
    MAKER_OF_FAMILY,
    MAKERS,
    SERVICE_TRADES,
    TERRITORY_COUNT,
    TRANSFER_MARGIN_PERCENT,
)
from orchestration.simulation.setting.exchange import UNIT, Rates
from orchestration.simulation.setting.life import Life
from orchestration.simulation.setting.randomness import Bools, Draws, Floats, Ints, divided, rounded

COMPONENTS_PER_PRODUCT = 4
_COST_SHARE = 0.52
_MATERIAL_SHARE = 0.62
_MATERIAL_PARTS = (0.40, 0.30, 0.20, 0.10)
_SCARCE = 0.35
"""Share of products with hardly any safety stock."""
JUST_IN_TIME = 0
"""Supplier of the first maker whose components, and what is made of them, are kept with hardly a safety stock."""
_JUST_IN_TIME_WEEKS = 1.5

_KEY_CUSTOMERS, _FIRST_CUSTOMERS = 0.05, 0.8
"""Shares of an entity's customers, in their order: the first are never lost, the last are new."""
_NEW_PER_YEAR, _ENDED_PER_YEAR = 0.06, 0.05

_INTERNET = 2
"""Number of the internet channel."""

_LINE_MINUTES_PER_WEEK = 5 * 900.0


def _numbers(count: int) -> Ints:
    return np.arange(count, dtype=np.int64)


@dataclass(frozen=True)
class MasterData:
    """The master data of one company."""

    scale: float
    calendar: Calendar
    rates: Rates
    life: Life
    draws: Draws

    # Products

    @cached_property
    def finished_count(self) -> int:
        """Finished goods; a multiple of the number of families."""
        return 4 * max(2, round(11 * sqrt(self.scale)))

    @cached_property
    def components_per_maker(self) -> int:
        """Components of each plant."""
        return max(12, round(36 * sqrt(self.scale)))

    @cached_property
    def product_count(self) -> int:
        """Finished goods and components."""
        return self.finished_count + len(MAKERS) * self.components_per_maker

    @cached_property
    def family(self) -> Ints:
        """Family of each finished good."""
        return _numbers(self.finished_count) % len(FAMILIES)

    @cached_property
    def owner(self) -> Ints:
        """Entity that makes the finished good or buys the component, by product."""
        components = np.repeat(np.array(MAKERS, dtype=np.int64), self.components_per_maker)
        return np.concatenate([np.array(MAKER_OF_FAMILY, dtype=np.int64)[self.family], components])

    @cached_property
    def popularity(self) -> Ints:
        """Weight of each finished good in demand, in thousandths of the mean."""
        share = self.draws.uniform("popularity", _numbers(self.finished_count))
        return rounded(250 + 2600 * share * share)

    @cached_property
    def base_price(self) -> Ints:
        """List price in EUR cents in the first year, whole euros; the mean of a family, by popularity, is given."""
        low, high = np.array(FAMILY_PRICE, dtype=np.int64).T
        drawn = self.draws.integers("price", low[self.family], high[self.family], _numbers(self.finished_count))
        weight, value = np.zeros_like(low), np.zeros_like(low)
        np.add.at(weight, self.family, self.popularity)
        np.add.at(value, self.family, self.popularity * drawn)
        level = (low + high) / 2.0 * weight / value
        return rounded(drawn * level[self.family]) * 100

    @cached_property
    def bill(self) -> Ints:
        """Components of each finished good, by finished good and place."""
        count = self.components_per_maker
        product = _numbers(self.finished_count)[:, None]
        place = _numbers(COMPONENTS_PER_PRODUCT)[None, :]
        first = self.draws.integers("bill/first", 0, count - 1, product)
        step = self.draws.integers("bill/step", 1, count // COMPONENTS_PER_PRODUCT, product)
        maker = self.owner[: self.finished_count, None]
        return np.asarray(self.finished_count + maker * count + (first + place * step) % count)

    @cached_property
    def bill_quantity(self) -> Ints:
        """Units of each component in one finished good."""
        price = self._component_cost[0][self.bill - self.finished_count]
        material = self._target_cost[:, None] * _MATERIAL_SHARE * np.array(_MATERIAL_PARTS)
        return np.maximum(1, rounded(material / price))

    @cached_property
    def _target_cost(self) -> Floats:
        """What a finished good should cost to make, in cents of its maker's currency."""
        currency = np.array([ENTITIES[m].currency for m in MAKERS])[self.owner[: self.finished_count]]
        return np.asarray(self.base_price * _COST_SHARE * UNIT / self.rates.plan[currency, 0])

    @cached_property
    def _component_cost(self) -> Ints:
        """Standard cost of each component, by year and component."""
        component = _numbers(self.product_count - self.finished_count)
        share = self.draws.uniform("component/cost", component)
        cost = rounded(600 + 13_000 * share * share)
        years = [cost]
        for year in range(1, self.calendar.years):
            rise = 1.025 + 0.02 * self.draws.bell("component/rise", year, component)
            years.append(np.maximum(100, rounded(years[-1] * rise)))
        return np.stack(years)

    @cached_property
    def run_hundredths(self) -> Ints:
        """Line minutes of one finished good by the routing, in hundredths."""
        rate = np.array(CONVERSION_CENTS_PER_MINUTE, dtype=np.float64)[self.owner[: self.finished_count]]
        return np.maximum(50, rounded(self._target_cost * (1 - _MATERIAL_SHARE) / rate * 100))

    @cached_property
    def setup_minutes(self) -> Ints:
        """Setup of a work order by the routing."""
        return self.draws.integers("setup", 15, 45, _numbers(self.finished_count))

    @cached_property
    def minute_rate(self) -> Ints:
        """Cents of a line's minute, by year and maker."""
        first = np.array(CONVERSION_CENTS_PER_MINUTE, dtype=np.int64)
        return np.stack([divided(first * (1000 + 28 * year), 1000) for year in range(self.calendar.years)])

    @cached_property
    def standard_material(self) -> Ints:
        """Material in a finished good at standard, by year and finished good, maker's currency."""
        cost = self._component_cost[:, self.bill - self.finished_count]
        return np.asarray((cost * self.bill_quantity).sum(axis=2))

    @cached_property
    def standard_conversion(self) -> Ints:
        """Labour and overhead in a finished good at standard, by year and finished good, maker's currency."""
        return divided(self.run_hundredths * self.minute_rate[:, self.owner[: self.finished_count]], 100)

    @cached_property
    def transfer_price(self) -> Ints:
        """Price to affiliated entities, by year and finished good, maker's currency."""
        made = self.standard_material + self.standard_conversion
        return divided(made * (100 + TRANSFER_MARGIN_PERCENT), 100)

    @cached_property
    def standard_cost(self) -> Ints:
        """Standard cost by entity, year and product in the entity's currency; 0 where the entity never stocks it."""
        cost = np.zeros((len(ENTITIES), self.calendar.years, self.product_count), dtype=np.int64)
        made = self.standard_material + self.standard_conversion
        finished, maker = self.finished_count, self.owner[: self.finished_count]
        currency = np.array([entity.currency for entity in ENTITIES])
        for number, entity in enumerate(ENTITIES):
            own, theirs = self.rates.plan[entity.currency], self.rates.plan[currency[maker]].T
            cross = (2 * theirs * UNIT + own[:, None]) // (2 * own[:, None])
            bought = divided(self.transfer_price * cross, UNIT)
            cost[number, :, :finished] = np.where(maker == number, made, bought)
            if number in MAKERS:
                theirs_to_buy = self.owner[finished:] == number
                cost[number, :, finished:] = np.where(theirs_to_buy, self._component_cost, 0)
        return cost

    @cached_property
    def safety_weeks(self) -> Floats:
        """Weeks of demand kept as safety stock, by entity and product: some too little, some too much."""
        entity, product = _numbers(len(ENTITIES))[:, None], _numbers(self.product_count)[None, :]
        share = self.draws.uniform("safety", entity, product)
        weeks = np.where(share < _SCARCE, share, 3.0 + 9.0 * (share - _SCARCE))
        tight = np.flatnonzero(self.component_supplier == JUST_IN_TIME) + self.finished_count
        tight = np.concatenate([tight, np.flatnonzero(np.isin(self.bill, tight).any(axis=1))])
        weeks[MAKERS[0], tight] = _JUST_IN_TIME_WEEKS
        return weeks

    # Prices

    @cached_property
    def version_days(self) -> Ints:
        """First days of the versions of each family, by family and version; the first one began long before."""
        years = [day_number(ORIGIN.replace(year=2023 + year, month=1, day=1)) for year in range(1, self.calendar.years)]
        change = self.life.price_change.first_day
        rows = []
        for family in FAMILIES:
            struck = [change] if family == self.life.price_change.scope and change not in years else []
            rows.append(sorted([day_number(ORIGIN.replace(year=2022, month=1, day=1)), *years, *struck]))
        width = max(map(len, rows))
        return np.array([row + [NEVER] * (width - len(row)) for row in rows], dtype=np.int64)

    def version(self, product: Ints, day: Ints) -> Ints:
        """Return the place of the version in `version_days` that holds on the day."""
        return np.asarray((self.version_days[self.family[product]] <= day[:, None]).sum(axis=1) - 1)

    @cached_property
    def list_price(self) -> Ints:
        """List price in EUR cents, by finished good and version; whole euros."""
        days = self.version_days[self.family]
        year = self.calendar.calendar_year_of_day[np.clip(days, 0, self.calendar.day_count - 1)]
        factor = np.array([1000, 1030, 1055, 1085, 1110, 1140, 1170, 1200, 1230, 1260])[np.minimum(year, 9)]
        change = self.life.price_change
        struck = (self.family == FAMILIES.index(change.scope))[:, None] & (days >= change.first_day)
        price = self.base_price[:, None] * factor / 1000 * np.where(struck, change.size, 1.0)
        return rounded(price / 100) * 100

    def price(self, product: Ints, currency: Ints, day: Ints) -> Ints:
        """Return the list price in a currency on a day: the EUR price at the calendar year's plan rate, to the cent."""
        euro = self.list_price[product, self.version(product, day)]
        plan = self.rates.plan[currency, self.calendar.calendar_year_of_day[day]]
        return divided(euro * UNIT, plan)

    # Work centres

    @cached_property
    def line_counts(self) -> tuple[int, ...]:
        """Work centres of each plant: enough for its mean demand in two shifts."""
        counts = []
        for maker in MAKERS:
            mine = self.owner[: self.finished_count] == maker
            weight = self.popularity[mine] / self.popularity.sum()
            minutes = (weight * self.run_hundredths[mine] / 100).sum() * 15.4 * self.scale * 5 * 2.05 * 4.2
            counts.append(max(2, int(minutes / _LINE_MINUTES_PER_WEEK) + 1))
        return tuple(counts)

    # Suppliers

    @cached_property
    def material_suppliers(self) -> int:
        """Material suppliers of each maker."""
        return max(5, round(9 * sqrt(self.scale)))

    @cached_property
    def service_suppliers(self) -> int:
        """Service suppliers of each entity."""
        return max(8, round(12 * sqrt(self.scale)))

    @cached_property
    def supplier_entity(self) -> Ints:
        """Entity of each supplier: those of material first, by maker, then those of services."""
        return np.concatenate(
            [
                np.repeat(np.array(MAKERS, dtype=np.int64), self.material_suppliers),
                np.repeat(_numbers(len(ENTITIES)), self.service_suppliers),
            ]
        )

    @cached_property
    def supplier_is_material(self) -> Bools:
        """Whether each supplier sells material."""
        return _numbers(len(self.supplier_entity)) < len(MAKERS) * self.material_suppliers

    @cached_property
    def service_trade(self) -> Ints:
        """Place of each supplier's trade in SERVICE_TRADES, -1 of material; every entity's suppliers go round them."""
        number = _numbers(len(self.supplier_entity)) - len(MAKERS) * self.material_suppliers
        return np.where(self.supplier_is_material, -1, number % self.service_suppliers % len(SERVICE_TRADES))

    @cached_property
    def supplier_currency(self) -> Ints:
        """Currency of each supplier: mostly the entity's; the first one of each maker always."""
        number = _numbers(len(self.supplier_entity))
        own = np.array([entity.currency for entity in ENTITIES])[self.supplier_entity]
        foreign = self.draws.chance("supplier/foreign", 0.25, number) & self.supplier_is_material
        foreign &= number % self.material_suppliers != 0
        other = self.draws.integers("supplier/currency", 1, len(CURRENCIES) - 1, number)
        return np.where(foreign, (own + other) % len(CURRENCIES), own)

    @cached_property
    def supplier_terms(self) -> Ints:
        """Days to pay each supplier."""
        number = _numbers(len(self.supplier_entity))
        return np.array([30, 30, 45, 60])[self.draws.integers("supplier/terms", 0, 3, number)]

    @cached_property
    def supplier_lead(self) -> Ints:
        """Days from order to receipt; 0 for services."""
        number = _numbers(len(self.supplier_entity))
        return np.where(self.supplier_is_material, self.draws.integers("supplier/lead", 10, 35, number), 0)

    @cached_property
    def component_supplier(self) -> Ints:
        """Supplier of each component, by component."""
        component = _numbers(self.product_count - self.finished_count)
        maker = component // self.components_per_maker
        return maker * self.material_suppliers + component % self.material_suppliers

    # Customers

    @cached_property
    def customer_counts(self) -> Ints:
        """Customers of each entity at the end."""
        orders = np.array([entity.orders_per_day for entity in ENTITIES])
        return np.maximum(12, rounded(orders * 14.0 * max(self.scale, 0.05) ** 0.5 * sqrt(sqrt(max(self.scale, 1.0)))))

    @cached_property
    def customer_first(self) -> Ints:
        """Number of each entity's first customer."""
        return np.concatenate([[0], np.cumsum(self.customer_counts)[:-1]])

    @cached_property
    def customer_entity(self) -> Ints:
        """Entity of each customer."""
        return np.repeat(_numbers(len(ENTITIES)), self.customer_counts)

    @cached_property
    def customer_channel(self) -> Ints:
        """Channel of each customer."""
        return self.draws.choose("customer/channel", [34, 48, 18], _numbers(len(self.customer_entity)))

    @cached_property
    def customer_currency(self) -> Ints:
        """Currency of each customer; one in twelve buys from abroad."""
        number = _numbers(len(self.customer_entity))
        own = np.array([entity.currency for entity in ENTITIES])[self.customer_entity]
        abroad = self.draws.chance("customer/abroad", 1 / 12, number) & (self.customer_channel != _INTERNET)
        other = self.draws.integers("customer/currency", 1, len(CURRENCIES) - 1, number)
        return np.where(abroad, (own + other) % len(CURRENCIES), own)

    @cached_property
    def customer_is_abroad(self) -> Bools:
        """Whether each customer is in another country than its entity: who buys in another currency is."""
        own = np.array([entity.currency for entity in ENTITIES])[self.customer_entity]
        return np.asarray(self.customer_currency != own)

    @cached_property
    def customer_discount(self) -> Ints:
        """Discount of each customer in thousandths."""
        number, channel = _numbers(len(self.customer_entity)), self.customer_channel
        low, high = np.array([60, 130, 0])[channel], np.array([170, 260, 40])[channel]
        return self.draws.integers("customer/discount", low, high, number)

    @cached_property
    def customer_terms(self) -> Ints:
        """Days to pay of each customer at first."""
        number = _numbers(len(self.customer_entity))
        terms = np.array([30, 30, 45, 60])[self.draws.integers("customer/terms", 0, 3, number)]
        return np.where(self.customer_channel == _INTERNET, 14, terms)

    @cached_property
    def customer_delay(self) -> Ints:
        """Days that each customer usually pays after the due day."""
        number = _numbers(len(self.customer_entity))
        share = self.draws.uniform("customer/delay", number)
        return rounded(-3 + 26 * share * share)

    @cached_property
    def customer_territory(self) -> Ints:
        """Territory of each customer at first: its entity's."""
        number, entity = _numbers(len(self.customer_entity)), self.customer_entity
        first, count = np.array(FIRST_TERRITORY)[entity], np.array(TERRITORY_COUNT)[entity]
        at_home = first + self.draws.integers("customer/territory", 0, count - 1, number)
        return np.where(self.customer_is_abroad, np.array(EXPORT_TERRITORY)[entity], at_home)

    @cached_property
    def new_territory(self) -> Ints:
        """Territory of each customer after the change, if there is one: another of its entity's at home."""
        entity = self.customer_entity
        first, count = np.array(FIRST_TERRITORY)[entity], np.array(TERRITORY_COUNT)[entity]
        moved = first + (self.customer_territory - first + 1) % count
        return np.where(self.customer_is_abroad, self.customer_territory, moved)

    @cached_property
    def customer_change_day(self) -> Ints:
        """Day on which a customer's terms (or, for every second, its territory) change; beyond the data for most."""
        number = _numbers(len(self.customer_entity))
        return self._day_of("customer/changes", 1 - 0.92**self.calendar.years, "customer/change", number)

    @cached_property
    def customer_limit(self) -> Ints:
        """Credit limit of each customer at first, in cents."""
        return self.draws.integers("customer/limit", 2, 60, _numbers(len(self.customer_entity))) * 500_000

    @cached_property
    def new_limit(self) -> Ints:
        """Credit limit of each customer after the change, if there is one: half as much again, or two thirds."""
        rises = self.draws.chance("customer/limit/rises", 0.7, _numbers(len(self.customer_entity)))
        return np.where(rises, self.customer_limit * 3 // 2, self.customer_limit * 2 // 3) // 100_000 * 100_000

    @cached_property
    def customer_limit_day(self) -> Ints:
        """Day on which a customer's credit limit changes; beyond the data for most."""
        number = _numbers(len(self.customer_entity))
        return self._day_of("customer/limit/changes", 1 - 0.9**self.calendar.years, "customer/limit/change", number)

    @cached_property
    def customer_last_day(self) -> Ints:
        """Day after which a customer orders no more; beyond the data for most, and for those who order most."""
        number = _numbers(len(self.customer_entity))
        place = (number - self.customer_first[self.customer_entity]) / self.customer_counts[self.customer_entity]
        day = self._day_of("customer/lost", 1 - 0.98**self.calendar.years, "customer/lost/day", number)
        return np.where((place > _KEY_CUSTOMERS) & (place < _FIRST_CUSTOMERS), day, NEVER)

    def _day_of(self, purpose: str, share: float, purpose_of_day: str, number: Ints) -> Ints:
        """Return the day on which something happens to each thing; NEVER to all but a share of them."""
        day = self.draws.integers(purpose_of_day, OPENING_DAY + 1, int(self.calendar.last_days.min()) - 30, number)
        return np.where(self.draws.chance(purpose, share, number), day, NEVER)

    # Life of products

    @cached_property
    def sale_days(self) -> tuple[Ints, Ints]:
        """First and last day of sale of each finished good: some are launched, some discontinued. Never a `leader`."""
        product = _numbers(self.finished_count)
        chosen = self.draws.uniform("product/life", product)
        years, is_leader = self.calendar.years, self.leader == product
        is_new = ~is_leader & (chosen < _NEW_PER_YEAR * (years - 1))
        is_ended = ~is_leader & (chosen > 1 - _ENDED_PER_YEAR * years)
        last = int(self.calendar.last_days.min()) - 60
        year, half = OPENING_DAY + 366, OPENING_DAY + 183
        launched = self.draws.integers("product/launch", year, max(last, year), product)
        ended = self.draws.integers("product/end", half, last, product)
        return np.where(is_new, launched, -1), np.where(is_ended & ~is_new, ended, NEVER)

    @cached_property
    def leader(self) -> Ints:
        """Most popular finished good of each one's family; it is bought where another is not on sale."""
        best = [np.flatnonzero(self.family == f) for f in range(len(FAMILIES))]
        first = np.array([mine[np.argmax(self.popularity[mine])] for mine in best], dtype=np.int64)
        return first[self.family]
