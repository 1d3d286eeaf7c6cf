"""The check sum that a SIE file may carry: CRC-32 of what stands between its two #KSUMMA lines.

Labels and the fields' content count; blanks between fields, quotes, braces and line ends do not (SIE 4B, #KSUMMA).
"""

import zlib
from collections.abc import Iterator

from orchestration.sources.formats.sie_text import SieFaultError, label_of, sie_line

_LABEL = "KSUMMA"


def checksum_warning(physical: Iterator[bytes], encoding: str) -> str | None:
    """Return what is wrong with a file's check sum; None if it is right, or there is none."""
    begun = False
    found = 0
    for number, raw in enumerate(physical, start=1):
        text = raw.decode(encoding, errors="replace").rstrip("\r\n")
        label = label_of(text)
        if not begun and label != _LABEL:
            continue
        if label == _LABEL:
            said = text.split()[1:]
            if begun and said:
                return None if said[0].strip('"') == str(found) else _told(number, said[0], found)
            begun, found = True, 0
            continue
        try:
            line = sie_line(number, text)
        except SieFaultError:
            return None  # the line is in quarantine; what the sum was made of cannot be told
        fields = "".join(field if isinstance(field, str) else "".join(field) for field in line.fields)
        content = f"#{text.lstrip()[1 : len(label) + 1]}{fields}" if label else ""
        found = zlib.crc32(content.encode(encoding.removesuffix("-sig"), errors="replace"), found)
    return f"line {number}: the file has a #KSUMMA and ends without its check sum; it may break off" if begun else None


def _told(number: int, said: str, found: int) -> str:
    return (
        f"line {number}: the check sum is {said}, and that of the file's lines is {found}; the file was changed after "
        "its export, or its program computes the sum in its own way"
    )
