"""A small company at a place of its own: its sources in numbered versions, its data, and runs of the product there."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import yaml

from orchestration.settings import PRODUCT

_COMPANY = PRODUCT / "tests" / "data" / "releases" / "v0.1.0" / "company"
_LONGEST_UNDISTURBED = 3600
"""Seconds after which an undisturbed run is taken to hang, on however busy a computer."""
_LOOKS_AFTER = 0.02
_BAD_ROW = "bad,1,HT01,C1,P2,direct,2024-13-45,,,1,1.00,1.00,1.00,EUR\n"
_LATE_ROW = "x1,1,HT01,C1,P2,direct,2024-03-10,2024-03-12,2024-03-12,1,10.00,10.00,4.00,EUR\n"
_STEP = re.compile(r"^(?P<sign>[→✓✗]) (?P<name>.+?)( \([\d.]+ s\))?$", re.MULTILINE)


@dataclass(frozen=True)
class Ended:
    """A run that has ended: how, what it said, and when each of its lines was seen."""

    code: int
    said: str
    seconds: float
    seen: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether it ended with success."""
        return self.code == 0


class Running:
    """A run at work, in a process group of its own, whose output goes to a file: nobody has to read it in time."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path, patience: float) -> None:
        self.process, self._output, self._started = process, output, time.monotonic()
        self._end = self._started + patience
        self.seen: dict[str, float] = {}

    def said(self) -> str:
        """Return what it has said so far, and note when its lines came."""
        text = self._output.read_text(encoding="utf-8", errors="replace")
        for line in text.splitlines():
            self.seen.setdefault(line, time.monotonic() - self._started)
        return text

    def until(self, text: str) -> bool:
        """Wait until it says `text`; False if it ends before."""
        while text not in self.said():
            if self.process.poll() is not None:
                return text in self.said()
            if time.monotonic() > self._end:
                return False
            time.sleep(_LOOKS_AFTER)
        return True

    def wait(self) -> Ended:
        """Wait for its end; one that hangs is killed, and says so in its last line."""
        while self.process.poll() is None and time.monotonic() < self._end:
            self.said()
            time.sleep(_LOOKS_AFTER)
        if self.process.poll() is None:
            self.kill()
            return Ended(-signal.SIGKILL, f"{self.said()}\n(it hung, and was killed)", self.seconds)
        return Ended(self.process.wait(), self.said(), self.seconds, self.seen)

    @property
    def seconds(self) -> float:
        """Return for how long it is at work."""
        return time.monotonic() - self._started

    def kill(self) -> None:
        """Kill the whole group at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_parent(self) -> None:
        """Kill the process that was started, and nothing that it started."""
        self.process.kill()
        self.process.wait()

    def children(self) -> list[int]:
        """Return the processes that it has started."""
        with suppress(OSError):
            tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
            return sorted({int(child) for task in tasks for child in task.read_text().split()})
        return []

    def is_alive(self) -> bool:
        """Return whether any process of its group still is."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, 0)
            return True
        return False


class Site:
    """A company's folder with its data; everything of it lies below one folder."""

    def __init__(self, folder: Path, *, source_database: str | None = None) -> None:
        self.folder = folder
        self.company = folder / "company"
        self.data = self.company / "data"
        self.temporary = folder / "tmp"
        self.patience: float = _LONGEST_UNDISTURBED
        """Seconds after which a run is taken to hang."""
        self._started: list[Running] = []
        self.runs = 0
        shutil.copytree(_COMPANY, self.company)
        self.temporary.mkdir()
        self._in_several_formats(source_database)
        self.sources(0)

    def sources(self, version: int) -> None:
        """Let the source files be as delivered (0), or after that many changes; a file is replaced in one step.

        A change is an entry in the books; the first one comes with another file of orders.
        """
        files, delivered = self.company / "files", _COMPANY / "files"
        entries = range(1, version + 1)
        journal = (delivered / "journal.csv").read_text(encoding="utf-8")
        for entry in entries:
            journal += f"x{entry}-1,x{entry},HT01,2024-03-15,1200,{entry}.00,Change {entry}\n"
            journal += f"x{entry}-2,x{entry},HT01,2024-03-15,4000,-{entry}.00,Change {entry}\n"
        _replace(files / "journal.csv", journal)
        orders = (delivered / "orders.csv").read_text(encoding="utf-8")
        _replace(files / "orders_0.csv", orders + _BAD_ROW)
        if version:
            _replace(files / "orders_1.csv", f"{orders.splitlines()[0]}\n{_LATE_ROW}")
        else:
            (files / "orders_1.csv").unlink(missing_ok=True)

    def source_rows(self) -> dict[str, int]:
        """Return how many rows the source files hold, counted without the product, by `system.table`."""
        files = self.company / "files"
        lines = {
            "books.journal": ["journal.csv"],
            "books.chart": ["chart.csv"],
            "books.usd_rates": ["usd_rates.csv"],
            "shop.orders": [file.name for file in files.glob("orders_*.csv")],
            "shop.products": ["products.csv"],
        }
        rows = {
            table: sum(len((files / name).read_text(encoding="utf-8").splitlines()) - 1 for name in names)
            for table, names in lines.items()
        }
        budget = duckdb.execute(f"select count(*) from '{files / 'budget.parquet'}'").fetchone()
        rows["books.budget"] = budget[0] if budget else 0
        rows["shop.customers"] = len((files / "customers.jsonl").read_text(encoding="utf-8").splitlines())
        return rows

    def start(
        self, *arguments: str, environment: Mapping[str, str] | None = None, prefix: Sequence[str] = ()
    ) -> Running:
        """Start `tieout` with these arguments; `prefix` is a program that starts it."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
        told = {
            "PYTHONPATH": str(PRODUCT),
            "TMPDIR": str(self.temporary),
            "TIEOUT_COMPANY": str(self.company),
            "TIEOUT_SETTLE_SECONDS": "0",
            "TIEOUT_WAIT_MINUTES": "4",
        }
        self.runs += 1
        output = self.folder / f"said-{self.runs:04d}.txt"
        with output.open("wb") as said:
            process = subprocess.Popen(
                [*prefix, sys.executable, "-m", "orchestration.cli", *(arguments or ("run",))],
                env=clean | told | dict(environment or {}),
                cwd=self.company,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._started.append(Running(process, output, self.patience))
        return self._started[-1]

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None, prefix: Sequence[str] = ()) -> Ended:
        """Run `tieout` to its end."""
        return self.start(*arguments, environment=environment, prefix=prefix).wait()

    def said(self, begun: int) -> str:
        """Return what the runs have said that were started after so many."""
        return "\n".join(self.outputs()[-(self.runs - begun) :] if self.runs > begun else ())

    def outputs(self) -> list[str]:
        """Return what each run since the site was cleared has said."""
        return [
            f"--- {file.name}\n{file.read_text(errors='replace')}" for file in sorted(self.folder.glob("said-*.txt"))
        ]

    def at_work(self) -> list[int]:
        """Return the process groups of this site that still have a process."""
        return [running.process.pid for running in self._started if running.is_alive()]

    def end(self) -> None:
        """End what is still at work here."""
        for running in self._started:
            running.kill()
        self._started.clear()

    def clear(self) -> None:
        """End what is still at work here, and forget what was said."""
        self.end()
        for said in self.folder.glob("said-*.txt"):
            said.unlink()

    def keep(self, name: str) -> None:
        """Keep the data as they are now under a name."""
        _copy(self.data, self.folder / "kept" / name)

    def restore(self, name: str | None) -> None:
        """Let the data be what was kept under a name; none at all without one."""
        self.end()
        for folder in (self.data, self.temporary):
            shutil.rmtree(folder, ignore_errors=True)
        self.temporary.mkdir()
        if name is not None:
            _copy(self.folder / "kept" / name, self.data)

    def _in_several_formats(self, source_database: str | None) -> None:
        files = self.company / "files"
        (files / "orders.csv").unlink()
        duckdb.execute(
            f"copy (select entity, period, account, amount::decimal(18,2) as amount from read_csv('{files}/budget.csv', "
            f"all_varchar = true)) to '{files}/budget.parquet'"
        )
        with (files / "customers.csv").open(encoding="utf-8", newline="") as rows:
            lines = [json.dumps(row) for row in csv.DictReader(rows)]
        (files / "customers.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._declare("books", "budget", files="budget.parquet", format="parquet")
        self._declare("shop", "customers", files="customers.jsonl", format="jsonl")
        self._declare("shop", "orders", files="orders_*.csv", load="append")
        if source_database:
            self._declare_database(source_database)

    def _declare(self, system: str, table: str, **attributes: str) -> None:
        file = self.company / "sources" / system / "defs.yaml"
        declared = yaml.safe_load(file.read_text(encoding="utf-8"))
        next(each for each in declared["attributes"]["tables"] if each["name"] == table).update(attributes)
        file.write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")

    def _declare_database(self, connection: str) -> None:
        file = self.company / "sources" / "erp" / "defs.yaml"
        file.parent.mkdir()
        attributes = {
            "name": "erp",
            "description": "A table of a database.",
            "owners": ["team:finance"],
            "group": "operations",
            "database": {"kind": "postgres", "connection": connection},
            "tables": [{"name": "movement", "description": "Many rows.", "relation": "public.movement"}],
        }
        declared = {"type": "orchestration.components.SourceSystemComponent", "attributes": attributes}
        file.write_text(yaml.safe_dump(declared, sort_keys=False), encoding="utf-8")


def steps(said: str) -> list[tuple[str, str]]:
    """Return (sign, step) of each line about a step: → begun, ✓ done, ✗ failed."""
    return [(match["sign"], match["name"]) for match in _STEP.finditer(said)]


def _replace(file: Path, text: str) -> None:
    if file.exists() and file.read_text(encoding="utf-8") == text:
        return
    temporary = file.with_suffix(".writing")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def _copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, symlinks=True)
