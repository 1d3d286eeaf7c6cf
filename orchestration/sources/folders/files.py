"""Which files at the source are a table: the declared folder and glob, resolved now. Reading them belongs elsewhere."""

from difflib import get_close_matches
from pathlib import PurePosixPath

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import MissingSourceError, is_unicode, printable
from orchestration.sources.folders.places import Place


def source_files(system: SourceSystem, table: SourceTable, place: Place, *, may_be_none: bool = False) -> list[str]:
    """Return the names of the table's files relative to the system's folder, in order of name.

    Hidden files are left out, as are those without the marker that the table declares. Raises `MissingSourceError` if
    there is none (unless there `may_be_none`), or one that may not be read.
    """
    where = f"Table {system.name}.{table.name}"
    pattern = table.files or ""
    place.check(where)
    files = _found(place, table)
    if not files and not may_be_none:
        wanted = PurePosixPath(pattern)
        beside = {PurePosixPath(name).name for name in place.names((wanted.parent / "*").as_posix())}
        by_folded = {name.casefold(): name for name in sorted(beside)}
        close = get_close_matches(wanted.name.casefold(), list(by_folded), n=1)
        hint = f" (there is {by_folded[close[0]]})" if close else ""
        if waiting := _found(place, table, complete=False):
            hint = f" with its marker (there is {waiting[0]}, without {waiting[0]}{table.marker})"
        raise MissingSourceError(
            f"{where}: no file {pattern} in {place.shown()}{hint}. "
            "Put it there, or correct files in defs.yaml; until then the data landed before stays in use."
        )
    for name in files:
        if not is_unicode(name):
            raise MissingSourceError(
                f"{where}: the name of {printable(place.shown(name))} is not UTF-8. Rename the file."
            )
        place.refuse_unless_file(name, where)
    return files


def declared_files(system: SourceSystem, place: Place) -> list[str]:
    """Return the name of every file that is there now for any of the system's tables, each once, in order of name.

    A table without a file is no fault here; landing it is.
    """
    return sorted({name for table in system.tables for name in _found(place, table)})


def _found(place: Place, table: SourceTable, *, complete: bool = True) -> list[str]:
    """Return the files of the declared name; only those that have the declared marker, if they are to be complete."""
    marker = table.marker
    return [
        name
        for name in place.names(table.files or "")
        if not any(part.startswith(".") for part in name.split("/"))
        and not (marker and name.endswith(marker))
        and not (marker and complete and not place.has(name + marker))
    ]
