"""The declarations of a company's source systems, all of them read: each fault with its file and line."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import LocatedYaml, read_yaml
from orchestration.sources.declaration.ready_systems import ready_types, with_ready_tables
from orchestration.sources.declaration.systems import COMPONENT_TYPE, SourceSystem, may_be_shown
from orchestration.sources.errors import DeclarationError


@dataclass
class Declarations:
    """The systems that could be read, in order of name, the names of those that could not, and what is wrong."""

    systems: list[SourceSystem] = field(default_factory=list)
    unread: set[str] = field(default_factory=set)
    faults: list[Fault] = field(default_factory=list)


def read_declarations(sources: Path) -> Declarations:
    """Read all declarations below a folder, each with all that is wrong with it."""
    systems: dict[str, tuple[SourceSystem, Path]] = {}
    found_all = Declarations()
    faults = found_all.faults
    for file in sorted(sources.rglob("defs.yaml")):
        try:
            document = read_yaml(file)
        except CompanyError as error:
            faults += error.faults
            found_all.unread.add(file.parent.name)
            continue
        found = _system(file, document)
        if isinstance(found, SourceSystem):
            if found.name in systems:
                other = systems[found.name][1]
                line = document.line(("attributes", "name"))
                faults.append(Fault(file, line, f"name: {found.name} is declared in {other} too; rename one of them"))
            systems.setdefault(found.name, (found, file))
        else:
            faults += found
            found_all.unread.add(_name_in(document) or file.parent.name)
    faults += _stray(sources)
    found_all.systems = [systems[name][0] for name in sorted(systems)]
    return found_all


def _name_in(document: LocatedYaml) -> str | None:
    attributes = document.value.get("attributes") if isinstance(document.value, dict) else None
    name = attributes.get("name") if isinstance(attributes, dict) else None
    return name if isinstance(name, str) else None


def _system(file: Path, document: LocatedYaml) -> SourceSystem | list[Fault]:
    allowed = ", ".join([COMPONENT_TYPE, *ready_types()])
    value = document.value
    if not isinstance(value, dict) or "type" not in value:
        return [Fault(file, 1, f"type: is missing; allowed: {allowed}")]
    faults = [
        Fault(file, document.line((key,)), f"{key}: is not known here; allowed: type, attributes")
        for key in value
        if key not in {"type", "attributes"}
    ]
    # The values as YAML types them: what a declaration may say rests on it.
    attributes: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")).get("attributes") or {}
    if value["type"] != COMPONENT_TYPE:
        if value["type"] not in ready_types():
            return [*faults, Fault(file, document.line(("type",)), f"type: is {value['type']!r}; allowed: {allowed}")]
        try:
            attributes = with_ready_tables(str(value["type"]), attributes, file)
        except DeclarationError as error:
            return [*faults, Fault(file, document.line(("attributes",)), str(error).removeprefix(f"{file}: "))]
    try:
        system = SourceSystem.model_validate(attributes)
    except ValidationError as error:
        return [*faults, *document.faults(error, SourceSystem, under=("attributes",), shows=may_be_shown)]
    return faults or system


def _stray(sources: Path) -> Iterator[Fault]:
    """Yield the folders of sources/ that have YAML but no defs.yaml: nobody reads them."""
    for folder in sorted(sources.iterdir()) if sources.is_dir() else ():
        if folder.is_dir() and not (folder / "defs.yaml").is_file() and any(folder.glob("*.y*ml")):
            yield Fault(folder, None, "has no defs.yaml, so nothing of it is read; a system's declaration is defs.yaml")
