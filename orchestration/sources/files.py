"""Which files at the source are a table: the declared folder and glob, resolved now. Reading them belongs elsewhere."""

from difflib import get_close_matches
from pathlib import Path

from orchestration.sources.declaration import SourceSystem, SourceTable
from orchestration.sources.errors import MissingSourceError


def source_files(system: SourceSystem, table: SourceTable, root: Path, *, may_be_none: bool = False) -> dict[str, Path]:
    """Return the table's files by their name relative to the system's folder, in order of name.

    Hidden files are left out, as are those without the marker that the table declares. Raises `MissingSourceError` if
    there is none (unless there `may_be_none`), or one that may not be read.
    """
    folder = system.folder(root)
    where = f"Table {system.name}.{table.name}"
    pattern = table.files or ""
    if not folder.is_dir():
        raise MissingSourceError(
            f"{where}: there is no folder {folder}. Put the files there, or correct root in defs.yaml."
        )
    files = _found(folder, table)
    if not files and not may_be_none:
        beside = {path.name.casefold(): path.name for path in (folder / pattern).parent.glob("*") if path.is_file()}
        close = get_close_matches(Path(pattern).name.casefold(), list(beside), n=1)
        hint = f" (there is {beside[close[0]]})" if close else ""
        if waiting := _found(folder, table, complete=False):
            hint = f" with its marker (there is {next(iter(waiting))}, without {next(iter(waiting))}{table.marker})"
        raise MissingSourceError(
            f"{where}: no file {pattern} in {folder}{hint}. "
            "Put it there, or correct files in defs.yaml; until then the data landed before stays in use."
        )
    for path in files.values():
        if not path.resolve().is_relative_to(folder.resolve()):
            raise MissingSourceError(
                f"{where}: {path} is a link that leads out of {folder}. Put the file itself there."
            )
        if not path.is_file():
            raise MissingSourceError(f"{where}: {path} is not a file. Take it away, or narrow files in defs.yaml.")
    return files


def declared_files(system: SourceSystem, root: Path) -> list[Path]:
    """Return every file that is there now for any of the system's tables, each once, in order of path.

    A table without a file is no fault here (landing it is). Raises `DeclarationError` as `SourceSystem.folder` does.
    """
    folder = system.folder(root)
    return sorted({path for table in system.tables if table.files for path in _found(folder, table).values()})


def _found(folder: Path, table: SourceTable, *, complete: bool = True) -> dict[str, Path]:
    """Return the files of the declared name; only those that have the declared marker, if they are to be complete."""
    found = {path.relative_to(folder): path for path in sorted(folder.glob(table.files or ""))}
    marker = table.marker
    return {
        name.as_posix(): path
        for name, path in found.items()
        if not any(part.startswith(".") for part in name.parts)
        and not (marker and name.name.endswith(marker))
        and not (marker and complete and not path.with_name(path.name + marker).exists())
    }
