"""Files of the product that are cut off or have bits flipped: what it keeps, what it makes, and what it remembers."""

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from tests.faults.harness.site import Site
from tests.faults.harness.trials import Disturbance, Disturbed, Truth

_FLIPPED_BITS = 3
_CHANGED = "journal"
"""The table of which nothing that was current before the sources change is read after it."""


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def _flipped(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(_FLIPPED_BITS):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


_WAYS: dict[str, Callable[[bytes, Random], bytes]] = {"is cut off": _cut, "has flipped bits": _flipped}


@dataclass(frozen=True)
class _Damaged:
    """Files below the data of which one is damaged."""

    what: str
    patterns: tuple[str, ...]
    start: str = "changed"
    mend: Callable[[Site], str] | None = None
    changes: int = 1
    """A mart that begins anew has a publication and a report of what is known already."""

    def by(self, way: str) -> Disturbance:
        """Return the damage in one way."""
        return Disturbance(f"{self.what} {way}", partial(self._disturb, way), self.start, self.mend)

    def _disturb(self, way: str, site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG002
        files = sorted(file for pattern in self.patterns for file in site.data.glob(pattern) if _is_read(file))
        file = random.choice(files)
        mode = file.stat().st_mode
        content = _WAYS[way](file.read_bytes(), random)
        file.chmod(0o644)
        file.write_bytes(content)
        file.chmod(mode)
        return Disturbed(is_broken=True, changes=self.changes)


def _is_read(file: Path) -> bool:
    return file.stat().st_size > 0 and _CHANGED not in file.parts


def _from_backup(part: str) -> Callable[[Site], str]:
    def mend(site: Site) -> str:
        shutil.rmtree(site.data / part)
        shutil.copytree(site.folder / "kept" / "published" / part, site.data / part, symlinks=True)
        return "restores it from a backup, and runs again"

    return mend


def _moved_away(place: str) -> Callable[[Site], str]:
    def mend(site: Site) -> str:
        away = site.folder / "moved-away"
        shutil.rmtree(away, ignore_errors=True)
        away.mkdir()
        shutil.move(site.data / place, away)
        return "moves it away, and runs again"

    return mend


_DAMAGED = (
    _Damaged("Parquet of the lake", ("raw/*/*/batch=*/*.parquet",), mend=_from_backup("raw")),
    _Damaged("a batch's manifest", ("raw/*/*/batch=*/manifest.json",), mend=_from_backup("raw")),
    _Damaged("a table's snapshot", ("raw/*/*/snapshots/*.json",), mend=_from_backup("raw")),
    _Damaged("the warehouse", ("warehouse/*.duckdb",), mend=_moved_away("warehouse/warehouse.duckdb")),
    _Damaged("Dagster's storage", ("dagster/**/*.db",), mend=_moved_away("dagster")),
)
_DAMAGED_MARTS = (
    _Damaged("the mart", ("published/*.duckdb",), mend=_moved_away("published/mart.duckdb")),
    _Damaged("the unchanged mart", ("published/*.duckdb",), "same", _moved_away("published/mart.duckdb"), changes=2),
)
_MADE_ANEW = (
    _Damaged("dbt's partial_parse.msgpack", ("dbt/partial_parse.msgpack",)),
    _Damaged("dbt's manifest", ("dbt/*manifest.json",)),
    _Damaged("the stamp of what dbt has parsed", ("dbt/parsed.txt",)),
    _Damaged("what one run hands to the next", ("state/*.json", "dbt/run_results.json")),
)
_UNCHANGED = _Damaged("what one run hands to the next, sources unchanged,", ("state/*.json",), "same")


def damages(each: int) -> list[Disturbance]:
    """Return the damages, each so many times, in one way and the other by turns."""
    everything = (*_DAMAGED, *_DAMAGED_MARTS, *_MADE_ANEW, _UNCHANGED)
    return [disturbance for n in range(each) for disturbance in _by_turns(everything, n)]


def damages_that_stop_a_run() -> list[Disturbance]:
    """Return those that are mended one after the other before a run comes to its end."""
    return _by_turns(_DAMAGED, 0)


def damages_of_what_is_made_anew() -> list[Disturbance]:
    """Return those that one run bears together."""
    return _by_turns(_MADE_ANEW, 0)


def damage_of_the_mart() -> Disturbance:
    """Return the damage of a mart that is of the sources as they are."""
    return _DAMAGED_MARTS[1].by("has flipped bits")


def _by_turns(damaged: Sequence[_Damaged], first: int) -> list[Disturbance]:
    ways = list(_WAYS)
    return [each.by(ways[(place + first) % 2]) for place, each in enumerate(damaged)]
