"""`tieout simulate`: run a company and write its files, its truth, or a database."""

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import duckdb
import numpy as np

from orchestration.simulation.books.columns import TableData, rows, selected
from orchestration.simulation.books.contract import Table, output_tables
from orchestration.simulation.books.ledger import PERIOD_SLOTS
from orchestration.simulation.delivery import deliveries, dirt, writing
from orchestration.simulation.delivery.delivered import DeliveredFile
from orchestration.simulation.errors import SimulationError
from orchestration.simulation.processes import budgets, master_documents
from orchestration.simulation.processes.company_run import Company, run_company
from orchestration.simulation.setting.calendars import NEVER, START, day_number
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.setting.world import World
from orchestration.simulation.truth import write_truth
from orchestration.simulation.truth.effects import companies_without

FORMAT_VERSION = 4
"""Raise this when the same options give other bytes."""

_SLOTS = [f"{number:02d}" for number in range(PERIOD_SLOTS)]
_WORKERS = 2
_MARK = Path("truth") / "company.json"


@dataclass(frozen=True)
class Options:
    """What makes a company and its files; the same options give the same bytes."""

    years: int = 3
    scale: float = 1.0
    seed: int = 7
    is_dirty: bool = False
    kind: writing.Format = "parquet"
    until: date | None = None
    daily: int = 7
    """Days at the end that have files of their own."""
    without: tuple[str, ...] = ()
    """Planted effects that are left out."""


@dataclass(frozen=True)
class Outcome:
    """What was written."""

    folder: Path
    files: int
    journal_lines: int
    rows: int


def world_of(options: Options) -> World:
    """Return what the company starts from. Raises `SimulationError` for options that make no company."""
    if not 1 <= options.years <= 10:  # noqa: PLR2004 - as long as price lists and rates are thought out
        raise SimulationError(f"--years {options.years}: choose 1 to 10 fiscal years.")
    if not 0 <= options.daily <= 366:  # noqa: PLR2004
        raise SimulationError(f"--daily {options.daily}: choose 0 to 366 days.")
    if not 0.02 <= options.scale <= 200:  # noqa: PLR2004
        raise SimulationError(f"--scale {options.scale}: choose a number from 0.02 to 200; 1 is a small manufacturer.")
    if options.until and options.until < START:
        raise SimulationError(
            f"--until {options.until}: nothing had been delivered by then. {START} is the first day with files; they "
            "hold what happened before the data start."
        )
    world = World(options.seed, options.years, options.scale)
    planted = [effect.effect_id for effect in world.life.effects]
    unknown = sorted(set(options.without) - set(planted))
    if unknown:
        raise SimulationError(f"--without {unknown[0]}: no such effect is planted; there are {', '.join(planted)}.")
    return replace(world, without=frozenset(options.without))


def make_company(options: Options) -> tuple[Company, Ints]:
    """Run the company and fill all its tables; returns it and its budget in force.

    Raises `SimulationError` for options that make no company.
    """
    company = run_company(world_of(options))
    master_documents.fill(company.books, company.stock)
    return company, budgets.plan_years(company.books, company.plan, company.loans)


def simulate(out: Path, options: Options) -> Outcome:
    """Write a company's files and its truth to a folder, replacing an earlier simulation there.

    Raises `SimulationError` if the folder holds anything else or cannot be written.
    """
    out = out.absolute()
    if out.exists() and (not out.is_dir() or (any(out.iterdir()) and not (out / _MARK).is_file())):
        raise SimulationError(
            f"{out} is there and is not a simulated company (it has no {_MARK}). Choose another folder, or empty it."
        )
    without = companies_without(world_of(options))
    company, in_force = make_company(options)
    workplace = out.with_name(f".{out.name}.partial")
    shutil.rmtree(workplace, ignore_errors=True)
    try:
        (workplace / "truth").mkdir(parents=True)
        delivered = _write_files(company, options, workplace)
        write_truth(company, in_force, workplace / "truth", delivered, without)
        (workplace / _MARK).write_text(_described(options), encoding="utf-8")
        if out.exists():
            shutil.rmtree(out)
        workplace.rename(out)
    except (OSError, duckdb.IOException) as error:
        shutil.rmtree(workplace, ignore_errors=True)
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error).splitlines()[0]
        reason = reason.replace(str(workplace), str(out)).rstrip(".")
        raise SimulationError(f"{out} cannot be written: {reason}. Choose a folder that can be, with room.") from error
    current = [file for file in delivered if file.is_there]
    return Outcome(
        folder=out,
        files=len(current),
        journal_lines=sum(file.row_count for file in current if file.table.name == "journal_line"),
        rows=sum(file.row_count for file in current),
    )


def _described(options: Options) -> str:
    said: dict[str, Any] = {"format_version": FORMAT_VERSION, **asdict(options)}
    said["without"] = sorted(options.without)
    said["until"] = options.until.isoformat() if options.until else None
    return json.dumps(said, indent=2) + "\n"


