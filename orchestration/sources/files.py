"""Which files at the source are a table: the declared folder and glob, resolved now. Reading them belongs elsewhere."""

from difflib import get_close_matches
from pathlib import Path

from orchestration.sources.declaration import SourceSystem, SourceTable
from orchestration.sources.errors import MissingSourceError, is_unicode, printable


def source_files(system: SourceSystem, table: SourceTable, root: Path) -> dict[str, Path]:
    """Return the table's files by their name relative to the system's folder, in order of name.

    Hidden files are left out. Raises `MissingSourceError` if there is none, or one that may not be read.
    """
    folder = system.folder(root)
    where = f"Table {system.name}.{table.name}"
    if not folder.is_dir():
        raise MissingSourceError(
            f"{where}: there is no folder {folder}. Put the files there, or correct root in defs.yaml."
        )
    files = _found(folder, table)
    if not files and (folder / table.files).is_symlink():
        raise MissingSourceError(f"{where}: {folder / table.files} is a link to nothing. Put the file itself there.")
    if not files:
        beside = {path.name.casefold(): path.name for path in (folder / table.files).parent.glob("*") if path.is_file()}
        close = get_close_matches(Path(table.files).name.casefold(), list(beside), n=1)
        raise MissingSourceError(
            f"{where}: no file {table.files} in {folder}{f' (there is {beside[close[0]]})' if close else ''}. "
            "Put it there, or correct files in defs.yaml; until then the data landed before stays in use."
        )
    for path in files.values():
        if not path.exists():
            raise MissingSourceError(f"{where}: {path} is a link to nothing. Put the file itself there.")
        if not is_unicode(str(path)):
            raise MissingSourceError(f"{where}: the name of {printable(str(path))} is not UTF-8. Rename the file.")
        if not path.resolve().is_relative_to(folder.resolve()):
            raise MissingSourceError(
                f"{where}: {path} is a link that leads out of {folder}. Put the file itself there."
            )
        if not path.is_file():
            kind = "a folder" if path.is_dir() else "no ordinary file"
            raise MissingSourceError(f"{where}: {path} is {kind}. Take it away, or narrow files in defs.yaml.")
    return files


def declared_files(system: SourceSystem, root: Path) -> list[Path]:
    """Return every file that is there now for any of the system's tables, each once, in order of path.

    A table without a file is no fault here (landing it is). Raises `DeclarationError` as `SourceSystem.folder` does.
    """
    folder = system.folder(root)
    return sorted({path for table in system.tables for path in _found(folder, table).values()})


def _found(folder: Path, table: SourceTable) -> dict[str, Path]:
    found = {path.relative_to(folder): path for path in sorted(folder.glob(table.files))}
    return {name.as_posix(): path for name, path in found.items() if not any(p.startswith(".") for p in name.parts)}
