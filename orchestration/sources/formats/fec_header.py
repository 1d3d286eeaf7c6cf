"""The first line of a FEC: the delimiter, and which field is which column of the decree.

Producers write the names in any case, with accents, blanks or quotes, in any order, with more columns after them; a few
leave the header out. Values belong in `fec_values`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from orchestration.sources.declaration.audit_files import FEC_COLUMNS
from orchestration.sources.errors import DriftError, shortened

_DELIMITERS = "\t|;"
_DECREE = tuple(FEC_COLUMNS)[:18]
AMOUNT, SIDE = "montant", "sens"
"""Two columns that some producers write in place of debit and credit."""
_BY_NAME = {name.replace("_", ""): name for name in FEC_COLUMNS} | {AMOUNT: AMOUNT, SIDE: SIDE}
_NEEDED = ("ecriture_date", "compte_num")
_MAY_END_BEFORE = ("montant_devise", "idevise", "date_rglt", "mode_rglt", "nat_op", "id_client")
_DAY = re.compile(r"(19|20)\d{6}")
_SIDE_VALUE = re.compile(r"[DC]|[+-]?1", re.IGNORECASE)
_FEWEST_NAMES = 8


@dataclass(frozen=True)
class FecHeader:
    """How the lines of a file are to be split."""

    delimiter: str
    columns: tuple[str | None, ...]
    """By place, the column of `FEC_COLUMNS`, montant, sens, or a producer's own; None of a field without a name."""
    is_quoted: bool
    """Whether every field stands in quotes; elsewhere a quote is a character of the text."""
    has_names: bool
    """Whether the first line holds names; else it is the first entry, in the decree's order."""

    @property
    def fewest_fields(self) -> int:
        """The fewest fields of a whole line: the currency and what comes after it may be left out."""
        needed = [place for place, name in enumerate(self.columns) if name and name not in _MAY_END_BEFORE]
        return max(needed) + 1

    @property
    def names(self) -> list[str]:
        """The columns that the file's rows have: the fixed ones, and the producer's own in their order."""
        own = [name for name in self.columns if name and name not in _BY_NAME.values()]
        return [*FEC_COLUMNS, *own]


def fec_header(line: str) -> FecHeader | None:
    """Return what the first line of a file says; None if it is not that of a FEC."""
    line = line.removeprefix("\ufeff").rstrip("\r\n")
    best: FecHeader | None = None
    known = _FEWEST_NAMES - 1
    for delimiter in _DELIMITERS:
        found = _with_names(line.split(delimiter), delimiter)
        matches = sum(name in _BY_NAME.values() for name in found.columns)
        if matches > known:
            best, known = found, matches
    return best or _without_names(line)


def check_header(path: Path, header: FecHeader) -> list[str]:
    """Return warnings on columns of the decree that are not there.

    Raises `DriftError` if one is missing without which no line can be read.
    """
    missing = [name for name in _NEEDED if name not in header.columns]
    if not ({"debit", "credit"} <= {*header.columns} or {AMOUNT, SIDE} <= {*header.columns}):
        missing.append("Debit and Credit, or Montant and Sens")
    if missing:
        named = ", ".join(name or "(no name)" for name in header.columns)
        raise DriftError(
            f"{path}, line 1: a FEC needs {', '.join(missing)}, and the header is: {shortened(named)}. Export the file "
            "again with the 18 columns of article A47 A-1."
        )
    absent = [name for name in _DECREE if name not in header.columns and name not in {"debit", "credit"}]
    warnings = [f"the columns {', '.join(absent)} of the decree are missing; they are empty"] if absent else []
    if not header.has_names:
        warnings.append("there is no header; the fields were taken in the order of the decree")
    return warnings


def _with_names(fields: Sequence[str], delimiter: str) -> FecHeader:
    is_quoted = len(fields) > 1 and all(field[:1] == field[-1:] == '"' for field in fields if field)
    taken: set[str] = set()
    columns: list[str | None] = []
    for field in fields:
        name = _BY_NAME.get(_folded(field)) or re.sub(r"[^a-z0-9]+", "_", _plain(field)).strip("_")
        while name in taken:
            name += "_again"
        columns.append(name or None)
        taken.add(name or " ")
    return FecHeader(delimiter, tuple(columns), is_quoted, has_names=True)


def _without_names(line: str) -> FecHeader | None:
    for delimiter in _DELIMITERS:
        fields = [field.strip() for field in line.split(delimiter)]
        if len(fields) < len(_DECREE) or not _DAY.fullmatch(fields[3]) or not fields[4][:1].isdigit():
            continue
        columns: list[str | None] = [*tuple(FEC_COLUMNS)[: len(fields)]]
        columns += [None] * (len(fields) - len(columns))
        if _SIDE_VALUE.fullmatch(fields[12]):
            columns[11:13] = [AMOUNT, SIDE]
        return FecHeader(delimiter, tuple(columns), is_quoted=False, has_names=False)
    return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", _plain(text))
