"""Which disturbances are made, and in which chains: together, which is quick, or apart, which tells which one it was."""

from collections.abc import Sequence

from tests.faults.harness.damage import (
    damage_of_the_mart,
    damages,
    damages_of_what_is_made_anew,
    damages_that_stop_a_run,
)
from tests.faults.harness.kills import kills
from tests.faults.harness.neighbours import neighbours
from tests.faults.harness.surroundings import OBSTACLES, SURROUNDINGS, strange_surroundings
from tests.faults.harness.trials import Disturbance

Chain = Sequence[Disturbance]
_KILLS_IN_A_CHAIN = 5


def together(number_of_kills: int, publications: int) -> list[Chain]:
    """Return the kills in two chains, and the others in as few as there can be, each of them once.

    A run to its end costs half a minute of processor time, so one is shared by all disturbances that can share it.
    """
    first, later, *_ = [*kills(number_of_kills, max(1, -(-number_of_kills // 2))), [], []]
    chains: list[Chain] = [
        [*OBSTACLES, *damages_that_stop_a_run(), *later],  # as long as a run has work left, it meets the obstacles
        first,
        [*damages_of_what_is_made_anew(), strange_surroundings(), damage_of_the_mart()],
        *([each] for each in neighbours(publications)),
    ]
    return [chain for chain in chains if chain]


def apart(number_of_kills: int, each: int, publications: int) -> list[Chain]:
    """Return the kills in chains of five, and each other disturbance so many times with runs of its own."""
    others = [*damages(each), *SURROUNDINGS * each, *neighbours(publications)]
    return [*kills(number_of_kills, _KILLS_IN_A_CHAIN), *([other] for other in others)]
