"""Looking at a folder of exports, or at one file: which tables are there, and how each is written and typed.

Each table is landed on trial twice: once with every column as it comes, to see its values; once with the types that
follow, to see what would not fit. What tables have in common decides where one of them shows nothing.
"""

import re
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from pathlib import Path, PurePosixPath

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import MissingSourceError, SourceError
from orchestration.sources.inspection import grouping
from orchestration.sources.inspection.audit_kinds import audit_file_kind
from orchestration.sources.inspection.audit_tables import audit_tables
from orchestration.sources.inspection.file_layouts import FileLayout, column_names, file_layouts
from orchestration.sources.inspection.found import FoundColumn, FoundSystem, FoundTable, Guess
from orchestration.sources.inspection.grouping import FileGroup
from orchestration.sources.inspection.keys import Repetition, key_of, repetition, state_rows
from orchestration.sources.inspection.names import distinct
from orchestration.sources.inspection.patterns import chosen
from orchestration.sources.inspection.profile import typed_column, with_figures
from orchestration.sources.inspection.shapes import Shapes, shapes_of
from orchestration.sources.inspection.text_types import Marks, marks_of, text_types
from orchestration.sources.inspection.trial import Trial, land_on_trial, part_of, relation

_HOURS_PER_DAY = 24
_MONTH = "%Y%m"
_ALIKE = 0.5


@dataclass(frozen=True)
class _Look:
    """A table landed with every column as it comes."""

    group: FileGroup
    layout: FileLayout
    folder: Path
    is_whole: bool
    trial: Trial
    shapes: tuple[Shapes, ...]
    """Of text columns; empty for Parquet."""


def inspect_files(path: Path, name: str, root: Path, *, sample_mb: int, only: Sequence[str] = ()) -> FoundSystem:
    """Return what is found in a folder, or of a single file; `root` is the company's folder, where relative ones start.

    Of each table about `sample_mb` MB are looked at. `only` are patterns of files, such as `sales*.csv`. Raises
    `MissingSourceError` if nothing can be landed.
    """
    if not path.exists():
        raise MissingSourceError(f"{path}: there is no such file or folder. Check the path, or give a URL.")
    path = path.resolve()
    folder = path.parent if path.is_file() else path
    files, left_out = grouping.listed(folder)
    if path.is_file():
        files, left_out = [file for file in files if file == path.name], []
    files = chosen(only, files, lambda file: (file,), "file")
    if not files:
        told = f" There is {'; '.join(left_out[:5])}." if left_out else ""
        raise MissingSourceError(
            f"{path}: no file here can be landed.{told} Tieout lands CSV and other delimited text, JSON, JSON lines, "
            "Parquet, .xlsx workbooks, FEC and SIE audit files, and databases."
        )
    with tempfile.TemporaryDirectory(prefix="tieout-inspect-") as place, duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        kinds = {file: kind for file in files if (kind := audit_file_kind(folder / file))}
        others = [file for file in files if file not in kinds]
        groups = _merged(connection, folder, grouping.grouped(folder, others), Path(place))
        looks: list[_Look] = []
        for number, group in enumerate(groups):
            try:
                looks += _looked_at(connection, folder, group, Path(place) / str(number), sample_mb, left_out)
            except SourceError as error:
                left_out.append(f"{group.pattern}: {_shortened(error, folder)}")
        tables = audit_tables(connection, folder, kinds, Path(place) / "audit", left_out)
        tables += _tables(connection, looks, Path(place) / "typed", folder, left_out, {table.name for table in tables})
    if not tables:
        raise MissingSourceError(f"{path}: nothing here can be landed as it is. {' '.join(left_out)}")
    return FoundSystem(
        name=name,
        description=f"The exports of {name}.",
        place={"root": _root(folder, root, name)},
        tables=tuple(tables),
        max_age_hours=_rhythm(files),
        left_out=tuple(sorted(left_out)),
    )


