"""The rules for models of product and companies, read from their files; each refuses by an assertion."""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def described_models(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what the YAML files below a folder of models say, by model. Read once: it is asked for each of them."""
    return {
        model["name"]: model
        for file in folder.rglob("*.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8")).get("models", [])
    }


def models_with_tested_keys(tests: Path) -> set[str]:
    """Return the models whose keys the files of a folder of tests name."""
    texts = (file.read_text(encoding="utf-8") for file in tests.glob("keys_of_*.sql"))
    return {name for text in texts for name in re.findall(r"^ *'(\w+)': \[", text, re.MULTILINE)}


def check_form(file: Path, described: dict[str, dict[str, Any]]) -> None:
    """A model opens with its grain, and has a description."""
    assert re.search(r"^-- Grain: one row per .+", file.read_text(encoding="utf-8"), re.MULTILINE), file
    assert described[file.stem]["description"], file


def check_layer(file: Path) -> None:
    """A mart reads core, core what companies supply, and staging a source."""
    text = file.read_text(encoding="utf-8")
    sources = set(re.findall(r"source\('(\w+)'", text))
    if "marts" in file.parts:
        assert "ref('stg_" not in text, file
        assert sources <= {"dictionary", "company"}, file
    if "core" in file.parts:
        assert "ref('stg_" not in text, file
        assert "ref('map_" not in text, file
    if "staging" in file.parts:
        assert "ref(" not in text, file


def check_mapping(file: Path) -> None:
    """A mapping renames and chooses what staging has: it reads no model of the product."""
    refs = set(re.findall(r"ref\('(\w+)'", file.read_text(encoding="utf-8")))
    assert {name for name in refs if not name.startswith(("stg_", "map_"))} == set(), file
