r"""The tables of bad inputs (`*.yaml` in this folder), and what landing answers to one of them.

A case is one input, how its table is declared, and the whole answer that is expected:

    wrong delimiter:                       the case's name
      text: |                              the input: `text`, `bytes` (with escapes such as \xff), or `made`, the name of
        id;name                            a function in inputs.py that writes it; `file`, where the name matters
      table: {csv: {quote: "'"}}           what is declared beyond the `table` at the top of the file
      refused: "{file}: what is wrong"     either the message, with {file} and {folder} for the paths
      landed: 2                            or how many rows landed,
      rows: ["1 | item"]                   what they are, where that matters ("-" for no value),
      quarantined: [{row: 4, ...}]         each row in quarantine with its line or row, column, reason and raw text,
      warnings: ["..."]                    and each warning
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import SourceError
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from tests.faults.bad_input import inputs

FOLDER = Path(__file__).parent
_ENDINGS = {"csv": "csv", "json": "json", "jsonl": "jsonl", "excel": "xlsx", "parquet": "parquet"}
_INPUT = frozenset({"text", "bytes", "made", "file", "table"})


@dataclass(frozen=True)
class Case:
    """One bad input and its answer."""

    group: str
    name: str
    said: dict[str, Any]
    table: dict[str, Any]
    is_written: bool = False

    @property
    def table_name(self) -> str:
        """A name that a table may have."""
        return "".join(mark if mark.isalnum() else "_" for mark in f"{self.group} {self.name}".lower())

    @property
    def file(self) -> str:
        """The name of the input's file."""
        return str(self.said.get("file") or f"ledger.{_ENDINGS[self.table['format']]}")

    @property
    def expected(self) -> dict[str, Any]:
        """The answer, as `answer` gives it."""
        found = {key: value for key, value in self.said.items() if key not in _INPUT}
        return found if "refused" in found else {"quarantined": [], "warnings": [], **found}

    def write(self, folder: Path) -> Path:
        """Write the input below a folder and return its path."""
        path = folder / self.file
        if self.is_written:
            return path
        folder.mkdir(parents=True, exist_ok=True)
        if "made" in self.said:
            getattr(inputs, self.said["made"])(path)
        else:
            path.write_bytes(
                self.said["bytes"].encode("latin-1") if "bytes" in self.said else self.said["text"].encode()
            )
        return path

    def declared(self, files: str | None = None) -> dict[str, Any]:
        """Return the table as it stands in a declaration; `files` is where its input is below the system's root."""
        return {"name": self.table_name, "description": self.name, "files": files or self.file, **self.table}


def cases(*groups: str) -> list[Case]:
    """Return the cases of these tables."""
    found = []
    for group in groups:
        said = yaml.safe_load((FOLDER / f"{group}.yaml").read_text(encoding="utf-8"))
        for name, case in said["cases"].items():
            found.append(Case(group, name, case, {**said["table"], **case.get("table", {})}))
    return found


def answer(case: Case, folder: Path) -> dict[str, Any]:
    """Write the input, land it, and return what came of it, in the words of the tables."""
    path = case.write(folder / "files")
    system = SourceSystem.model_validate(
        {
            "name": "erp",
            "description": "x",
            "owners": ["team:a"],
            "group": "g",
            "root": "files",
            "tables": [case.declared(case.table.get("files"))],
        }
    )
    lake = RawLake(folder / "lake")
    try:
        (batch,) = land_table(system, system.tables[0], lake, folder).current
    except SourceError as error:
        said = str(error).replace(str(path), "{file}").replace(str(path.parent), "{folder}")
        return {"refused": re.sub(r"\d+ bytes swell to \d+", "{packed} bytes swell to {unpacked}", said)}
    rejects = lake.rejects_file(batch)
    found: dict[str, Any] = {"landed": batch.rows_landed, "quarantined": [], "warnings": list(batch.warnings)}
    if "rows" in case.said:
        columns = ", ".join(f"coalesce(\"{column.name}\"::VARCHAR, '-')" for column in batch.columns)
        query = f"SELECT concat_ws(' | ', {columns}) FROM {lake.rows(batch)} ORDER BY source_row"
        found["rows"] = [text for (text,) in duckdb.execute(query).fetchall()]
    if rejects:
        query = f"SELECT source_row, column_name, reason, raw_text FROM '{rejects}' ORDER BY source_row"
        found["quarantined"] = [
            {"row": row, "column": column, "reason": reason, "text": text}
            for row, column, reason, text in duckdb.execute(query).fetchall()
        ]
    return found