def _merged(
    connection: duckdb.DuckDBPyConnection, folder: Path, groups: Sequence[FileGroup], place: Path
) -> list[FileGroup]:
    """Return the groups, those of a subfolder as one where all have the same columns, and unlike files apart."""
    out: list[FileGroup] = []
    by_folder: dict[tuple[PurePosixPath, str], list[FileGroup]] = {}
    for group in groups:
        by_folder.setdefault((PurePosixPath(group.files[0]).parent, group.format), []).append(group)
    for members in by_folder.values():
        one = grouping.as_one_folder(folder, members) if len(members) > 1 else None
        if one and len({column_names(connection, folder / g.files[0], g.format, place) for g in members}) == 1:
            out.append(one)
            continue
        for group in members:
            if len(group.files) == 1:
                out.append(group)
                continue
            first, last = (
                column_names(connection, folder / f, group.format, place) for f in (group.files[0], group.files[-1])
            )
            shared = len(set(first) & set(last)) >= _ALIKE * max(len(first), len(last))
            out += [group] if shared else grouping.as_single_files(group)
    return out


def _looked_at(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    group: FileGroup,
    place: Path,
    sample_mb: int,
    left_out: list[str],
) -> list[_Look]:
    folder, is_whole = part_of(source, group.files, group.format, place / "part", sample_mb)
    there = [file for file in group.files if (folder / file).is_file()]
    layouts, others = file_layouts(connection, group, [folder / file for file in there], place)
    left_out += [f"{group.pattern}: {told}" for told in others]
    looks = []
    for number, layout in enumerate(layouts):
        columns = {f"column_{place_ + 1}": "VARCHAR" for place_ in range(layout.unnamed_columns)}
        table = _declared(group, layout, layout.options, columns)
        trial = land_on_trial(table, folder, place / f"lake{number}", is_whole=is_whole)
        texts = [name for name, kind in trial.sample.types.items() if kind == "VARCHAR" and layout.is_text]
        shapes = tuple(shapes_of(connection, relation(trial.sample), name) for name in texts)
        looks.append(_Look(group, layout, folder, is_whole, trial, shapes))
    return looks


def _declared(
    group: FileGroup, layout: FileLayout, options: dict[str, Guess], columns: Mapping[str, object]
) -> SourceTable:
    """Return the declaration of a group of files, for a trial."""
    said: dict[str, object] = {"name": "trial", "description": "A trial.", "files": group.pattern}
    said["columns"] = dict(columns)
    said["format"] = layout.format
    if options:
        said[layout.section] = {name: guess.value for name, guess in options.items()}
    return SourceTable.model_validate(said)


def _tables(
    connection: duckdb.DuckDBPyConnection,
    looks: Sequence[_Look],
    place: Path,
    folder: Path,
    left_out: list[str],
    taken: set[str],
) -> list[FoundTable]:
    marks = marks_of([shapes for look in looks if look.layout.section == "csv" for shapes in look.shapes])
    usual = replace(marks, because="the other tables use it") if marks else None
    encodings = Counter(look.layout.encoding for look in looks if look.layout.encoding not in {None, "ascii"})
    encoding = encodings.most_common(1)[0][0] if encodings else None
    tables = []
    for number, look in enumerate(looks):
        try:
            tables.append(_table(connection, look, place / str(number), usual, encoding, taken))
        except SourceError as error:
            left_out.append(f"{look.group.pattern}: {_shortened(error, folder)}")
    return tables


