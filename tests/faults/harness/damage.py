"""Files of the product that are cut off or have bits flipped: what it keeps, what it makes, and what it remembers."""

import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random

from tests.faults.harness.site import Site
from tests.faults.harness.trials import Disturbance, Disturbed, Truth

_FLIPPED_BITS = 3
_UNCHANGED = ("chart", "usd_rates", "budget", "products", "customers")
"""Tables whose batches are current before and after the sources change: what is damaged is read again."""


def _cut(content: bytes, random: Random) -> bytes:
    return content[: random.randrange(len(content))]


def _flipped(content: bytes, random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(_FLIPPED_BITS):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


_WAYS: dict[str, Callable[[bytes, Random], bytes]] = {"is cut off": _cut, "has flipped bits": _flipped}


def _damage(
    what: str, way: str, pattern: str, *, start: str = "changed", mend: Callable[[Site], str] | None = None
) -> Disturbance:
    """Return the damage of one file out of those below the data that fit a pattern."""

    def disturb(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
        files = [file for file in sorted(site.data.glob(pattern)) if _is_read(file)]
        file = random.choice(files)
        mode = file.stat().st_mode
        content = _WAYS[way](file.read_bytes(), random)
        file.chmod(0o644)
        file.write_bytes(content)
        file.chmod(mode)
        return Disturbed(is_broken=True)

    return Disturbance(f"{what} {way}", disturb, start, mend)


def _is_read(file: Path) -> bool:
    return (
        file.is_file() and file.stat().st_size > 0 and ("raw" not in file.parts or bool({*file.parts} & {*_UNCHANGED}))
    )


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


DAMAGES = [
    damage
    for way in _WAYS
    for damage in (
        _damage("Parquet of the lake", way, "raw/*/*/batch=*/data.parquet", mend=_from_backup("raw")),
        _damage("a batch's manifest", way, "raw/*/*/batch=*/manifest.json", mend=_from_backup("raw")),
        _damage("a table's snapshot", way, "raw/*/*/snapshots/*.json", mend=_from_backup("raw")),
        _damage("the warehouse", way, "warehouse/warehouse.duckdb", mend=_moved_away("warehouse/warehouse.duckdb")),
        _damage("the mart", way, "published/mart.duckdb", mend=_moved_away("published/mart.duckdb")),
        _damage(
            "the mart, sources unchanged,",
            way,
            "published/mart.duckdb",
            start="same",
            mend=_moved_away("published/mart.duckdb"),
        ),
        _damage("dbt's partial_parse.msgpack", way, "dbt/partial_parse.msgpack"),
        _damage("dbt's manifest.json", way, "dbt/manifest.json"),
        _damage("dbt's run_results.json", way, "dbt/run_results.json"),
        _damage("Dagster's storage", way, "dagster/**/*.db", mend=_moved_away("dagster")),
        _damage("what the product remembers", way, "state/*.json"),
        _damage("what the product remembers, sources unchanged,", way, "state/*.json", start="same"),
        _damage("the stamp of what dbt has parsed", way, "dbt/parsed.txt"),
    )
]
