"""Faults of a simulation that a person can mend: each is one message."""

from orchestration.errors import TieoutError


class SimulationError(TieoutError):
    """What was asked for cannot be simulated or written: what is wrong, where, what to do."""
