"""Inspecting a source of any kind: what `tieout source inspect` does, and the page that it shows.

Which kind a source is, is decided here; looking belongs in the module of the kind.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from pydantic import ValidationError

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import DeclarationError, UnreadableSourceError
from orchestration.sources.inspection.database import as_declared, inspect_database
from orchestration.sources.inspection.declaration_draft import declaration_draft
from orchestration.sources.inspection.drafts import Draft
from orchestration.sources.inspection.folder import inspect_files
from orchestration.sources.inspection.found import FoundSystem, FoundTable
from orchestration.sources.inspection.names import snake_case
from orchestration.sources.inspection.staging_draft import staging_drafts
from orchestration.sources.inspection.suite_draft import suite_drafts

SAMPLE_MB = 64
_ELSEWHERE = re.compile(r"(?!postgres|mysql|mariadb|sqlite)[a-z][a-z0-9+.-]*://", re.IGNORECASE)


@dataclass(frozen=True)
class Inspection:
    """What was found and what is drafted of it."""

    system: FoundSystem
    drafts: tuple[Draft, ...]


def inspect_source(
    where: str,
    name: str | None,
    root: Path,
    *,
    sample_mb: int = SAMPLE_MB,
    only: Sequence[str] = (),
    header: str | None = None,
) -> Inspection:
    """Look at a folder, a file, or a database or API by its URL, and draft its declaration, models and suites.

    `name` is the system's; one made of the place unless given. `root` is the company's folder. About `sample_mb` MB of
    each table are looked at. `only` are patterns of file names or relations, `header` one to be sent to an API. Raises
    a `SourceError` if there is nothing to be drafted.
    """
    system_name = _system_name(where, name)
    if where.startswith(("http://", "https://")):
        system = _inspect_api(where, system_name, root, header)
    elif remote := _ELSEWHERE.match(where):
        raise DeclarationError(
            f"{where}: files at {remote[0]} are landed, but not inspected. Copy some of them to a folder, inspect "
            f"that, and write root: {where} and storage in the draft."
        )
    elif database := as_declared(where, system_name, root):
        system = inspect_database(*database, system_name, root, sample_mb=sample_mb, only=only)
    else:
        system = inspect_files(Path(where).expanduser(), system_name, root, sample_mb=sample_mb, only=only)
    drafts = (declaration_draft(system), *staging_drafts(system), *suite_drafts(system))
    _check(drafts[0])
    return Inspection(system, drafts)


def page(inspection: Inspection) -> str:
    """Return what was found as text for a terminal."""
    system = inspection.system
    lines = [f"{system.name}: {len(system.tables)} table{'s' if len(system.tables) != 1 else ''} found."]
    width = max(len(table.name) for table in system.tables)
    for table in system.tables:
        key = f"key {', '.join(table.key)}" if table.key else "no key"
        lines.append(
            f"  {table.name:<{width}}  {table.rows:>10,} rows{'' if table.is_whole else ' (a part)'}"
            f"  {len(table.columns):>3} columns  {key}"
        )
        lines += [f"  {'':<{width}}  ! {told}" for told in _told(table)]
    lines += [f"  left out: {told}" for told in system.left_out]
    return "\n".join(lines)


def _told(table: FoundTable) -> Sequence[str]:
    rejected = [f"would go to quarantine: {told}" for told in table.unfit_rows]
    return [*table.notes, *rejected]


def _inspect_api(url: str, name: str, root: Path, header: str | None) -> FoundSystem:
    try:
        from orchestration.sources.inspection.http_api import inspect_api  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise UnreadableSourceError(
            f"HTTP APIs need the extra `api`, which is not installed ({error}). "
            'Install it with pip install "tieout[api]".'
        ) from error
    return inspect_api(url, name, root, header)


def _system_name(where: str, name: str | None) -> str:
    if name:
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise DeclarationError(f"--name {name!r}: a system's name has lower-case letters, digits and _ only.")
        return name
    url = urlsplit(where)
    if url.scheme in {"http", "https"}:
        parts = (url.hostname or "").split(".")
        return snake_case(parts[-2]) if len(parts) > 1 and not parts[-1].isdigit() else "api"
    if variable := re.fullmatch(r"\$\{(\w+)\}", where):
        return snake_case(re.sub(r"_(DATABASE|URL|FILES)$", "", variable[1], flags=re.IGNORECASE))
    if url.scheme and url.netloc:
        return snake_case(url.path.strip("/").split("/")[-1] or url.hostname or "source")
    path = Path(where).expanduser().resolve()
    return snake_case(path.name if path.is_dir() else path.stem.split(".")[0])


def _check(draft: Draft) -> None:
    """Raise `DeclarationError` if a draft is not a declaration that the product itself takes."""
    try:
        SourceSystem.model_validate(yaml.safe_load(draft.text)["attributes"])
    except (yaml.YAMLError, ValidationError) as error:
        raise DeclarationError(f"The draft is no sound declaration ({error}); please report this source.") from error
