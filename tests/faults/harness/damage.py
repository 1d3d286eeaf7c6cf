"""Files of the product that are cut off or have bits flipped: what it keeps, what it makes, and what it remembers."""

import shutil
from collections.abc import Callable
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
        return Disturbed(is_broken=True)


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
    _Damaged("the mart", ("published/*.duckdb",), mend=_moved_away("published/mart.duckdb")),
    _Damaged("the unchanged mart", ("published/*.duckdb",), "same", _moved_away("published/mart.duckdb")),
    _Damaged("dbt's partial_parse.msgpack", ("dbt/partial_parse.msgpack",)),
    _Damaged("dbt's manifest", ("dbt/*manifest.json",)),
    _Damaged("the stamp of what dbt has parsed", ("dbt/parsed.txt",)),
    _Damaged("what one run hands to the next", ("state/*.json", "dbt/run_results.json")),
    _Damaged("what one run hands to the next, sources unchanged,", ("state/*.json",), "same"),
    _Damaged("Dagster's storage", ("dagster/**/*.db",), mend=_moved_away("dagster")),
)


def damages(each: int) -> list[Disturbance]:
    """Return the damages, each so many times, in one way and the other by turns."""
    ways = list(_WAYS)
    return [damaged.by(ways[(place + n) % 2]) for n in range(each) for place, damaged in enumerate(_DAMAGED)]
