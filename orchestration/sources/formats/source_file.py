"""A file as it was found, and what reads it.

A new format is one module with one function of the type `Reader`, entered in `folders.file_batches.READERS`. What a
format does with its bytes belongs there, not here.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.rows.reading import Reading

_CHUNK = 1 << 20


@dataclass(frozen=True)
class FileScan:
    """One pass over a file's bytes: their hash, and the counts that rows are later held against."""

    size: int
    sha256: str
    newlines: int
    carriage_returns: int
    ends_with_newline: bool
    holds_nul: bool

    @property
    def lines(self) -> int:
        """Physical lines; the last one counts whether or not it ends with a newline."""
        return self.newlines + (0 if self.ends_with_newline or not self.size else 1)


@dataclass(frozen=True)
class SourceFile:
    """A file to be landed: `name` relative to its system's folder, where it is, and its bytes scanned."""

    name: str
    path: Path
    scan: FileScan
    what: ClassVar[str] = "file"


Reader = Callable[[duckdb.DuckDBPyConnection, SourceFile, SourceTable, Path], Reading]
"""Reads a file into the folder given last. Raises a `SourceError`; then nothing of the file is landed."""


def scan_file(path: Path) -> FileScan:
    """Read a file once, in pieces, and return what its bytes are."""
    digest = hashlib.sha256()
    size = newlines = returns = nuls = 0
    last = b""
    with path.open("rb", buffering=0) as handle, ThreadPoolExecutor(1) as beside:
        while chunk := handle.read(_CHUNK):
            counted = beside.submit(_counted, chunk)
            digest.update(chunk)  # lets the other thread run
            size += len(chunk)
            last = chunk[-1:]
            found = counted.result()
            newlines += found[0]
            returns += found[1]
            nuls += found[2]
    return FileScan(size, digest.hexdigest(), newlines, returns, last == b"\n", nuls > 0)


def _counted(chunk: bytes) -> tuple[int, int, bool]:
    return chunk.count(b"\n"), chunk.count(b"\r") if b"\r" in chunk else 0, b"\0" in chunk
