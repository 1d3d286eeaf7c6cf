"""What every process starts from: the run's options, calendar, rates, draws, life and master data."""

from dataclasses import dataclass
from functools import cached_property

from orchestration.simulation.setting.calendars import Calendar
from orchestration.simulation.setting.exchange import Rates
from orchestration.simulation.setting.life import Life
from orchestration.simulation.setting.master_data import MasterData
from orchestration.simulation.setting.names import Names
from orchestration.simulation.setting.randomness import Draws


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
