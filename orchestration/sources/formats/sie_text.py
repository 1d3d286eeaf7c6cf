r"""A SIE file's text: its encoding, and its lines split into a label and fields.

The standard says CP437 ("PC8"); programs also write UTF-8 and Windows' Latin letters, often under the same `#FORMAT
PC8`, so the bytes decide. A field stands in quotes where it holds blanks, with \" for a quote; objects stand in braces.
What a line means belongs in `sie_records`.
"""

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

_CHUNK = 1 << 20
_IN_CP437 = bytes([0x86, 0x84, 0x94, 0x8F, 0x8E, 0x99, 0x82])
"""åäöÅÄÖé."""
_IN_LATIN = "åäöÅÄÖé".encode("windows-1252")
_BLANK = re.compile(r"[ \t]+")
_TOKEN = re.compile(
    r"""[ \t]*(?:
        "(?P<quoted>(?:[^"\\]|\\.)*)"
      | \{(?P<objects>(?:[^"{}]|"(?:[^"\\]|\\.)*")*)\}
      | (?P<brace>[{}])
      | (?P<bare>[^\s"{}]+)
    )""",
    re.VERBOSE,
)


class SieFaultError(Exception):
    """A line is not what the standard says; the message says what is wrong with it."""


@dataclass(slots=True)
class SieLine:
    """A line of a SIE file. A field is a text, or a tuple of the objects in braces: dimension, object, and so on."""

    source_row: int
    raw_text: str
    label: str
    """In upper case, without #; '' of a line that holds braces only."""
    fields: list[str | tuple[str, ...]]
    opens: bool
    """Whether a brace that begins a voucher's lines stands on it."""
    closes: bool


def sie_encoding(path: Path) -> str:
    """Return the encoding of a SIE file: utf-8-sig, cp437 or windows-1252."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_unicode, is_ascii, cp437, latin = True, True, 0, 0
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            cp437 += len(chunk) - len(chunk.translate(None, _IN_CP437))
            latin += len(chunk) - len(chunk.translate(None, _IN_LATIN))
            is_ascii = is_ascii and chunk.isascii()
            if is_unicode:
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_unicode = False
    if is_unicode and not is_ascii:
        return "utf-8-sig"
    return "windows-1252" if latin > cp437 else "cp437"


def label_of(text: str) -> str:
    """Return a line's label without splitting it: in upper case, without #; '' if it has none."""
    bare = text.lstrip(" \t{}\ufeff")
    if not bare.startswith("#"):
        return ""
    return bare[1:].split(None, 1)[0].upper() if bare[1:].strip() else ""


def sie_line(number: int, text: str) -> SieLine:
    """Split a line. Raises `SieFaultError` if it has no label, or a quote or brace is left open."""
    bare = text.strip(" \t\ufeff\x1a")
    opens = closes = False
    while bare[:1] in {"{", "}"}:
        opens, closes = opens or bare[0] == "{", closes or bare[0] == "}"
        bare = bare[1:].lstrip()
    if not bare:
        return SieLine(number, text, "", [], opens, closes)
    if not bare.startswith("#"):
        raise SieFaultError("the line does not begin with # and a label")
    label, rest = (*_BLANK.split(bare[1:], maxsplit=1), "")[:2]
    fields: list[str | tuple[str, ...]] = []
    place = 0
    while place < len(rest):
        found = _TOKEN.match(rest, place)
        if found is None:
            # A text such as "C:\books\" ends with a backslash of its own.
            start = rest.find('"', place)
            if start >= 0 and rest.endswith('\\"') and '"' not in rest[start + 1 : -1]:
                fields.append(rest[start + 1 : -1])
                break
            raise SieFaultError(f"a quote is opened and not closed: {rest[place:][:60].strip()}")
        kind, place = found.lastgroup, found.end()
        if kind == "quoted":
            fields.append(found["quoted"].replace('\\"', '"'))
        elif kind == "objects":
            fields.append(_objects(found["objects"]))
        elif kind == "bare":
            fields.append(found["bare"])
        else:
            opens, closes = opens or found["brace"] == "{", closes or found["brace"] == "}"
    return SieLine(number, text, label.upper(), fields, opens, closes)


def _objects(text: str) -> tuple[str, ...]:
    out: list[str] = []
    for found in _TOKEN.finditer(text.rstrip()):
        out.append(found["quoted"].replace('\\"', '"') if found["quoted"] is not None else found["bare"])
    return tuple(out)
