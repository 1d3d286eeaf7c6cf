"""A company for end-to-end tests: a copy of a demo's folder with its own data; the product is used where it is."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.companies import ADVENTUREWORKS, PROJECT, copy_company


@dataclass(frozen=True)
class Installation:
    """A company's folder that a test may change."""

    company: Path

    @property
    def data(self) -> Path:
        """The folder that runs write below."""
        return self.company / "data"

    @property
    def sources(self) -> Path:
        """The files that the company's systems export."""
        return self.company / "files"

    @property
    def warehouse(self) -> Path:
        """The warehouse that dbt builds in."""
        return self.data / "warehouse" / "warehouse.duckdb"

    @property
    def mart(self) -> Path:
        """The published mart."""
        return self.data / "published" / "mart.duckdb"

    @property
    def reports(self) -> Path:
        """The report archive."""
        return self.data / "reports"

    def tieout(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in the company's folder, in a process of its own, and return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            env=environment(),
            cwd=self.company,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command in the company's folder and return its process."""
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            env=environment(),
            cwd=self.company,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def files(self) -> dict[str, str]:
        """Return the digests of the company's own files by path: everything but what runs write."""
        return {
            str(path.relative_to(self.company)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(self.company.rglob("*"))
            if path.is_file() and self.data not in path.parents
        }


def finished(process: subprocess.Popen[str]) -> subprocess.CompletedProcess[str]:
    """Wait for a command that was started and return what it printed."""
    printed, told = process.communicate(timeout=600)
    return subprocess.CompletedProcess(process.args, process.returncode, printed, told)


def environment() -> dict[str, str]:
    """Return an environment in which nothing is set: the company is the one whose folder the command stands in."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
    # Nothing of this Python's environment is on the PATH: the commands must find their own tools.
    return kept | {"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(PROJECT), "COLUMNS": "200"}


def make_installation(folder: Path, company: Path = ADVENTUREWORKS) -> Installation:
    """Copy a demo's folder, sources included, to `folder`."""
    return Installation(copy_company(company, folder))


def simulate(installation: Installation, *options: str, years: str = "3") -> None:
    """Make the simulated company's files in its folder, in place of those that are there."""
    size = ("--years", years, "--scale", "0.05", "--seed", "7")
    outcome = installation.tieout("simulate", "--out", str(installation.sources), *size, *options)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
