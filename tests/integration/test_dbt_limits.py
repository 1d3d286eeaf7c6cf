"""dbt builds within DuckDB's memory limit: what does not fit goes through the disk, as often as it has to."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

PROFILES = Path(__file__).resolve().parents[2] / "dbt_project" / "profiles.yml"
MODELS = 4
LARGE = "select hash(range + {number}) as noise, range as number from range(3000000) order by noise"
LIMIT = "90MB"
PROJECT = """
name: large
profile: tieout
flags:
  send_anonymous_usage_stats: false
models:
  +materialized: table
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A dbt project with Tieout's own profile, and models that need more memory than they get."""
    folder = tmp_path / "large"
    (folder / "models").mkdir(parents=True)
    (folder / "dbt_project.yml").write_text(PROJECT, encoding="utf-8")
    shutil.copy(PROFILES, folder)
    for number in range(MODELS):
        (folder / "models" / f"large_{number}.sql").write_text(LARGE.format(number=number), encoding="utf-8")
    return folder


def test_one_model_alone_does_not_fit_the_memory() -> None:
    connection = duckdb.connect(config={"memory_limit": LIMIT, "threads": 2, "temp_directory": ""})
    with connection, pytest.raises(duckdb.OutOfMemoryException):
        connection.execute(f"create table large as {LARGE.format(number=0)}")


def test_models_that_do_not_fit_the_memory_are_built_one_after_the_other(project: Path, tmp_path: Path) -> None:
    warehouse = tmp_path / "warehouse.duckdb"
    own = {"TIEOUT_WAREHOUSE": str(warehouse), "TIEOUT_MEMORY_LIMIT": LIMIT, "TIEOUT_THREADS": "2"}
    outcome = subprocess.run(
        [
            str(Path(sys.executable).with_name("dbt")),
            "run",
            "--project-dir",
            str(project),
            "--profiles-dir",
            str(project),
        ],
        env=os.environ | own,
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    with duckdb.connect(warehouse, read_only=True) as connection:
        for number in range(MODELS):
            assert connection.execute(f"select count(*) from core.large_{number}").fetchone() == (3_000_000,)
    assert not Path(f"{warehouse}.tmp").exists() or list(Path(f"{warehouse}.tmp").iterdir()) == []
