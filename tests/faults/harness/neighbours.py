"""Others at work beside a run: a second refresh, readers of the mart, and the source database that restarts."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

from orchestration.settings import PRODUCT
from tests.database_servers import PostgresServer
from tests.faults.harness.promises import broken_promises, state_of
from tests.faults.harness.site import Site
from tests.faults.harness.trials import Disturbance, Disturbed, Truth

_READERS = 10
_ROWS = 1_500_000
_DATABASE = "ERP_DATABASE"
_TRIES_TO_START = 20


def neighbours(publications: int) -> list[Disturbance]:
    """Return the disturbances by others; so many publications are made while readers read."""

    def read_through(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
        return _read_through(site, random, publications)

    return [
        Disturbance(f"two refreshes at once and ten readers through {publications} publications", read_through),
        Disturbance("the source database restarts while it is read", _restart, start="same"),
    ]


def _read_through(site: Site, random: Random, publications: int) -> Disturbed:
    stop = site.folder / "stop-reading"
    stop.unlink(missing_ok=True)
    readers = [_reader(site, stop) for _ in range(_READERS)]
    done = Disturbed(changes=publications)
    for version in range(publications, 0, -1):
        site.sources(version)
        first = site.start("run")
        time.sleep(random.uniform(0, 2))
        second = site.start("run")
        done.ended += [first.wait(), second.wait()]
    stop.touch()
    for reader in readers:
        said, _ = reader.communicate(timeout=60)
        done.faults += _faults_of(json.loads(said), publications)
    done.faults += ["a run failed" for ended in done.ended if not ended.is_well]
    return done


def _reader(site: Site, stop: Path) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "tests.faults.harness.reader",
        str(site.data / "published" / "mart.duckdb"),
        str(stop),
    ]
    return subprocess.Popen(command, cwd=PRODUCT, stdout=subprocess.PIPE, text=True)


def _faults_of(read: dict[str, Any], publications: int) -> list[str]:
    seen, faults = read["seen"], [f"a reader found: {fault}" for fault in read["faults"]]
    if seen != sorted(set(seen)) or not seen or seen[-1] > publications + 1:
        faults.append(f"a reader saw publications {seen}")
    return faults


def _restart(site: Site, random: Random, truth: Truth) -> Disturbed:  # noqa: ARG001
    """Restart PostgreSQL in the middle of landing a table, at a company of its own whose table it is."""
    server = PostgresServer()
    try:
        server.sql("create table movement (id bigint primary key, amount numeric(18,2) not null, remark text)")
        server.sql(f"insert into movement select n, n / 100.0, 'Movement ' || n from generate_series(1, {_ROWS}) as n")
        os.environ[_DATABASE] = server.connection("postgres")
        shutil.rmtree(site.folder / "with-a-database", ignore_errors=True)
        beside = Site(site.folder / "with-a-database", source_database=f"${{{_DATABASE}}}")
        before = state_of(beside)
        undisturbed = beside.run("land", "erp")
        expected = state_of(beside)
        beside.restore(None)
        running = beside.start("land", "erp")
        begun = running.until("→ land erp") and running.seconds
        began = next(seconds for line, seconds in undisturbed.seen.items() if line.startswith("→ land erp"))
        time.sleep(random.uniform(0, max(0.1, undisturbed.seconds - began)))
        server.kill()
        _start_again(server)
        ended = running.wait()
        faults = [] if undisturbed.is_well and begun else [f"it did not land: {undisturbed.said}"]
        faults += broken_promises(beside, expected, before, None)
        following = beside.run("land", "erp")
        faults += broken_promises(beside, expected, before, following)
        return Disturbed([ended], faults=faults)
    finally:
        server.remove()


def _start_again(server: PostgresServer) -> None:
    """Start a server that was killed; its children see that it is gone a moment later, and keep the place until then."""
    for _ in range(_TRIES_TO_START - 1):
        try:
            server.start()
        except RuntimeError:
            time.sleep(0.5)
        else:
            return
    server.start()
