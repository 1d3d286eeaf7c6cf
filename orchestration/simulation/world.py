"""What every process starts from: the run's options, calendar, rates, draws, life and master data."""

from dataclasses import dataclass
from functools import cached_property

from orchestration.simulation.calendars import Calendar
from orchestration.simulation.exchange import Rates
from orchestration.simulation.life import Life
from orchestration.simulation.master_data import MasterData
from orchestration.simulation.names import Names
from orchestration.simulation.randomness import Draws


@dataclass(frozen=True)
class World:
    """One company: the same options, the same company."""

    seed: int
    years: int
    scale: float
    without: frozenset[str] = frozenset()
    """Planted effects that are left out."""

    @cached_property
    def draws(self) -> Draws:
        """Random numbers."""
        return Draws(self.seed)

    @cached_property
    def calendar(self) -> Calendar:
        """Days and periods."""
        return Calendar(self.years)

    @cached_property
    def rates(self) -> Rates:
        """Exchange rates."""
        return Rates(self.calendar, self.draws)

    @cached_property
    def life(self) -> Life:
        """Planted effects."""
        return Life(self.calendar, self.without)

    @cached_property
    def master(self) -> MasterData:
        """Products, customers and suppliers."""
        return MasterData(self.scale, self.calendar, self.rates, self.life, self.draws)

    @cached_property
    def names(self) -> Names:
        """Codes."""
        return Names(self.master)
