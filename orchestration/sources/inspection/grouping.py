"""Which files of a folder are one table: those whose names differ only by date or number.

Names only; whether the files have the same columns is looked at later, in `folder`.
"""

import glob
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestration.sources.inspection.audit_kinds import audit_file_kind
from orchestration.sources.inspection.names import snake_case

_DIGITS = re.compile(r"\d+")
_DATE = re.compile(
    r"(?<!\d)(19|20)\d{2}[-_.]?(0[1-9]|1[0-2])([-_.]?(0[1-9]|[12]\d|3[01]))?(?!\d)|(?<!\d)(19|20)\d{2}[-_]?[QWqw]\d{1,2}"
)
_PACKED = {".gz", ".gzip", ".zst", ".zstd"}
_FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".tab": "csv",
    ".psv": "csv",
    ".txt": "csv",
    ".dat": "csv",
    ".asc": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".xlsx": "excel",
    ".xlsm": "excel",
}
DATABASES = {".db", ".sqlite", ".sqlite3", ".db3"}
_UNREADABLE = {
    ".xls": "an old workbook; save it as .xlsx",
    ".ods": "a workbook of another program; save it as .xlsx or CSV",
    ".xml": "XML; export CSV or JSON",
    ".zip": "an archive; unpack it",
    ".pdf": "a document, not data",
}
_SQLITE_MARK = b"SQLite format 3\x00"


@dataclass(frozen=True)
class FileGroup:
    """Files that may be one table: the glob that finds them below the folder, and the table's name."""

    pattern: str
    name: str
    format: str
    files: tuple[str, ...]
    """Relative to the folder, in order of name."""
    because: str


def format_of(name: str) -> str | None:
    """Return the format that a file's ending stands for, None if it is not one that can be landed."""
    path = PurePosixPath(name)
    inner = path.with_suffix("") if path.suffix.lower() in _PACKED else path
    return _FORMATS.get(inner.suffix.lower())


def is_database(file: Path) -> bool:
    """Tell whether a file is an SQLite database, by its first bytes."""
    with file.open("rb") as handle:
        return handle.read(len(_SQLITE_MARK)) == _SQLITE_MARK


def listed(folder: Path) -> tuple[list[str], list[str]]:
    """Return (files that may be tables, sentences on the others), relative to the folder, without hidden ones."""
    files, others = [], []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if not path.is_file() or any(part.startswith((".", "~$")) for part in name.parts):
            continue
        if not path.resolve().is_relative_to(folder.resolve()):
            others.append(f"{name.as_posix()}: a link that leads out of the folder; put the file itself there")
        elif format_of(path.name) or audit_file_kind(path):
            files.append(name.as_posix())
        elif path.suffix.lower() in DATABASES or is_database(path):
            others.append(f"{name.as_posix()}: a database; inspect it by itself: tieout source inspect {path}")
        else:
            told = _UNREADABLE.get(path.suffix.lower(), "not a format that can be landed")
            others.append(f"{name.as_posix()}: {told}")
    return files, others


def grouped(folder: Path, files: Sequence[str]) -> list[FileGroup]:
    """Return the groups, in order of their first file."""
    by_pattern: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file in files:
        by_pattern[(_DIGITS.sub("#", file), str(format_of(file)))].append(file)
    groups = []
    for (_, kind), members in by_pattern.items():
        if len(members) > 1:
            because = f"{len(members)} files whose names differ only by date or number"
            groups.append(_group(folder, kind, members, because))
        elif _DATE.search(members[0]):
            groups.append(_group(folder, kind, members, "the name holds a date, so there will be others"))
        else:
            name = _table_name(members[0], numbered=False)
            groups.append(FileGroup(glob.escape(members[0]), name, kind, tuple(members), ""))
    return groups


def as_single_files(group: FileGroup) -> list[FileGroup]:
    """Return a group's files as groups of their own, for files that turn out to be different tables."""
    return [
        FileGroup(glob.escape(file), _table_name(file, numbered=False), group.format, (file,), "")
        for file in group.files
    ]


def as_one_folder(folder: Path, groups: Sequence[FileGroup]) -> FileGroup | None:
    """Return the groups of one subfolder as one table of all its files; None if a glob would find others too."""
    parent = PurePosixPath(groups[0].files[0]).parent
    files = tuple(sorted(file for group in groups for file in group.files))
    pattern = f"{glob.escape(str(parent))}/*{PurePosixPath(files[0]).suffix}"
    if parent == PurePosixPath() or _finds(folder, pattern) != list(files):
        return None
    return FileGroup(
        pattern,
        snake_case(parent.name),
        groups[0].format,
        files,
        f"{len(files)} files with the same columns in a folder",
    )


def days_in_names(files: Sequence[str]) -> list[str]:
    """Return the days or months in the files' names as digits, such as 20140131 or 201401, in order, each once."""
    found = (_DATE.search(file) for file in files)
    return sorted({re.sub(r"\D", "", match[0]) for match in found if match})


def _group(folder: Path, kind: str, members: list[str], because: str) -> FileGroup:
    files = tuple(sorted(members))
    loose = _glob_of(files[0], lambda _: "[0-9]*")
    pattern = loose if _finds(folder, loose) == list(files) else _glob_of(files[0], lambda run: "[0-9]" * len(run))
    return FileGroup(pattern, _table_name(files[0], numbered=True), kind, files, because)


def _glob_of(file: str, digits: Callable[[str], str]) -> str:
    """Return a glob in which every run of digits is replaced; runs with a mark between them become one."""
    dated = re.compile(r"\d+([-_.]\d+)*(?=[^\d])")
    out, end = "", 0
    for run in dated.finditer(file):
        out += glob.escape(file[end : run.start()]) + digits(run[0])
        end = run.end()
    return out + glob.escape(file[end:])


def _finds(folder: Path, pattern: str) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.glob(pattern))


def _table_name(file: str, *, numbered: bool) -> str:
    path = PurePosixPath(file)
    stem = path.name.split(".")[0] if path.suffix.lower() in _PACKED else path.stem
    bare = _DIGITS.sub(" ", stem) if numbered else stem
    if not re.search(r"[A-Za-z]", bare):
        named = [part for part in path.parent.parts if re.search(r"[A-Za-z]", part)]
        bare = named[-1] if named else "files"
    return snake_case(bare)
