"""The wheel in an environment of its own: nothing of the repository is there, and a company is made, built and shown.

The company is all audit files that the tests have, so that each of them goes from `tieout init` to the published mart.

The libraries are those of this environment, by one line in a .pth file: installing them again would prove nothing more.
"""

import os
import subprocess
import sys
import sysconfig
import venv
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from orchestration.settings import PRODUCT
from orchestration.sources.inspection.audit_kinds import audit_file_kind
from tests.audit_company import Books, company_of_audit_files
from tests.audit_file_totals import totals_of
from tests.integration.audit_files import FARM, JUICE, SIE_FILES
from tests.integration.audit_files import FILES as AUDIT_FILES

UNBALANCED = next(file for file in SIE_FILES if "bad-balance" in file.name)
"""A voucher of it does not balance, on purpose: it is named, and nothing is published."""
SOUND = [FARM, JUICE, *(file for file in SIE_FILES if file != UNBALANCED)]


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


@dataclass(frozen=True)
class Published:
    """A company that was run, whose books are in it, and what the run printed."""

    folder: Path
    books: list[Books]
    printed: str


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


@pytest.fixture(scope="module")
def published(installed: Environment) -> Published:
    """The audit files of all programs, each from `tieout init` on, in one company that the wheel has checked and run."""
    folder = installed.home / "books"
    folder.mkdir()
    books = company_of_audit_files(folder, SOUND)
    checked = installed.run("tieout", "check", cwd=folder)
    assert f"{len(SOUND)} entities, {len(SOUND)} source systems" in checked
    assert "no mistakes" in checked
    printed = installed.run("tieout", "run", cwd=folder)
    return Published(folder, books, printed)


def test_the_wheel_makes_builds_and_shows_a_company(installed: Environment, published: Published) -> None:
    installed.run("tieout", "init", "juice", "--from", str(JUICE))
    assert "no mistakes" in installed.run("tieout", "check", cwd=installed.home / "juice")
    assert "checks passed" in published.printed
    assert (published.folder / "data" / "reports" / "latest.html").is_file()
    where = installed.run("python", "-c", "import orchestration; print(orchestration.__file__)", cwd=published.folder)
    assert Path(where.strip()).is_relative_to(installed.programs.parent)
    shown = installed.run("dagster", "definitions", "validate", cwd=installed.home / "juice")
    assert "passed validation" in shown or shown == ""


def test_every_audit_file_is_tried() -> None:
    there = {file for file in AUDIT_FILES.rglob("*") if file.is_file() and audit_file_kind(file)}
    assert there == {*SOUND, UNBALANCED}


def test_no_entity_has_a_figure_on_an_account_of_another_ones_books(published: Published) -> None:
    """French and Swedish charts each have accounts for the result of the year: a result is on one of its own entity's."""
    with duckdb.connect(str(next((published.folder / "data").rglob("warehouse.duckdb"))), read_only=True) as warehouse:
        on_accounts = warehouse.execute(
            """
            select figures.entity_id, figures.account_id, accounts.source_system, figures.source_system
            from core.trial_balance as figures
            inner join core.account as accounts using (account_id)
            where accounts.is_in_chart
            """
        ).fetchall()
        results = warehouse.execute(
            "select entity_id, min(account_id), max(account_id) from core.derived_result "
            "where part = 'result_of_year' group by entity_id"
        ).fetchall()
    assert len(on_accounts) > 1000
    assert [row for row in on_accounts if row[2] != row[3]] == []
    assert len(results) == len(SOUND)
    assert [row for row in results if row[1] != row[2]] == []
    assert len({account for _, account, _ in results if account != "result_of_year"}) > 1


@pytest.mark.parametrize("place", range(len(SOUND)), ids=[file.stem for file in SOUND])
def test_the_published_trial_balance_is_what_the_file_itself_states(published: Published, place: int) -> None:
    books = published.books[place]
    with duckdb.connect(str(published.folder / "data" / "published" / "mart.duckdb"), read_only=True) as mart:
        rows = mart.execute(
            """
            with closings as (
                select closing_id, period_end, period_end = max(period_end) over () as is_last
                from finance.dim_closing
                where closing_type = 'regular' and period_end between $first_day and $last_day
            )
            select split_part(account_code, ':', -1), balance_type, sum(amount)
            from finance.trial_balance
            inner join closings using (closing_id)
            where entity_id = $entity and scenario = 'actual' and (balance_type = 'movement' or is_last)
            group by all having sum(amount) <> 0
            """,
            {"entity": books.entity, "first_day": books.first_day, "last_day": books.last_day},
        ).fetchall()
    stated = totals_of(books.file)
    assert len(stated) >= 16
    assert {account: amount for account, _, amount in rows if account in stated} == stated
    # What no account of the file has is derived: the result of the year, and what the openings do not carry over.
    derived = {account: amount for account, kind, amount in rows if account not in stated and kind == "balance"}
    assert {account for account, _, _ in rows} - set(stated) == set(derived)
    assert sum(amount for _, kind, amount in rows if kind == "balance") == 0, "the balance sheet balances"
    assert sum(derived.values()) == sum(amount for _, kind, amount in rows if kind == "movement") - sum(stated.values())
