"""sqlfluff over a company's dbt project: `python -m tests.lint_sql lint|fix COMPANY FOLDER...`, folders as dbt knows them.

The project is laid out in a data folder of the linter's own, or TIEOUT_DATA_DIR; its links lead to the files as they are
committed. A file that is one call of a macro has no SQL of its own, and is left out: what the macro makes of it may be
very long.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

from orchestration.settings import PRODUCT, Settings
from orchestration.transform.environment import dbt_environment
from orchestration.transform.project import lay_out_project, project_folder
from orchestration.warehouse.prepare import prepare_warehouse

_SQLFLUFF = """
from sqlfluff.cli.commands import cli
from sqlparse.engine import grouping

grouping.MAX_GROUPING_TOKENS = None  # as dbt itself has it; a file of more tokens would be skipped
cli(prog_name="sqlfluff")
"""
_SKIPPED = re.compile(r"Skipped file (.*)")
_NO_QUERY = "because it is a macro"
_ONE_CALL = re.compile(r"(--[^\n]*\n|\s)*\{\{((?!\}\}).)*\}\}\s*", re.DOTALL)
_MANY = 100
"""Files from which on a second process is worth while: sqlfluff's pool was once seen to wait for ever for its end."""


def main(verb: str, company: str, *folders: str) -> int:
    """Lint or mend the folders that there are; return sqlfluff's exit code, or 1 where it left a query out."""
    folder = Path(company).resolve()
    data = os.environ.get("TIEOUT_DATA_DIR", str(PRODUCT / ".venv" / "lint" / folder.name))
    installation = Settings(company=folder, data_dir=Path(data))
    lay_out_project(installation)
    prepare_warehouse(installation)
    places = [project_folder(installation) / name for name in folders]
    files = [str(file) for place in places for file in _queries(place)]
    if not files:
        return 0
    command = [sys.executable, "-c", _SQLFLUFF, verb, "--config", str(PRODUCT / "pyproject.toml")]
    ended = subprocess.run(
        [*command, "--processes", "2" if len(files) > _MANY else "1", *files],
        env=os.environ | dbt_environment(installation),
        cwd=PRODUCT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(ended.stdout)
    left_out = [told for told in _SKIPPED.findall(ended.stdout) if _NO_QUERY not in told]
    return ended.returncode or bool(left_out)


def _queries(place: Path) -> list[Path]:
    """Return the SQL files of a folder, or the file itself, that are more than one call of a macro."""
    # A link is not descended into unless it is resolved; the linter wants the path by which dbt knows the file.
    below = place.resolve()
    found = [place] if below.is_file() else [place / file.relative_to(below) for file in below.rglob("*.sql")]
    return sorted(file for file in found if not _ONE_CALL.fullmatch(file.read_text(encoding="utf-8")))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
