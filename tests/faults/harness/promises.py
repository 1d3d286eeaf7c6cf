"""What the product promises after any fault, checked by one function: `broken_promises`."""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.errors import TieoutError
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.warehouse.content import content_hash, digest, published_tables
from tests.faults.harness.site import Ended, Site

_LINEAGE = "source_system, source_table, batch_id, known_at"
_LANDED = "'batch_id', 'known_at'"
_ROTATED = "company/data/dbt/dbt.log.#"
"""Of dbt's log, of which dbt itself keeps five of 10 MB."""
_SECONDS_TO_END = 5
"""Within which what a killed process has started sees that it is gone."""
_NAMES = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<run>"),
    (re.compile(r"[0-9a-f]{12,}"), "<hash>"),
    (re.compile(r"-[0-9a-f]{8}\b"), "-<hash>"),
    (re.compile(r"compute_logs/[a-z]{8}\b"), "compute_logs/<step>"),
    (re.compile(r"-edition-\d+"), ""),  # how many reports there may be is a promise of its own
    (re.compile(r"\d+"), "#"),
)


@dataclass(frozen=True)
class Table:
    """The current rows of a source table in the lake: how many, what they are, and how many are in quarantine."""

    rows: int
    content: int
    quarantined: int


@dataclass(frozen=True)
class State:
    """What a site holds at a moment."""

    mart: Mapping[str, int] | None
    """The hash of each table's rows in what is published, but for when they landed; None where nothing is."""
    publications: int
    lake: Mapping[str, Table]
    archive: Mapping[str, str]
    """The hash of each report by its name."""
    files: frozenset[str]
    """The kinds of files below data and temporary folder: their paths, without what is of one run only."""


class NotWhole(Exception):  # noqa: N818
    """Something that is there cannot be read, or is not what it says that it is."""


def state_of(site: Site) -> State:
    """Return what a site holds now. Raises `NotWhole`."""
    mart, publications = mart_of(site.data / "published" / "mart.duckdb")
    archive = {
        str(file.relative_to(site.data / "reports")): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in _reports(site)
    }
    return State(mart, publications, _lake(site), archive, _kinds_of_files(site))


def mart_of(file: Path) -> tuple[dict[str, int] | None, int]:
    """Return the hash of each table of a published mart and how many publications it tells of; (None, 0) without one.

    The mart must be what it says of itself: its content hash is computed anew from all of its rows. The hashes that are
    returned leave out which batch a row came with and when, since no two runs have these in common. Raises `NotWhole`.
    """
    if not file.exists():
        return None, 0
    try:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{file}' as mart (read_only)")
            tables = published_tables(connection, "mart")
            found = content_hash(digest(connection, "mart", table) for table in tables)
            said = connection.execute(
                "select content_hash, count(*) over () from mart.meta.publication order by publication_id desc limit 1"
            ).fetchone()
            contents = {
                table.label: _hash_of(
                    connection, f"from {table.quoted('mart')} select columns(c -> c not in ({_LANDED}))"
                )
                for table in tables
            }
    except duckdb.Error as error:
        raise NotWhole(f"the mart cannot be read: {str(error).splitlines()[0]}") from error
    if said is None or said[0] != found:
        raise NotWhole("the mart's rows are not what it says of itself")
    return contents, said[1]


