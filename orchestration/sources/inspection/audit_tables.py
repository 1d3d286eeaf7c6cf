"""The tables of the audit files in a folder: their format fixes columns and types, so only figures are looked for."""

import glob
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

import duckdb

from orchestration.sources.declaration.audit_files import SIE_COLUMNS, SieRecord
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.inspection.audit_kinds import AuditKind
from orchestration.sources.inspection.found import FoundColumn, FoundTable, Guess
from orchestration.sources.inspection.profile import with_figures
from orchestration.sources.inspection.trial import Trial, land_on_trial, relation

_NAMES: Mapping[AuditKind, str] = {"fec": "a FEC, the French audit file", "sie": "a SIE file, the Swedish audit file"}


def audit_tables(
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
    kinds: Mapping[str, AuditKind],
    place: Path,
    left_out: list[str],
) -> list[FoundTable]:
    """Return the tables of the files in `kinds` (name below the folder to kind).

    Files that no pattern finds alone are added to `left_out`. Raises a `SourceError` if a file cannot be landed.
    """
    tables: list[FoundTable] = []
    for kind in sorted(set(kinds.values())):
        files = sorted(name for name, found in kinds.items() if found == kind)
        pattern = _pattern(folder, files)
        if pattern is None:
            left_out.append(
                f"{', '.join(files[:3])}: no pattern finds the {kind.upper()} files and no others; put them in a "
                "folder of their own"
            )
            continue
        records: list[SieRecord | None] = [*SIE_COLUMNS] if kind == "sie" else [None]
        for record in records:
            said = {"name": record or "entry_line", "description": "x", "files": pattern, "format": kind}
            table = SourceTable.model_validate(said | ({"sie": {"record": record}} if record else {}))
            trial = land_on_trial(table, folder, place / kind / table.name, is_whole=True)
            tables.append(_table(connection, table, kind, trial))
    return tables


def _table(connection: duckdb.DuckDBPyConnection, table: SourceTable, kind: AuditKind, trial: Trial) -> FoundTable:
    rows = relation(trial.sample)
    columns = [FoundColumn(name, _spaced(kind_)) for name, kind_ in trial.sample.types.items()]
    found = with_figures(connection, rows, columns)
    count = found[0].rows if found else 0
    record = table.sie.record
    return FoundTable(
        name=table.name,
        place={"files": table.files, "format": kind},
        columns=found,
        rows=trial.rows_read,
        state_rows=count,
        is_whole=True,
        section="sie" if record else "",
        options={"record": Guess(record, "")} if record else {},
        load=Guess("full", "the files that are there now are the books"),
        notes=(
            f"this is {_NAMES[kind]}; the ready system `type: {kind}` has its staging and mapping",
            *(warning for warning in trial.warnings if warning != "the file has no rows"),
        ),
        unfit_rows=trial.rejected,
    )


def _spaced(kind: str) -> str:
    return re.sub(r"DECIMAL\((\d+),(\d+)\)", r"DECIMAL(\1, \2)", kind)


def _pattern(folder: Path, files: Sequence[str]) -> str | None:
    """Return a glob that finds these files and no others, None if there is none."""
    if len(files) == 1:
        return glob.escape(files[0])
    parents = {PurePosixPath(file).parent for file in files}
    parent = "" if parents == {PurePosixPath()} else f"{glob.escape(str(next(iter(parents))))}/"
    ending = "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in PurePosixPath(files[0]).suffix.lower())
    tried = [f"{parent}*{ending}", f"{parent}*[Ff][Ee][Cc]*{ending}", f"{parent}*"] if len(parents) == 1 else []
    for pattern in [*tried, f"**/*{ending}", "**/*[Ff][Ee][Cc]*"]:
        found = sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern) if path.is_file())
        if found == list(files):
            return pattern
    return None
