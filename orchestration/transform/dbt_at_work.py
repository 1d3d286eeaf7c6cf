"""The process in which dbt parses the project and builds, begun while there is other work to do.

Importing dbt and reading its project takes as long as importing Dagster, so who knows that both are needed begins with
this one, and the build goes on in it. Dagster is not imported here.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from typing import IO, cast

from orchestration.settings import Settings
from orchestration.transform.environment import dbt_environment
from orchestration.transform.faults import dbt_fault, indented
from orchestration.transform.idle import IDLE, idle_fault
from orchestration.transform.project import lay_out_project, project_files, project_folder
from orchestration.warehouse.errors import WarehouseError

_CHILD = "orchestration.transform.dbt_child"
_PARSED = "tieout: dbt has parsed"
_MANIFEST = "parsed_manifest.json"
"""What parsing made of manifest.json, which each build of dbt's writes anew."""
_MADE_BY_PARSING = (_MANIFEST, "partial_parse.msgpack")

_begun: dict[Path, subprocess.Popen[bytes]] = {}
"""dbt at work by its target folder, not waited for yet."""
_parsing: dict[Path, tuple[str, bool]] = {}
"""What the process of a target folder parses, as `_parsed_of` says, and whether it stays, until it was waited for."""


def parsed_manifest(installation: Settings) -> Path:
    """Return dbt's manifest as parsing made it; it is there, and whole, after `finish_parsing`."""
    return installation.dbt_target / _MANIFEST


def begin_parsing(installation: Settings, *, then_build: bool = False) -> None:
    """Lay the project out, and start dbt to parse it unless its manifest is current or dbt is at work.

    With `then_build` it stays, to build with what it has imported and parsed, until this process ends. Raises the
    errors of `lay_out_project`.
    """
    if installation.dbt_target in _begun:
        return
    lay_out_project(installation)
    if not is_parsed(installation):
        # dbt's partial parsing forgets a singular test's properties when only its SQL changed. The stamp goes first:
        # a parser that is killed leaves half of what it writes.
        for name in ("parsed.txt", "partial_parse.msgpack"):
            (installation.dbt_target / name).unlink(missing_ok=True)
        _begin(installation, _parsed_of(installation), then_build=then_build)


def finish_parsing(installation: Settings) -> None:
    """Wait until the project is parsed, if dbt is at it.

    Raises WarehouseError where it cannot be parsed, OutsideError where dbt hangs.
    """
    if not is_parsing(installation):
        return
    process = _begun[installation.dbt_target]
    parsed_of, stays = _parsing.pop(installation.dbt_target)
    said, has_parsed = _said_while_parsing(process)
    if not stays or not has_parsed:
        del _begun[installation.dbt_target]
        process.communicate()
    if process.returncode == IDLE:
        raise idle_fault()
    if not has_parsed:
        raise WarehouseError(
            f"The dbt project of {installation.company_dir} cannot be parsed; nothing was landed or "
            "built. Mend it, and run again.\n" + indented(dbt_fault(said))
        )
    shutil.copyfile(installation.dbt_target / "manifest.json", parsed_manifest(installation))
    _stamp(installation).write_text(_stamped(installation, parsed_of), encoding="utf-8")


def is_parsed(installation: Settings) -> bool:
    """Return whether what parsing made is there, whole, and of the project as it is laid out."""
    stamp = _stamp(installation)
    return stamp.exists() and stamp.read_bytes() == _stamped(installation, _parsed_of(installation)).encode()


def is_parsing(installation: Settings) -> bool:
    """Return whether a parser is at work that has not been waited for."""
    return installation.dbt_target in _parsing


def command_dbt(installation: Settings, arguments: Iterable[str]) -> subprocess.Popen[bytes]:
    """Have dbt run a command with the parsed project; return its process, which says its log and ends with dbt's code.

    It ends with this process, too, however this one ends. Raises the errors of `begin_parsing` and `finish_parsing`.
    """
    begin_parsing(installation, then_build=True)
    if installation.dbt_target not in _begun:  # parsed by an earlier process: it is read again, and not written
        _begin(installation, _parsed_of(installation), "--no-write-json", then_build=True)
    finish_parsing(installation)
    process = _begun.pop(installation.dbt_target)
    commands = cast("IO[bytes]", process.stdin)
    commands.write(json.dumps(list(arguments)).encode() + b"\n")
    commands.flush()
    return process


def _begin(installation: Settings, parsed_of: str, *options: str, then_build: bool) -> None:
    _begun[installation.dbt_target] = subprocess.Popen(  # noqa: S603 - our own arguments
        [sys.executable, "-P", "-m", _CHILD, _PARSED, *options],
        env=os.environ | dbt_environment(installation) | {"PYTHONUNBUFFERED": "1"},
        cwd=project_folder(installation),
        stdin=subprocess.PIPE,  # its end, and so this process's, is dbt's
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    _parsing[installation.dbt_target] = parsed_of, then_build


def _said_while_parsing(process: subprocess.Popen[bytes]) -> tuple[str, bool]:
    """Return what dbt said until it had parsed or given up, and whether it has parsed."""
    said: list[str] = []
    for line in process.stdout or ():
        text = line.decode(errors="replace").rstrip("\n")
        if text == _PARSED:
            return "\n".join(said), True
        said.append(text)
    return "\n".join(said), False


def _stamp(installation: Settings) -> Path:
    return installation.dbt_target / "parsed.txt"


def _stamped(installation: Settings, parsed_of: str) -> str:
    """Return what was parsed and the hashes of what came of it: nothing is built with what was damaged since."""
    made = [installation.dbt_target / name for name in _MADE_BY_PARSING]
    hashes = [hashlib.sha256(file.read_bytes()).hexdigest() if file.exists() else "none" for file in made]
    return "\n".join([parsed_of, *hashes])


def _parsed_of(installation: Settings) -> str:
    """Return what parsing depends on, as one hash: the files by name, size and time, and what dbt is told."""
    digest = hashlib.sha256(json.dumps(dbt_environment(installation), sort_keys=True).encode())
    digest.update(version("dbt-core").encode())
    for file in project_files(installation):
        found = file.stat()
        digest.update(f"{file}|{found.st_size}|{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()
