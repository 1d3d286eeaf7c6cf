"""Landing a sample for a trial, in a lake that is thrown away: what the product's own readers make of a draft.

Belongs here: which part of big files is taken, landing it, and what would be quarantined. A trial never touches the
installation's lake.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.inspection.found import Sample
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.sql import literal, path_literal

_MILLION = 1_000_000
_PIECE = 1 << 20
_MOST_ROWS = 1_000_000
_CUT = {"csv", "jsonl"}
"""Formats of which a part is as good as the whole, as long as it ends with a line."""


@dataclass(frozen=True)
class Trial:
    """What landing a sample gave."""

    sample: Sample
    batches: tuple[BatchManifest, ...]
    rejected: tuple[str, ...]
    """What went to quarantine, by column, in words; no value is shown."""

    @property
    def rows_read(self) -> int:
        """Rows of the sample, landed or not."""
        return sum(batch.rows_read for batch in self.batches)

    @property
    def warnings(self) -> list[str]:
        """What the readers found odd, each once."""
        return list(dict.fromkeys(warning for batch in self.batches for warning in batch.warnings))


def land_on_trial(table: SourceTable, folder: Path, lake: Path, *, is_whole: bool) -> Trial:
    """Land the table's files below `folder` in a lake of its own and return what came of it.

    Raises a `SourceError` if the table would be refused.
    """
    system = SourceSystem(
        name="trial", description="A trial.", owners=("team:trial",), group="trial", root=str(folder), tables=(table,)
    )
    found = RawLake(lake)
    result = land_table(system, table, found, folder)
    types: dict[str, str] = {}
    for batch in result.current:
        types |= {column.name: types.get(column.name, column.type) for column in batch.columns}
    files = tuple(found.data_file(batch) for batch in result.current)
    rejects = [file for batch in result.current if (file := found.rejects_file(batch))]
    place = "line" if table.format in _CUT else "row"
    return Trial(Sample(files, types, is_whole), result.current, tuple(_in_words(rejects, place)))


def relation(sample: Sample) -> str:
    """Return the sample's rows for a FROM clause; `__file` numbers their files, in order of the files' names."""
    files = ", ".join(path_literal(file) for file in sample.files)
    numbered = " ".join(f"WHEN {literal(str(file))} THEN {number}" for number, file in enumerate(sample.files))
    return (
        f"(SELECT * EXCLUDE (filename), CASE filename {numbered} END AS __file FROM read_parquet([{files}], "
        "union_by_name = true, filename = true, hive_partitioning = false))"
    )


def part_of(folder: Path, files: Sequence[str], kind: str, workplace: Path, sample_mb: int) -> tuple[Path, bool]:
    """Return the folder to look at and whether it holds all of the files.

    That is the folder itself if the files are small; else one in `workplace` with the newest, the oldest, and as many
    others as fit, the head of a file that does not.
    """
    sizes = {file: (folder / file).stat().st_size for file in files}
    budget = sample_mb * _MILLION
    if sum(sizes.values()) <= budget:
        return folder, True
    in_turn = dict.fromkeys([files[-1], files[0], *reversed(files)])
    for number, file in enumerate(in_turn):
        if sizes[file] > budget and number and kind not in {*_CUT, "parquet"}:
            continue
        if budget <= 0:
            break
        copy = workplace / file
        copy.parent.mkdir(parents=True, exist_ok=True)
        if sizes[file] > budget and kind in _CUT and _is_plain(folder / file):
            _write_head(folder / file, copy, budget)
        elif sizes[file] > budget and kind == "parquet":
            _write_rows(folder / file, copy)
        else:
            shutil.copyfile(folder / file, copy)
        shutil.copystat(folder / file, copy)
        budget -= sizes[file]
    return workplace, False


def _is_plain(file: Path) -> bool:
    with file.open("rb") as handle:
        start = handle.read(_PIECE)
    return b"\0" not in start and file.suffix.lower() not in {".gz", ".gzip", ".zst", ".zstd"}


def _write_head(file: Path, copy: Path, size: int) -> None:
    """Copy about `size` bytes of a text, up to the end of a line on which no quote is open."""
    quotes = 0
    with file.open("rb") as source, copy.open("wb") as target:
        for line in source:
            target.write(line)
            quotes += line.count(b'"')
            if target.tell() >= size and quotes % 2 == 0:
                return


def _write_rows(file: Path, copy: Path) -> None:
    """Copy the first rows of a Parquet file."""
    rows = f"SELECT * FROM read_parquet({path_literal(file)}, hive_partitioning = false) LIMIT {_MOST_ROWS}"
    duckdb.execute(f"COPY ({rows}) TO {literal(str(copy))} (FORMAT parquet)")


def _in_words(rejects: Sequence[Path], place: str) -> Iterator[str]:
    if not rejects:
        return
    files = ", ".join(path_literal(file) for file in rejects)
    rows = duckdb.execute(
        "SELECT column_name, count(*), arg_min(source_file, (source_file, source_row)), "
        "arg_min(source_row, (source_file, source_row)), arg_min(reason, (source_file, source_row)) "
        f"FROM read_parquet([{files}], hive_partitioning = false) GROUP BY 1 ORDER BY 2 DESC, 1"
    ).fetchall()
    for column, count, file, number, reason in rows:
        told = f"column {column} does not fit its type" if column else reason.split(" (")[0]
        yield f"{count} row{'s' if count > 1 else ''}: {told}, first in {file}, {place} {number}"
