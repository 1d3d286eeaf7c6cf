"""The companies' folders that tests use: the two demos' as they are committed, copies of them, and made-up ones."""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.company.chosen import company
from orchestration.settings import settings
from orchestration.sources.declaration.systems import COMPONENT_TYPE

PROJECT = Path(__file__).resolve().parents[1]
ADVENTUREWORKS = PROJECT / "companies" / "adventureworks"
TARNVALE = PROJECT / "companies" / "tarnvale"

_SMALLEST = """\
name: Made up
group: {id: MU00, currency: EUR}
entities:
  - {id: MU01, name: Made up}
"""


def copy_company(demo: Path, folder: Path) -> Path:
    """Copy a demo's folder, without what runs have written there and what the simulator has made, and return the copy."""
    left_out = [str(demo / "data"), *([str(demo / "files")] if demo == TARNVALE else [])]

    def ignored(place: str, names: list[str]) -> set[str]:
        return {name for name in names if str(Path(place, name)) in left_out}

    return Path(shutil.copytree(demo, folder, ignore=ignored))


def made_company(folder: Path) -> Path:
    """Make a folder a company's with as little as can be said of one, and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "company.yaml").write_text(_SMALLEST, encoding="utf-8")
    return folder


def declare_system(folder: Path, attributes: dict[str, Any]) -> Path:
    """Declare a source system of a company, in place of the one of its name, and return the file."""
    file = folder / "sources" / attributes["name"] / "defs.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({"type": COMPONENT_TYPE, "attributes": attributes}, sort_keys=False, allow_unicode=True)
    file.write_text(text, encoding="utf-8")
    return file


def choose(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a company the one that this process works for until the test ends, and return its folder."""
    monkeypatch.setenv("TIEOUT_COMPANY", str(folder))
    forget_settings()
    return folder


def forget_settings() -> None:
    """Let settings and company be read anew: they are read once otherwise."""
    settings.cache_clear()
    company.cache_clear()