def _table(
    connection: duckdb.DuckDBPyConnection,
    look: _Look,
    place: Path,
    usual: Marks | None,
    encoding: str | None,
    taken: set[str],
) -> FoundTable:
    layout, group = look.layout, look.group
    options, columns = dict(layout.options), _types(connection, look, usual)
    if layout.encoding == "ascii" and encoding and encoding != "utf-8":
        options["encoding"] = Guess("detect", f"only plain letters are here, but other tables are in {encoding}")
    types, more = columns
    options |= more
    declared = {c.name: {"type": c.type, "rounding": c.rounding} for c in types}
    trial = land_on_trial(_declared(group, layout, options, declared), look.folder, place, is_whole=look.is_whole)
    rows = relation(trial.sample)
    found = with_figures(connection, rows, types)
    if layout.section == "json":
        found = tuple(replace(column, is_optional=column.nulls > 0) for column in found)
    key, because = key_of(connection, rows, found, layout.name, by_file=False)
    repeated: Repetition | None = None
    if not key and len(trial.sample.files) > 1:
        key, because = key_of(connection, rows, found, layout.name, by_file=True)
        repeated = repetition(connection, rows, key) if key else None
    notes = [*layout.notes, *_notes(look, trial)]
    if repeated:
        notes.append(repeated.because)
    return FoundTable(
        name=distinct(layout.name, taken),
        place={"files": group.pattern, "format": layout.format},
        columns=found,
        rows=trial.rows_read,
        state_rows=state_rows(connection, rows, key, repeated),
        is_whole=look.is_whole,
        section=layout.section,
        options=options,
        load=_load(group, key, repeated),
        key=key,
        key_because=because,
        is_newest_file=bool(repeated and repeated.is_newest_file),
        notes=tuple(notes),
        unfit_rows=trial.rejected,
    )


def _types(
    connection: duckdb.DuckDBPyConnection, look: _Look, usual: Marks | None
) -> tuple[tuple[FoundColumn, ...], dict[str, Guess]]:
    rows, layout = relation(look.trial.sample), look.layout
    if not layout.is_text:
        types = look.trial.sample.types
        return tuple(typed_column(connection, rows, name, kind) for name, kind in types.items()), {}
    fallback = usual or (Marks(",", "", "the fields end with semicolons") if layout.has_semicolons else None)
    found = text_types(
        connection,
        rows,
        look.shapes,
        nulls=layout.null_strings,
        usual=fallback,
        fixed_marks=layout.section != "csv",
    )
    return found.columns, found.options


def _notes(look: _Look, trial: Trial) -> list[str]:
    notes = []
    missing = {
        name
        for batch in look.trial.batches
        for name in look.trial.sample.types
        if name not in {column.name for column in batch.columns}
    }
    if missing:
        notes.append(
            f"not every file has the columns {', '.join(sorted(missing))}; they are not declared and land as text"
        )
    notes += [warning for warning in trial.warnings if "not declared" not in warning]
    return notes


def _load(group: FileGroup, key: Sequence[str], repeated: Repetition | None) -> Guess:
    if repeated and repeated.is_newest_file:
        return Guess("full", "the files that are there now; staging takes the newest")
    if repeated:
        return Guess("append", "files add to each other, and of each key the newest row is the state")
    if grouping.days_in_names(group.files):
        again = "; a corrected file replaces by key" if key else ""
        return Guess("append", f"files add to each other, and stay when they are taken away{again}")
    return Guess("full", "what is in the files now is the table; what is gone from them is gone")


def _root(folder: Path, root: Path, name: str) -> Guess:
    place = folder.resolve()
    if place.is_relative_to(root.resolve()):
        return Guess(place.relative_to(root.resolve()).as_posix(), "relative to the company's folder")
    return Guess(str(place), f"as ${{{name.upper()}_FILES}} it could be another folder on each machine")


def _rhythm(files: Sequence[str]) -> Guess:
    """Return how old the newest load may become: the longest time between the days in the files' names, and a day."""
    stems = Counter(re.sub(r"\d+", "#", file) for file in files)
    common = stems.most_common(1)[0][0]
    days = [_day(text) for text in grouping.days_in_names([f for f in files if re.sub(r"\d+", "#", f) == common])]
    gaps = [(later - earlier).days for earlier, later in pairwise(days)]
    if not gaps:
        return Guess(_HOURS_PER_DAY * 2, "a guess: no file says how often there is a new one")
    longest = max(gaps)
    return Guess(
        _HOURS_PER_DAY * (longest + 1),
        f"the days in the files' names are at most {longest} day{'s' if longest > 1 else ''} apart",
    )


def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8] or 1))


def _shortened(error: SourceError, folder: Path) -> str:
    return str(error).replace(f"{folder}/", "").removeprefix("Table trial.trial: ")
