"""An installation of Tieout for tests: the project's code, a copy of the demo company's sources, its own data."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_CODE = ("orchestration", "expectations", "dbt_project", "workspace.yaml", "pyproject.toml")


@dataclass(frozen=True)
class Installation:
    """A project root whose sources a test may change, and the folder that runs write below."""

    root: Path
    demo: str = "adventureworks"

    @property
    def data(self) -> Path:
        """The folder that runs write below."""
        return self.root / "data" / ("simulated" if self.demo == "simulated" else "")

    @property
    def sources(self) -> Path:
        """The demo company's files."""
        return self.root / "data" / "demo" / self.demo

    @property
    def mart(self) -> Path:
        """The published mart."""
        return self.data / "published" / "mart.duckdb"

    @property
    def reports(self) -> Path:
        """The report archive."""
        return self.data / "reports"

    def environment(self) -> dict[str, str]:
        """Return the environment that makes `tieout` work here and nowhere else."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_"))}
        # Nothing of this Python's environment is on the PATH: the commands must find their own tools.
        kept["PATH"] = "/usr/local/bin:/usr/bin:/bin"
        return kept | {"TIEOUT_ROOT": str(self.root), "TIEOUT_DEMO": self.demo, "COLUMNS": "200"}

    def tieout(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command in a process of its own and return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            env=self.environment(),
            cwd=self.root,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and return its process."""
        return subprocess.Popen(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            env=self.environment(),
            cwd=self.root,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def make_installation(root: Path) -> Installation:
    """Lay out an installation below `root`: code by link, sources by copy, dbt's target folder of its own."""
    root.mkdir(parents=True)
    for name in _CODE:
        if name != "dbt_project":
            (root / name).symlink_to(PROJECT / name)
    shutil.copytree(PROJECT / "dbt_project", root / "dbt_project", ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copytree(PROJECT / "data" / "demo", root / "data" / "demo", ignore=shutil.ignore_patterns("simulated"))
    return Installation(root)
