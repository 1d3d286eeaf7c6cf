"""Codes of customers, suppliers, products and partners, by their numbers."""

from dataclasses import dataclass
from functools import cached_property

from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.master_data import MasterData
from orchestration.simulation.setting.randomness import Ints


@dataclass(frozen=True)
class Names:
    """The codes. Partners are customers, then suppliers, then entities."""

    master: MasterData

    @cached_property
    def customers(self) -> list[str]:
        """Customer codes."""
        return [f"C{number + 1:06d}" for number in range(len(self.master.customer_entity))]

    @cached_property
    def suppliers(self) -> list[str]:
        """Supplier codes."""
        return [f"S{number + 1:05d}" for number in range(len(self.master.supplier_entity))]

    @cached_property
    def products(self) -> list[str]:
        """Product codes: P for finished goods, M for components."""
        first = self.master.finished_count
        return [
            f"P{number + 1:05d}" if number < first else f"M{number - first + 1:05d}"
            for number in range(self.master.product_count)
        ]

    @cached_property
    def partners(self) -> list[str]:
        """Codes of all that journals name as partner."""
        return [*self.customers, *self.suppliers, *[entity.code for entity in ENTITIES]]

    def customer(self, number: Ints) -> Ints:
        """Return the places of customers among partners."""
        return number

    def supplier(self, number: Ints) -> Ints:
        """Return the places of suppliers among partners."""
        return len(self.customers) + number

    def entity(self, number: Ints) -> Ints:
        """Return the places of entities among partners."""
        return len(self.customers) + len(self.suppliers) + number
