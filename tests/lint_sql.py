"""sqlfluff over a company's dbt project: `python -m tests.lint_sql lint|fix COMPANY FOLDER...`, folders as dbt knows them.

The project is laid out in a data folder of the linter's own, or TIEOUT_DATA_DIR; its links lead to the files as they are
committed.
"""

import os
import subprocess
import sys
from pathlib import Path

from orchestration.settings import PRODUCT, Settings
from orchestration.transform.environment import dbt_environment
from orchestration.transform.project import lay_out_project, project_folder
from orchestration.warehouse.prepare import prepare_warehouse

_MANY = 100
"""Files from which on a second process is worth while: sqlfluff's pool was once seen to wait for ever for its end."""


def main(verb: str, company: str, *folders: str) -> int:
    """Lint or mend the folders that there are; return sqlfluff's exit code."""
    folder = Path(company).resolve()
    data = os.environ.get("TIEOUT_DATA_DIR", str(PRODUCT / ".venv" / "lint" / folder.name))
    installation = Settings(company=folder, data_dir=Path(data))
    lay_out_project(installation)
    prepare_warehouse(installation)
    there = [str(place) for name in folders if (place := project_folder(installation) / name).exists()]
    files = sum(1 for place in there for _ in Path(place).rglob("*.sql"))
    return subprocess.run(
        [
            Path(sys.executable).with_name("sqlfluff"),
            verb,
            "--config",
            PRODUCT / "pyproject.toml",
            "--processes",
            "2" if files > _MANY else "1",
            *there,
        ],
        env=os.environ | dbt_environment(installation),
        cwd=PRODUCT,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