def _hash_of(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(f"select coalesce(sum(hash(r)::hugeint), 0) + count(*) from ({query}) as r").fetchone()
    assert row
    return int(row[0])


def broken_promises(
    site: Site, expected: State, before: State, following: Ended | None, cleared: str = "", *, changes: int = 1
) -> list[str]:
    """Return each promise that does not hold after a fault, in words; none if all do.

    `expected` is what an undisturbed run of the sources as they are now leaves, `before` what was there before the
    fault. Without `following` the fault has just happened: mart and tables may be the old ones or the new ones, and
    nothing else. `following` is the run after it: everything must be as if nothing had happened, and it must have said
    `cleared`. `changes` is how often the sources changed.
    """
    try:
        now = state_of(site)
    except (NotWhole, TieoutError) as fault:
        return [f"not whole: {fault}"]
    return [
        *_of_the_mart(now, expected, before, changes, is_recovered=following is not None),
        *_of_the_lake(site, now, expected, before, is_recovered=following is not None),
        *_of_the_archive(site, now, before, changes, is_recovered=following is not None),
        *(_of_the_run_after_it(site, following, cleared, now, expected) if following else ()),
    ]


def unclear(ended: Ended) -> list[str]:
    """Return what is wrong with how a run ended that was not killed: silence, a trace, no end."""
    if "(it hung" in ended.said:
        return ["it hung"]
    if "Traceback (most recent call last)" in ended.said:
        return ["it showed a traceback"]
    if ended.code < 0:
        return [f"it was ended by signal {-ended.code}"]
    if ended.code and not what_it_says(ended):
        return ["it failed without a word"]
    return []


def what_it_says(ended: Ended) -> str:
    """Return the first line in which a run says what went wrong, or that it cleared something; empty if it does not."""
    lines = [line for line in ended.said.splitlines() if line.startswith(("tieout:", "✗ ", "  ! "))]
    told = [line for line in lines if ": " in line] or lines
    return _NAMES[0][0].sub("<run>", told[0].removeprefix("tieout: ").removeprefix("  ! ")) if told else ""


def _of_the_mart(now: State, expected: State, before: State, changes: int, *, is_recovered: bool) -> Iterator[str]:
    if is_recovered and now.mart != expected.mart:
        differing = {name for name, _ in set((now.mart or {}).items()) ^ set((expected.mart or {}).items())}
        yield f"the mart is not the expected one: {', '.join(sorted(differing))}"
    if now.mart not in (before.mart, expected.mart):
        yield "the mart is neither the old nor the new one"
    if now.publications > before.publications + changes:
        yield f"{now.publications - before.publications} publications of {changes} changes"


def _of_the_lake(site: Site, now: State, expected: State, before: State, *, is_recovered: bool) -> Iterator[str]:
    for name, table in expected.lake.items():
        if is_recovered and now.lake.get(name) != table:
            yield f"{name}: {now.lake.get(name)} in the lake, not {table}"
        if now.lake.get(name) not in (table, before.lake.get(name)):
            yield f"{name}: {now.lake.get(name)} in the lake is neither the old nor the new state"
    if is_recovered:
        for name, rows in site.source_rows().items():
            if (table := now.lake.get(name)) and rows != table.rows + table.quarantined:
                yield f"{name}: {rows} rows in the source, {table.rows} landed and {table.quarantined} in quarantine"


def _of_the_archive(site: Site, now: State, before: State, changes: int, *, is_recovered: bool) -> Iterator[str]:
    for name, content in before.archive.items():
        if name != "latest.html" and now.archive.get(name) != content:
            yield f"the delivered report {name} is gone or another"
    for report in _reports(site):
        if not report.read_text(encoding="utf-8").rstrip().endswith("</html>"):
            yield f"the report {report.name} is not whole"
    delivered = [content for name, content in now.archive.items() if name != "latest.html"]
    if len(set(delivered)) != len(delivered):
        yield "a report was delivered twice"
    if len(delivered) > len(before.archive) - ("latest.html" in before.archive) + changes:
        yield f"{len(delivered)} reports after {changes} changes"
    if is_recovered and now.mart is not None and now.archive.get("latest.html") not in delivered:
        yield "the latest report is none of the archive"


def _of_the_run_after_it(site: Site, following: Ended, cleared: str, now: State, expected: State) -> Iterator[str]:
    yield from (f"the next run: {fault}" for fault in unclear(following))
    if not following.is_well:
        yield f"the next run failed: {what_it_says(following)}"
    if cleared not in following.said:
        yield f"the next run did not say {cleared!r}"
    for kind in sorted(now.files - expected.files - {_ROTATED}):
        yield f"left behind: {kind}"
    end = time.monotonic() + _SECONDS_TO_END
    while site.at_work() and time.monotonic() < end:
        time.sleep(0.1)
    if site.at_work():
        yield "a process is still at work"


def _lake(site: Site) -> dict[str, Table]:
    lake = RawLake(site.data / "raw")
    found: dict[str, Table] = {}
    with duckdb.connect() as connection:
        for system in load_declarations(site.company / "sources"):
            for table in system.tables:
                batches = lake.current(system.name, table.name)
                if not batches:
                    continue
                name = f"{system.name}.{table.name}"
                _require_sound(connection, lake, name, batches)
                # A database gives its rows in any order.
                not_of_the_row = f"{_LINEAGE}, source_row" if system.database else _LINEAGE
                counted = connection.execute(
                    f"select count(*), coalesce(sum(hash(r)::hugeint), 0) from (select * exclude ({not_of_the_row}) "
                    f"from ({current_rows(lake, table, batches)})) as r"
                ).fetchone()
                assert counted
                if counted[0] != lake.row_count(system.name, table.name):
                    raise NotWhole(f"{name} has {counted[0]} rows, and its snapshot says otherwise")
                found[name] = Table(*counted, sum(batch.rows_quarantined for batch in batches))
    return found


def _require_sound(
    connection: duckdb.DuckDBPyConnection, lake: RawLake, name: str, batches: list[BatchManifest]
) -> None:
    """Raise `NotWhole` unless each batch holds its rows and each file is in one batch."""
    if len({batch.source_file for batch in batches}) != len(batches):
        raise NotWhole(f"{name}: two batches of one file are current")
    for batch in batches:
        rejects = lake.rejects_file(batch)
        for file, rows in ((lake.data_file(batch), batch.rows_landed), (rejects, batch.rows_quarantined)):
            if file is None:
                continue
            try:
                counted = connection.execute(f"select count(*) from read_parquet('{file}')").fetchone()
            except duckdb.Error as error:
                raise NotWhole(f"{file.name} of {name}: {str(error).splitlines()[0]}") from error
            if counted is None or counted[0] != rows:
                raise NotWhole(f"{file.name} of {name} has {counted} rows and not {rows}")


def _reports(site: Site) -> list[Path]:
    return sorted((site.data / "reports").rglob("*.html"))


def _kinds_of_files(site: Site) -> frozenset[str]:
    found: set[str] = set()
    for root in (site.data, site.temporary):
        for file in root.rglob("*"):
            kind = str(file.relative_to(site.folder))
            for pattern, sign in _NAMES:
                kind = pattern.sub(sign, kind)
            found.add(kind)
    return frozenset(found)
