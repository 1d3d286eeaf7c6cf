"""Parsing the dbt project: where one of its files has changed, in a process of its own.

It takes as long as importing Dagster, so who knows that both are needed begins with this one. Dagster is not imported
here.
"""

import hashlib
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from orchestration.settings import Settings
from orchestration.transform.environment import dbt_environment
from orchestration.transform.faults import dbt_fault, indented
from orchestration.transform.project import lay_out_project, project_files
from orchestration.warehouse.errors import WarehouseError

_begun: dict[Path, tuple[subprocess.Popen[str], str]] = {}
"""The parsers at work and what they parse, as `_parsed_of` says, by dbt's target folder."""


def dbt_executable() -> Path:
    """Return the dbt that belongs to this Python, whether or not it is on the PATH."""
    return Path(sys.executable).with_name("dbt")


def begin_parsing(installation: Settings) -> None:
    """Lay the project out, and start parsing it unless its manifest is current or a parser is at work.

    Raises the errors of `lay_out_project`.
    """
    if installation.dbt_target in _begun:
        return
    lay_out_project(installation)
    parsed_of = _parsed_of(installation)
    if _is_current(installation, parsed_of):
        return
    # dbt's partial parsing forgets a singular test's properties when only its SQL changed.
    (installation.dbt_target / "partial_parse.msgpack").unlink(missing_ok=True)
    parser = subprocess.Popen(  # noqa: S603 - our own arguments
        [str(dbt_executable()), "parse"],
        env=os.environ | dbt_environment(installation),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    _begun[installation.dbt_target] = (parser, parsed_of)


def finish_parsing(installation: Settings) -> None:
    """Wait for the parser that is at work, if one is. Raises WarehouseError where the project cannot be parsed."""
    if installation.dbt_target not in _begun:
        return
    parser, parsed_of = _begun.pop(installation.dbt_target)
    said, _ = parser.communicate()
    if parser.returncode:
        raise WarehouseError(
            f"The dbt project of {installation.company_dir} cannot be parsed; nothing was landed or "
            "built. Mend it, and run again.\n" + indented(dbt_fault(said))
        )
    _stamp(installation).write_text(parsed_of, encoding="utf-8")


def _is_current(installation: Settings, parsed_of: str) -> bool:
    stamp = _stamp(installation)
    return (
        (installation.dbt_target / "manifest.json").exists()
        and stamp.exists()
        and stamp.read_text(encoding="utf-8") == parsed_of
    )


def _stamp(installation: Settings) -> Path:
    return installation.dbt_target / "parsed.txt"


def _parsed_of(installation: Settings) -> str:
    """Return what parsing depends on, as one hash: the files by name, size and time, and what dbt is told."""
    digest = hashlib.sha256(json.dumps(dbt_environment(installation), sort_keys=True).encode())
    digest.update(version("dbt-core").encode())
    for file in project_files(installation):
        found = file.stat()
        digest.update(f"{file}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
