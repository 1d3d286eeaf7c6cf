"""What a computer does to a program: a full disk, no permission, another clock, zone or language, little memory."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

from tests.faults.harness.site import Ended, Site
from tests.faults.harness.trials import Disturbance, Disturbed, Truth

_IS_ROOT = os.geteuid() == 0
_FREE_AT_MOST = 24 * 1024 * 1024
"""Bytes on the small disk beside what is there already: a run needs more."""
_AS_A_USER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] if _IS_ROOT else []
"""Without capabilities root, too, is held by the modes of files."""
_FOLDERS = ("published", "reports", "raw", "warehouse", "dbt", "dagster", "state", "runs", ".")
_TURKISH = "tr_TR.UTF-8"
_LITTLE_MEMORY = {"TIEOUT_MEMORY_LIMIT": "300MB"}
_KATHMANDU = {"TZ": "Asia/Kathmandu"}
_FAKETIME = next(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"), None)


def _full_disk(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
    with _small_disk(site, random.randrange(_FREE_AT_MOST)):
        return Disturbed([site.run()])


@contextmanager
def _small_disk(site: Site, free: int) -> Iterator[None]:
    """Let the data lie on a disk of their own with so many bytes free; afterwards they lie where they did."""
    elsewhere = site.folder / "from-the-small-disk"
    used = sum(file.lstat().st_blocks * 512 for file in site.data.rglob("*"))
    shutil.move(site.data, elsewhere)
    site.data.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={used + free}", "tmpfs", str(site.data)], check=True)
    try:
        shutil.copytree(elsewhere, site.data, symlinks=True, dirs_exist_ok=True)
        shutil.rmtree(elsewhere)
        yield
    finally:
        site.clear()
        shutil.copytree(site.data, elsewhere, symlinks=True, dirs_exist_ok=True)
        subprocess.run(["umount", str(site.data)], check=True)
        site.data.rmdir()
        shutil.move(elsewhere, site.data)


def _small_files(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
    return Disturbed([site.run(prefix=["prlimit", f"--fsize={random.randrange(8 * 1024 * 1024)}"])])


def _read_only_folder(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
    root = site.data / random.choice(_FOLDERS)
    folders = [root, *(path for path in root.rglob("*") if path.is_dir() and not path.is_symlink())]
    return Disturbed([_without_permission(site, [path for path in folders if path.is_dir()], 0o555)])


def _unreadable_source(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
    names = ("journal.csv", "usd_rates.csv", "orders_1.csv", "budget.parquet", "customers.jsonl")
    file = site.company / "files" / random.choice(names)
    os.utime(file)  # as when somebody puts the file there anew
    return Disturbed([_without_permission(site, [file], 0o000)])


def _without_permission(site: Site, paths: Sequence[Path], mode: int) -> Ended:
    """Run as somebody who may not do what modes forbid; the modes are as before afterwards."""
    modes = [(path, path.stat().st_mode) for path in paths]
    for path, _ in reversed(modes):
        path.chmod(mode)
    try:
        return site.run(prefix=_AS_A_USER)
    finally:
        for path, before in modes:
            path.chmod(before)


def _elsewhere(fault: str, environment: Mapping[str, str], prefix: Sequence[str] = ()) -> Disturbance:
    """Return a disturbance that a run has to bear without anything being done about it."""

    def disturb(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
        ended = site.run(environment=environment, prefix=prefix)
        return Disturbed([ended], faults=[] if ended.is_well else ["the run failed"])

    return Disturbance(fault, disturb)


def _clock(fault: str, shift: str) -> Disturbance:
    return _elsewhere(fault, _at(shift))


def _at(shift: str) -> dict[str, str]:
    return {"LD_PRELOAD": str(_FAKETIME), "FAKETIME": shift}


def strange_surroundings() -> Disturbance:
    """Return all that a run has to bear of clock, zone, language and memory, in one run."""
    clock = ("the clock is set back by two years, ", _at("-2y")) if _FAKETIME else ("", {})
    environment = {**clock[1], **_KATHMANDU, **_LITTLE_MEMORY}
    if not shutil.which("localedef"):
        return _elsewhere(f"{clock[0]}the zone is Asia/Kathmandu, DuckDB has 300 MB", environment)
    fault = f"{clock[0]}the zone is Asia/Kathmandu, the locale {_TURKISH}, DuckDB has 300 MB"
    return _turkish(fault, environment)


def _turkish(fault: str, environment: Mapping[str, str]) -> Disturbance:
    def disturb(site: Site, random: Random, truth: Truth) -> Disturbed:
        locales = site.folder / "locales"
        locales.mkdir(exist_ok=True)
        subprocess.run(["localedef", "-i", "tr_TR", "-f", "UTF-8", str(locales / _TURKISH)], check=False)
        turkish = {"LC_ALL": _TURKISH, "LOCPATH": str(locales)}
        return _elsewhere(fault, {**environment, **turkish}).disturb(site, random, truth)

    return Disturbance(fault, disturb)


OBSTACLES = [
    Disturbance("the disk of the data is full", _full_disk)
    if _IS_ROOT
    else Disturbance("no file can grow", _small_files),
    Disturbance("a folder of the data is read-only", _read_only_folder),
    Disturbance("a source file may not be read", _unreadable_source),
]
"""What a run may fail of."""
_STRANGE = [
    *(
        (_clock("the clock is set back by three days", "-3d"), _clock("the clock is set back by two years", "-2y"))
        if _FAKETIME
        else ()
    ),
    _elsewhere("the zone is Asia/Kathmandu", _KATHMANDU),
    _elsewhere("the locale is C", {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}),
    *((_turkish("the locale is tr_TR.UTF-8", {}),) if shutil.which("localedef") else ()),
    _elsewhere("DuckDB has 300 MB of memory", _LITTLE_MEMORY),
]
SURROUNDINGS = [*OBSTACLES, *_STRANGE]
