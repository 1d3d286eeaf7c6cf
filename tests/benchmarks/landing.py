"""`make bench-landing`: how fast and in how much memory landing is, beside DuckDB's own COPY of the same input.

Each part is a module with TASKS, `write_input` and `verify`, and runs its tasks itself when it is started with a
task's name; see `csv_files`. A new kind of source is a new part, entered in PARTS.
"""

import argparse
import os
import platform
import tempfile
from pathlib import Path

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.settings import settings
from tests.benchmarks import csv_files, postgres_tables
from tests.benchmarks.measure import Line, measure

PARTS = {"csv": csv_files, "postgres": postgres_tables}


def main() -> None:
    """Run the parts that the command line names and print their lines."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=10_000_000, help="lines of the input (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds after a warm-up (default: %(default)s)")
    parser.add_argument("--part", choices=[*PARTS], action="append", help="only this part; may be given several times")
    parser.add_argument("--folder", type=Path, help="where to write, 2 GB; a temporary folder unless given")
    said = parser.parse_args()
    limits = settings()
    console = Console(soft_wrap=True)
    console.print(
        f"DuckDB {duckdb.__version__}, Python {platform.python_version()}, {os.cpu_count()} cores; "
        f"threads {limits.threads}, memory limit {limits.memory_limit}. "
        f"One warm-up and {said.rounds} rounds in turn, each in a fresh interpreter; medians, peak memory the largest."
    )
    if said.folder:
        said.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-landing-", dir=said.folder) as folder:
        for name in said.part or PARTS:
            part = PARTS[name]
            console.print(f"\n{part.write_input(Path(folder), said.rows)}")
            console.print(_table(measure(part.__name__, part.TASKS, Path(folder), said.rounds)))
            console.print(part.verify(Path(folder)))


def _table(lines: list[Line]) -> Table:
    table = Table("command", box=None, pad_edge=False)
    for title in ("rows", "seconds", "CPU seconds", "peak MB", "ratio", "of CPU"):
        table.add_column(title, justify="right")
    for line in lines:
        table.add_row(
            escape(line.task.shown),
            f"{line.rows:,}",
            f"{line.seconds:.3f}",
            f"{line.cpu_seconds:.3f}",
            f"{line.peak_mb:,.0f}",
            *("" if ratio is None else f"{ratio:.2f}" for ratio in (line.ratio, line.cpu_ratio)),
        )
    return table


if __name__ == "__main__":
    main()
