"""Landing the rows of a standard audit file: Python splits its lines, then they are typed like those of other texts.

Belongs here: what FEC and SIE have in common on the way into `text_rows`. What their lines say belongs in `fec_*` and
`sie_*`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.file_kinds import refuse_another_kind
from orchestration.sources.formats.plain_text import unpacked
from orchestration.sources.formats.source_file import FileScan, SourceFile
from orchestration.sources.formats.text_rows import TextRows, land_text_rows
from orchestration.sources.rows.reading import Reading, Reject
from orchestration.sources.sql import path_literal

_TEXTS = "texts.jsonl"
_LONGEST_LINE = 2_000_000
"""Bytes. No line of an audit file comes near; without a limit a file without line ends would take all memory."""


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A line's values as text, in the order of the table's columns.

    Numbers have a point, dates are as in ISO 8601. What is no number or no date is left as it stands, for the typing to
    refuse.
    """

    source_row: int
    raw_text: str
    values: Sequence[str | None]


def unpacked_text(file: SourceFile, table: SourceTable, target: Path) -> tuple[Path, FileScan]:
    """Return the file's text, unpacked. Raises `UnreadableSourceError` if it is empty or plainly something else."""
    text, scan = unpacked(file, table, target)
    if not scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty. Export it again.")
    refuse_another_kind(file, table, text)
    return text, scan


def physical_lines(text: Path, scan: FileScan) -> Iterator[bytes]:
    r"""Yield the lines of a file, each with its line end: \n, or \r in a file that has no \n.

    Raises `UnreadableSourceError` for a line that is far too long.
    """
    if scan.carriage_returns and not scan.newlines:
        with text.open(encoding="latin-1", newline="\r") as old:
            for line in old:
                yield line.encode("latin-1")
        return
    with text.open("rb") as handle:
        number = 0
        while line_ := handle.readline(_LONGEST_LINE):
            number += 1
            if len(line_) == _LONGEST_LINE and not line_.endswith(b"\n"):
                raise UnreadableSourceError(
                    f"{text}, line {number}: the line is longer than {_LONGEST_LINE:,} bytes, so line ends are "
                    "missing. Export the file again."
                )
            yield line_


def land_audit_rows(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    table: SourceTable,
    target: Path,
    names: Sequence[str],
    rows: Iterable[AuditRow | Reject],
    warnings: list[str],
) -> Reading:
    """Land rows with the columns `names`; see `text_rows.land_text_rows`.

    `warnings` may grow while the rows are read.
    """
    texts = target / _TEXTS
    keys = [f"c{place}" for place in range(len(names))]
    rejects: list[Reject] = []
    rows_read = 0
    encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
    try:
        with texts.open("w", encoding="utf-8") as handle:
            for row in rows:
                rows_read += 1
                if isinstance(row, Reject):
                    rejects.append(row)
                    continue
                if "\0" in row.raw_text:
                    rejects.append(Reject(row.source_row, None, "holds a NUL byte", row.raw_text.replace("\0", "\\0")))
                    continue
                out: dict[str, object] = {
                    key: value for key, value in zip(keys, row.values, strict=True) if value is not None
                }
                out["row"], out["raw"] = row.source_row, row.raw_text
                handle.write(encode(out))
                handle.write("\n")
        columns = "".join(f", {key}: 'VARCHAR'" for key in keys)
        source = (
            f"read_json({path_literal(texts)}, format = 'newline_delimited', records = true, "
            f"maximum_object_size = {16 * _LONGEST_LINE}, columns = {{row: 'BIGINT', raw: 'VARCHAR'{columns}}})"
        )
        found = TextRows(source, dict(zip(names, keys, strict=True)), "row", "raw")
        return land_text_rows(connection, file, table, target, found, rejects, rows_read, warnings)
    finally:
        texts.unlink(missing_ok=True)