@dataclass(frozen=True)
class _Batch:
    """Rows of one table that are loaded together, and their files; the journal's are made when it is their turn."""

    table: Table
    spans: list[deliveries.Span]
    data: TableData | None


def _write_files(company: Company, options: Options, folder: Path) -> list[DeliveredFile]:
    """Write every file, several at once; the order of the result does not depend on which is ready first."""
    for table in output_tables().values():
        (folder / table.name).mkdir()
    idle: SimpleQueue[duckdb.DuckDBPyConnection] = SimpleQueue()
    for _ in range(_WORKERS):
        idle.put(_connection())

    def work(batch: _Batch) -> list[DeliveredFile]:
        connection = idle.get()
        try:
            return list(_write_batch(connection, company, options, folder, batch))
        finally:
            idle.put(connection)

    with ThreadPoolExecutor(_WORKERS) as pool:
        return [file for files in pool.map(work, _batches(company, options)) for file in files]


def _connection() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("SET threads = 1; SET TimeZone = 'UTC'; SET preserve_insertion_order = true")
    return connection


def last_entry_day(company: Company) -> int:
    """Last day on which anything was entered."""
    return company.books.ledger.entry_range()[1]


def _batches(company: Company, options: Options) -> Iterator[_Batch]:
    last = last_entry_day(company)
    spans = deliveries.spans(company.world.calendar, last, options.daily)
    long = [span for span in spans if span.first != span.last]
    for table in output_tables().values():
        if table.name == "journal_line":
            yield from (_Batch(table, [span], None) for span in long)
            yield _Batch(table, spans[len(long) :], None)
        elif table.delivery == "snapshot":
            day = deliveries.snapshot_day(last, options.until)
            yield _Batch(table, [], writing.ordered(table, snapshot(company, table, day)))
        else:
            yield _Batch(table, spans, writing.ordered(table, company.books.tables[table.name]))


def snapshot(company: Company, table: Table, day: int) -> TableData:
    """Return a snapshot table as it was at the end of a day."""
    data = company.books.tables[table.name]
    if table.name == "customer":
        data = master_documents.customers(company.world, day)
    return deliveries.as_of(table, data, day)


def journal(company: Company, first: int, last: int) -> TableData:
    """Return the journal lines entered from one day to another; empty if there are none."""
    names = company.world.names
    return company.books.ledger.lines(first, last, names.partners, names.products)


def _write_batch(
    connection: duckdb.DuckDBPyConnection, company: Company, options: Options, folder: Path, batch: _Batch
) -> Iterator[DeliveredFile]:
    table, data = batch.table, batch.data
    if data is None:
        data = journal(company, batch.spans[0].first, batch.spans[-1].last)
    if not data:
        return
    writing.load(connection, data)
    if not batch.spans:
        yield _write_snapshot(connection, company, options, folder, batch)
        return
    firsts = np.array([span.first for span in batch.spans], dtype=np.int64)
    reloads = False
    for place, part in writing.slices(data, firsts):
        span, some = batch.spans[place], selected(data, slice(*part))
        name = deliveries.file_name(table, span.label, options.kind)
        found = list(deliveries.versions(company.world.draws, table, span, some, name))
        there = _there(found, options)
        soil = dirt.CLEAN
        if options.is_dirty:
            soil = dirt.plan(company.world.draws, table, span.last, some, is_csv=options.kind == "csv")
        if there and (len(there.wrong_rows) or len(soil.duplicates)):
            writing.load(connection, dirt.soiled(deliveries.with_errors(table, some, there.wrong_rows), soil))
            writing.write_file(connection, table, folder / name, options.kind, dirt=soil)
            reloads = True
        elif there:
            if reloads:
                writing.load(connection, data)
                reloads = False
            writing.write_file(connection, table, folder / name, options.kind, part=part, dirt=soil)
        if there:
            dirt.add_malformed(folder / name, table, soil)
        late = _late_rows(company, table, some)
        count = rows(some) + len(soil.duplicates) + soil.malformed
        for version in found:
            yield DeliveredFile(table, version, count, late, soil, version is there)


def _write_snapshot(
    connection: duckdb.DuckDBPyConnection, company: Company, options: Options, folder: Path, batch: _Batch
) -> DeliveredFile:
    name = deliveries.file_name(batch.table, "", options.kind)
    writing.write_file(connection, batch.table, folder / name, options.kind)
    day = deliveries.snapshot_day(last_entry_day(company), options.until) + 1
    version = deliveries.Version(name, 1, "regular", day, day, True, np.empty(0, dtype=np.int64), 0)
    return DeliveredFile(batch.table, version, rows(batch.data or {}), 0, dirt.CLEAN, is_there=True)


def _there(found: list[deliveries.Version], options: Options) -> deliveries.Version | None:
    """Return the version that is in the folder: the newest that had been delivered."""
    until = day_number(options.until) if options.until else NEVER
    return next((version for version in reversed(found) if version.delivered <= until), None)


def _late_rows(company: Company, table: Table, data: TableData) -> int:
    if table.name != "journal_line":
        return 0
    return int(deliveries.late_postings(company.world.calendar, data, _SLOTS).sum())
