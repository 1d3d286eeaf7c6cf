"""Random numbers that depend on nothing but the seed, their purpose and the number of the thing they are for.

Every draw is a hash (SplitMix64's finaliser), so no draw depends on the order, the batches or the threads that others
are made in. Only additions, multiplications and comparisons follow, which every machine rounds alike.
"""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Number = Ints | int

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)


class Draws:
    """The random numbers of one company."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def bits(self, purpose: str, *numbers: Number) -> npt.NDArray[np.uint64]:
        """Return 64 random bits for each thing that `numbers` (arrays that broadcast) identify."""
        key = int.from_bytes(hashlib.sha256(f"{self._seed}/{purpose}".encode()).digest()[:8], "little")
        state: Any = np.uint64(key)
        with np.errstate(over="ignore"):
            for number in numbers:
                state = _mixed((state + np.asarray(number).astype(np.uint64)) * _GOLDEN)
        return np.asarray(state, dtype=np.uint64)

    def uniform(self, purpose: str, *numbers: Number) -> Floats:
        """Return numbers from 0 to 1, 1 excluded, of 53 bits."""
        return (self.bits(purpose, *numbers) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def integers(self, purpose: str, low: Number, high: Number, *numbers: Number) -> Ints:
        """Return whole numbers from `low` to `high`, both included."""
        span = np.asarray(high, dtype=np.int64) - np.asarray(low, dtype=np.int64) + 1
        return np.asarray(low, dtype=np.int64) + np.floor(self.uniform(purpose, *numbers) * span).astype(np.int64)

    def chance(self, purpose: str, probability: float | Floats, *numbers: Number) -> Bools:
        """Return true with a probability."""
        return np.asarray(self.uniform(purpose, *numbers) < probability)

    def choose(self, purpose: str, weights: list[int], *numbers: Number) -> Ints:
        """Return places in `weights`, each as likely as its weight."""
        bounds = np.cumsum(np.asarray(weights, dtype=np.float64)) / float(sum(weights))
        return np.searchsorted(bounds[:-1], self.uniform(purpose, *numbers), side="right").astype(np.int64)

    def bell(self, purpose: str, *numbers: Number) -> Floats:
        """Return numbers of mean 0 and standard deviation 1 between -3.5 and 3.5: four uniform numbers added."""
        total = sum(self.uniform(f"{purpose}/{part}", *numbers) for part in range(4))
        return np.asarray((total - 2.0) * 1.7320508075688772)


def rounded(amount: Floats) -> Ints:
    """Return the nearest whole numbers; halves go up."""
    return np.floor(amount + 0.5).astype(np.int64)


def divided(numerator: Ints, denominator: Number) -> Ints:
    """Divide whole numbers and round half away from zero; the denominator is positive."""
    magnitude = (2 * np.abs(numerator) + denominator) // (2 * np.asarray(denominator, dtype=np.int64))
    return np.asarray(np.sign(numerator) * magnitude, dtype=np.int64)


def _mixed(state: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    state = (state ^ (state >> np.uint64(30))) * _FIRST
    state = (state ^ (state >> np.uint64(27))) * _SECOND
    return np.asarray(state ^ (state >> np.uint64(31)))
