"""docs/add-a-source.md, followed to the letter in a folder that looks like the project's.

Each block of bash is run in turn in one shell, each file that the page says to write is written, and each line that it
shows as output must be in the output of the block before it (`…` stands for anything).
"""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.companies import PROJECT
from tests.end_to_end.installation import environment

GUIDE = PROJECT / "docs" / "add-a-source.md"
_BLOCK = re.compile(r"(?P<before>[^\n]*)\n\n```(?P<kind>\w+)\n(?P<text>.*?)\n```\n", re.DOTALL)
_WRITE = re.compile(r"Write `([^`]+)`:")
_DONE = "--- done with block {} ---"


@dataclass(frozen=True)
class Step:
    """What the page asks for at one place, and what it shows of the outcome."""

    commands: str
    shown: tuple[str, ...]


def steps_of(page: str) -> list[Step]:
    steps: list[Step] = []
    for block in _BLOCK.finditer(page):
        kind, text = block["kind"], block["text"]
        if path := _WRITE.search(block["before"]):
            target = path[1]
            folder = os.path.dirname(target)  # noqa: PTH120 (a path of the page, not of this machine)
            steps.append(Step(f"mkdir -p {folder or '.'}\ncat > {target} <<'END-OF-FILE'\n{text}\nEND-OF-FILE", ()))
        elif kind == "bash":
            steps.append(Step(text, ()))
        elif kind == "text":
            steps[-1] = Step(steps[-1].commands, tuple(text.splitlines()))
    return steps


def as_pattern(line: str) -> str:
    return r".*".join(r"\s+".join(map(re.escape, part.split())) for part in line.split("…"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder in which the project's docs and its environment's commands are, as `make setup` gives them."""
    root = tmp_path / "tieout"
    programs = root / ".venv" / "bin"
    programs.mkdir(parents=True)
    (root / "docs").symlink_to(PROJECT / "docs")
    commands = {"python": sys.executable, "tieout": f"{sys.executable} -m orchestration.cli"}
    for name, command in commands.items():
        (programs / name).write_text(f'#!/bin/sh\nexec {command} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    return root


def test_every_command_of_the_guide_works_and_shows_what_it_says(checkout: Path) -> None:
    page = GUIDE.read_text(encoding="utf-8")
    steps = steps_of(page)
    assert len(steps) == page.count("\n```bash\n") + len(_WRITE.findall(page)) > 10
    script = "\n".join(
        line for number, step in enumerate(steps) for line in (step.commands, f"echo '{_DONE.format(number)}'")
    )
    known = environment()
    path = f"{checkout / '.venv' / 'bin'}:{known['PATH']}"
    outcome = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=checkout,
        env=known | {"PATH": path, "TIEOUT_SETTLE_SECONDS": "0"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=900,
        check=False,
    )
    rest = outcome.stdout
    for number, step in enumerate(steps):
        done = f"{_DONE.format(number)}\n"
        assert done in rest, f"{step.commands}\n\n{rest[-3000:]}"
        output, rest = rest.split(done, 1)
        for line in step.shown:
            assert re.search(as_pattern(line), output), (
                f"{line}\n\nis not in the output of\n\n{step.commands}\n\n{output}"
            )
    assert outcome.returncode == 0, rest
