"""The wheel in an environment of its own: nothing of the repository is there, and a company is made, built and shown.

The libraries are those of this environment, by one line in a .pth file: installing them again would prove nothing more.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.settings import PRODUCT

FEC = PRODUCT / "tests" / "data" / "audit_files" / "fec"


@dataclass(frozen=True)
class Environment:
    """A Python environment into which the wheel was installed, and a folder to stand in."""

    programs: Path
    home: Path

    def run(self, *command: str, cwd: Path | None = None) -> str:
        """Run a program of the environment and return what it printed; it has to succeed."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("TIEOUT_", "DAGSTER_", "PYTHON"))
        }
        outcome = subprocess.run(
            [self.programs / command[0], *command[1:]],
            cwd=cwd or self.home,
            env=kept
            | {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TIEOUT_SETTLE_SECONDS": "0", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert outcome.returncode == 0, outcome.stdout + outcome.stderr
        return outcome.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source"
    source.mkdir()
    tracked = subprocess.run(["git", "ls-files", "-z"], cwd=PRODUCT, capture_output=True, check=True).stdout.split(
        b"\0"
    )
    for name in (Path(os.fsdecode(raw)) for raw in tracked if raw):
        if name.parts[0] not in {"tests", "companies", "docs"} and (PRODUCT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((PRODUCT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--wheel-dir", str(place), str(source)], check=True, capture_output=True
    )
    environment = place / "environment"
    venv.create(environment, with_pip=False)
    (wheel,) = place.glob("tieout-*.whl")
    packages = next((environment / "lib").glob("python*")) / "site-packages"
    libraries = Path(sysconfig.get_paths()["purelib"])
    (packages / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    python = environment / "bin" / "python"
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(wheel)], check=True, capture_output=True)
    for name in ("dbt", "dagster"):  # as installing the libraries would have made them
        script = Path(sys.executable).with_name(name).read_text(encoding="utf-8").split("\n", 1)[1]
        (environment / "bin" / name).write_text(f"#!{python}\n{script}", encoding="utf-8")
        (environment / "bin" / name).chmod(0o755)
    home = place / "home"
    home.mkdir()
    return Environment(environment / "bin", home)


def test_the_wheel_makes_builds_and_shows_a_company(installed: Environment) -> None:
    (books,) = FEC.glob("111111111FEC*")
    installed.run("tieout", "init", "juice", "--from", str(books))
    folder = installed.home / "juice"
    installed.run("tieout", "check", cwd=folder)
    printed = installed.run("tieout", "run", cwd=folder)
    assert "checks passed" in printed
    assert (folder / "data" / "published" / "mart.duckdb").is_file()
    assert (folder / "data" / "reports" / "latest.html").is_file()
    where = installed.run("python", "-c", "import orchestration; print(orchestration.__file__)", cwd=folder)
    assert Path(where.strip()).is_relative_to(installed.programs.parent)
    shown = installed.run("dagster", "definitions", "validate", cwd=folder)
    assert "passed validation" in shown or shown == ""
