"""What happens to the company: planted shocks, failures, price changes, initiatives and anomalies, with place and size.

The processes ask here what strikes them. The same objects become truth/effect.csv, so that nothing is planted unsaid.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from orchestration.simulation.setting.calendars import NEVER, OPENING_DAY, Calendar, date_of, day_number
from orchestration.simulation.setting.company import FAMILIES
from orchestration.simulation.setting.randomness import Floats, Ints

_SCRAP_SHARE = 0.020
"""Share of the units made that are scrapped."""
_POOR_SCRAP_SHARE = 0.045
"""The same on the line that the initiative is for, before it."""


@dataclass(frozen=True)
class Effect:
    """One planted effect. `last_day` is None if it lasts; `size` is in `unit`."""

    effect_id: str
    effect_type: str
    entity: int
    scope: str
    first_day: int
    last_day: int | None
    measure: str
    size: float
    unit: str
    description: str


@dataclass(frozen=True)
class Life:
    """The planted effects of one company; where they lie depends on how many years there are."""

    calendar: Calendar
    without: frozenset[str] = frozenset()
    """Effects that are left out, by effect_id: their first day does not come."""

    def _first_day(self, effect_id: str, share: float) -> int:
        """Return the first day of the month in which a share of the whole time has passed; NEVER if left out."""
        if effect_id in self.without:
            return NEVER
        length = int(self.calendar.last_days.min()) - OPENING_DAY
        return day_number(date_of(OPENING_DAY + 1 + int(length * share)).replace(day=1))

    @cached_property
    def demand_shock(self) -> Effect:
        """Fewer orders."""
        first = self._first_day("demand-shock", 0.45)
        return Effect(
            "demand-shock",
            "demand_shock",
            0,
            FAMILIES[0],
            first,
            first + 119,
            "order lines",
            0.70,
            "factor",
            "Customers of DE01 order 30 % fewer lines of centrifugal pumps for 120 days.",
        )

    @cached_property
    def demand_surge(self) -> Effect:
        """More orders."""
        first = self._first_day("demand-surge", 0.72)
        return Effect(
            "demand-surge",
            "demand_shock",
            1,
            FAMILIES[2],
            first,
            first + 74,
            "order lines",
            1.40,
            "factor",
            "Customers of US01 order 40 % more lines of vacuum pumps for 75 days.",
        )

    @cached_property
    def price_change(self) -> Effect:
        """Higher list prices of a family, everywhere."""
        return Effect(
            "price-change",
            "price_change",
            0,
            FAMILIES[1],
            self._first_day("price-change", 0.55),
            None,
            "list price",
            1.06,
            "factor",
            "List prices of metering pumps rise by 6 %, in all entities.",
        )

    @cached_property
    def supplier_failure(self) -> Effect:
        """A supplier ships nothing; the scope is the first material supplier of the entity."""
        first = self._first_day("supplier-failure", 0.30)
        return Effect(
            "supplier-failure",
            "supplier_failure",
            0,
            "S00001",
            first,
            first + 69,
            "shipments",
            70.0,
            "days",
            "The supplier of DE01 ships nothing for 70 days; what was due then comes in the two weeks after.",
        )

    @cached_property
    def scrap_initiative(self) -> Effect:
        """Less scrap on one line."""
        return Effect(
            "scrap-initiative",
            "initiative",
            0,
            "DE-KAS-L1",
            self._first_day("scrap-initiative", 0.50),
            None,
            "scrap share",
            0.4,
            "factor",
            f"On line DE-KAS-L1 the expected scrap share falls from {_POOR_SCRAP_SHARE:.1%} to two fifths of it.",
        )

    @cached_property
    def collection_initiative(self) -> Effect:
        """Customers of one entity pay earlier, on invoices from the day on."""
        return Effect(
            "collection-initiative",
            "initiative",
            2,
            "customers",
            self._first_day("collection-initiative", 0.40),
            None,
            "days to pay",
            -8.0,
            "days",
            "Customers of GB01 pay 8 days earlier on invoices from that day on.",
        )

    @cached_property
    def duplicate_invoice(self) -> Effect:
        """A service invoice that is entered twice, and paid twice."""
        return Effect(
            "duplicate-invoice",
            "anomaly",
            1,
            "6500",
            self._first_day("duplicate-invoice", 0.62),
            None,
            "expense",
            0.0,
            "USD",
            "The largest invoice for professional services of that month in US01 is entered and paid twice.",
        )

    @cached_property
    def decimal_slip(self) -> Effect:
        """A freight invoice with the decimal point one place to the right; nobody corrects it."""
        return Effect(
            "decimal-slip",
            "anomaly",
            3,
            "6590",
            self._first_day("decimal-slip", 0.80),
            None,
            "expense",
            0.0,
            "EUR",
            "An invoice for freight in FR01 is entered and paid with ten times its amount.",
        )

    @cached_property
    def effects(self) -> tuple[Effect, ...]:
        """All that are planted."""
        designed = (
            self.demand_shock,
            self.demand_surge,
            self.price_change,
            self.supplier_failure,
            self.scrap_initiative,
            self.collection_initiative,
            self.duplicate_invoice,
            self.decimal_slip,
        )
        return tuple(effect for effect in designed if effect.first_day < NEVER)

    def demand_factor(self, entity: Ints, family: Ints, day: Ints) -> Floats:
        """Return the factor on order lines, for each line."""
        factor = np.ones(len(day))
        for effect in (self.demand_shock, self.demand_surge):
            struck = (entity == effect.entity) & (family == FAMILIES.index(effect.scope))
            struck &= (day >= effect.first_day) & (day <= (effect.last_day or 0))
            factor[struck] = effect.size
        return factor

    def scrap_share(self, entity: Ints, line: Ints, day: Ints) -> Floats:
        """Return the expected share of units scrapped; `line` is the number of the work centre in its plant, from 0."""
        effect = self.scrap_initiative
        is_poor = (entity == effect.entity) & (line == 0)
        share = np.where(is_poor, _POOR_SCRAP_SHARE, _SCRAP_SHARE)
        return np.where(is_poor & (day >= effect.first_day), share * effect.size, share)

    def days_to_pay(self, entity: Ints, day: Ints) -> Ints:
        """Return the change of the days that customers take to pay, for each invoice."""
        effect = self.collection_initiative
        return np.where((entity == effect.entity) & (day >= effect.first_day), int(effect.size), 0)
