"""Whether a file is a standard audit file, told by its content."""

import re
from pathlib import Path
from typing import Literal

from orchestration.sources.formats.fec_header import fec_header
from orchestration.sources.formats.sie_files import is_sie

AuditKind = Literal["fec", "sie"]
FEC_NAME = re.compile(r"\d{9}FEC\d{8}", re.IGNORECASE)
"""How the law names a FEC: the SIREN, FEC, and the fiscal year's last day, which is wrong at times."""

_START = 1 << 16
_TEXT_ENDINGS = {"", ".txt", ".csv", ".tsv", ".tab", ".se", ".si", ".sie", ".sie4", ".asc", ".dat", ".fec"}


def audit_file_kind(path: Path) -> AuditKind | None:
    """Return what a file is by its first lines: a FEC, whose columns a decree names, or SIE; None if it is neither."""
    if path.suffix.lower() not in _TEXT_ENDINGS:
        return None
    with path.open("rb") as handle:
        start = handle.read(_START).removeprefix(b"\xef\xbb\xbf")
    if not start or b"\0" in start:
        return None
    if start.lstrip().startswith(b"#"):
        return "sie" if is_sie(path) else None
    first = re.split(rb"[\r\n]", start, maxsplit=1)[0]
    header = fec_header(first.decode("utf-8", errors="replace"))
    if header is None or not {"ecriture_date", "compte_num"} <= {*header.columns}:
        return None
    return "fec" if header.has_names or FEC_NAME.match(path.name) else None
