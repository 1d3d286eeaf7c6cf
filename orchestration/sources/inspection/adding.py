"""Adding tables to a system that was drafted before: what a person made of the earlier drafts stays letter by letter.

The declaration and the file that describes the models get entries at the end of their lists; every other draft is a
file of its own, and never written over one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from orchestration.sources.declaration.systems import COMPONENT_TYPE
from orchestration.sources.errors import DeclarationError
from orchestration.sources.inspection.declaration_draft import declaration_draft, declaration_file, table_lines
from orchestration.sources.inspection.drafts import Draft, refuse_what_is_there, write_all
from orchestration.sources.inspection.found import FoundSystem, FoundTable
from orchestration.sources.inspection.names import distinct
from orchestration.sources.inspection.staging_draft import description_file, model_lines, staging_drafts
from orchestration.sources.inspection.suite_draft import suite_drafts

_KINDS = ("database", "api", "root")


@dataclass(frozen=True)
class Written:
    """What was written, and which tables were declared already and so were left as they are."""

    paths: list[Path]
    kept: list[str]


def write_drafts(system: FoundSystem, root: Path) -> Written:
    """Write the drafts of a system below the company's folder, of a system declared before those of its new tables.

    Raises `DeclarationError` if nothing is new, a file that would be made is there, or the system is of another kind;
    nothing is written then.
    """
    declaration = root / declaration_file(system)
    if not declaration.exists():
        drafts = [declaration_draft(system), *staging_drafts(system), *suite_drafts(system)]
        return Written(write_all(drafts, root), [])
    shown = declaration.relative_to(root)
    text = _read(declaration)
    declared = _attributes(text, shown, system)
    known = {_place(table): str(table.get("name")) for table in declared["tables"]}
    taken = {str(table.get("name")) for table in declared["tables"]}
    new: list[FoundTable] = []
    kept: list[str] = []
    for table in system.tables:
        if there := known.get(_place(_as_declared(table))):
            kept.append(there)
        else:
            new.append(replace(table, name=distinct(table.name, taken)))
    if not new:
        raise DeclarationError(
            f"{shown}: {', '.join(kept)}: declared already, and nothing is overwritten. Name other tables with --only, "
            "or take --name for another system."
        )
    added = replace(system, tables=tuple(new))
    own = [draft for draft in (*staging_drafts(added), *suite_drafts(added)) if draft.path != description_file(system)]
    refuse_what_is_there(own, root)
    changed = [Draft(shown, _with_entries(text, ("attributes", "tables"), [table_lines(t) for t in new], shown))]
    described = root / description_file(system)
    if described.exists():
        entries = [model_lines(added, table) for table in new]
        more = _with_entries(_read(described), ("models",), entries, description_file(system))
        changed.append(Draft(description_file(system), more))
    else:
        own += [draft for draft in staging_drafts(added) if draft.path == description_file(system)]
    paths = write_all(own, root)
    for draft in changed:
        (root / draft.path).write_text(draft.text, encoding="utf-8", newline="")
    return Written([*(root / draft.path for draft in changed), *paths], kept)


def _read(file: Path) -> str:
    with file.open(encoding="utf-8", newline="") as handle:
        return handle.read()


def _attributes(text: str, shown: Path, system: FoundSystem) -> dict[str, Any]:
    """Return what a declaration says. Raises `DeclarationError` where tables of this source cannot be added to it."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise DeclarationError(f"{shown}: is no YAML ({error}). Mend it, and look again.") from error
    is_own = isinstance(said, dict) and said.get("type") == COMPONENT_TYPE
    found = said.get("attributes") if is_own else None
    attributes: dict[str, Any] = found if isinstance(found, dict) else {}
    declared, looked_at = ([kind for kind in _KINDS if kind in place] for place in (attributes, system.place))
    if declared != looked_at or not isinstance(attributes.get("tables"), list):
        raise DeclarationError(
            f"{shown}: already there, and declares a source of another kind. Take --name for another system."
        )
    return attributes


def _as_declared(table: FoundTable) -> Mapping[str, Any]:
    ((entry),) = yaml.safe_load("\n".join(table_lines(table)))
    return dict(entry)


def _place(table: Mapping[str, Any]) -> tuple[str, ...]:
    """Return where a declared table is in its system, so that it is known under another name."""
    sections = [table.get(section) or {} for section in ("excel", "json", "sie")]
    parts = [str(section.get(option, "")) for section in sections for option in ("sheet", "path", "record")]
    return (str(table.get("relation", "")), str(table.get("files", "")), str(table.get("resource", "")), *parts)


def _with_entries(text: str, keys: Sequence[str], entries: Sequence[Sequence[str]], shown: Path) -> str:
    """Return a YAML text with entries behind the last one of a list; each is given as lines, its dash first.

    Raises `DeclarationError` where the list is written in brackets or is no list.
    """
    node = yaml.compose(text)
    for key in keys:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    lines = text.splitlines(keepends=True)
    end = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        column, place = node.start_mark.column, _end_of(node, lines)
        drafted = [
            " " * column + line[_indent(entry) :] if line.strip() else line for entry in entries for line in entry
        ]
        before = lines[:place]
        if before and not before[-1].endswith(("\n", "\r\n")):
            before[-1] += end
        changed = "".join([*before, *(line + end for line in drafted), *lines[place:]])
        if _entries(changed, keys) == [*_entries(text, keys), *(yaml.safe_load("\n".join(e))[0] for e in entries)]:
            return changed
    raise DeclarationError(
        f"{shown}: nothing can be added to its {keys[-1]}, which are not written one below the other. "
        "Write them so, and look again."
    )


def _end_of(node: yaml.SequenceNode, lines: Sequence[str]) -> int:
    """Return the number of the line behind a list; blank lines and comments of what follows are not part of it."""
    place, column = node.end_mark.line, node.end_mark.column
    if place < len(lines) and lines[place][:column].strip():  # the text ends there, with no line break
        place += 1
    while place and (
        not lines[place - 1].strip()
        or (lines[place - 1].lstrip().startswith("#") and _indent([lines[place - 1]]) < node.start_mark.column)
    ):
        place -= 1
    return place


def _indent(entry: Sequence[str]) -> int:
    """Return how far the first line of an entry is indented."""
    return len(entry[0]) - len(entry[0].lstrip())


def _entries(text: str, keys: Sequence[str]) -> list[Any]:
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError:
        return []
    for key in keys:
        said = said[key]
    return list(said)
