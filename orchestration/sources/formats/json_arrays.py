"""The elements of one JSON array, each as it is written, read in a stream: `[…]`, or inside an object at a path.

The file is held to be whole: what follows the array is read too, so that a file which breaks off is refused and not
landed in part. What an element says belongs in `json_files`.
"""

import codecs
import json
import re
from collections.abc import Iterator
from pathlib import Path

LARGEST_RECORD = 8 << 20
"""Bytes. DuckDB sets twice this aside for each thread."""
_CHUNK = 1 << 20
_SPACE = re.compile(r"[ \t\r\n]*")
_CUT_OFF = ("Unterminated string", "Invalid \\")
_WORDS = ("true", "false", "null", "NaN", "-Infinity")
_LONGEST_CUT = 16
"""Characters of a number, a word or an escape that the end of what is read may have left over."""


class JsonFaultError(Exception):
    """What is wrong with the file as a whole, where (", line 3, column 7", or empty), and what to do about it."""

    def __init__(self, reason: str, where: str = "", advice: str = "Export the file again") -> None:
        super().__init__(reason)
        self.reason, self.where, self.advice = reason, where, advice


def array_elements(text: Path, path: str | None) -> Iterator[str]:
    """Yield the text of each element of the array at a path of member names (`data`, `result.items`), or of the file.

    Raises `JsonFaultError` where the file is no whole JSON, or holds no array there.
    """
    with _Stream(text) as stream:
        yield from _elements(stream, path.split(".") if path else [], path)
        if stream.next_mark():
            raise stream.fault("the JSON ends here, but the file goes on")


def _elements(stream: "_Stream", names: list[str], path: str | None) -> Iterator[str]:
    if names:
        yield from _elements_of_member(stream, names, path)
        return
    if stream.next_mark() != "[":
        raise _no_array(stream, path)
    stream.take("[")
    number = 0
    while not stream.closes("]", number):
        number += 1
        yield stream.value(f"record {number}")[1]


def _elements_of_member(stream: "_Stream", names: list[str], path: str | None) -> Iterator[str]:
    if stream.next_mark() != "{":
        raise stream.fault(
            f"json.path is {path!r}, so an object with the member {names[0]!r} must stand here, "
            f"and not {stream.shown()!r}",
            "Correct json.path in defs.yaml, or export the file again",
        )
    found = []
    for name in _members(stream):
        if name == names[0] and name not in found:
            yield from _elements(stream, names[1:], path)
        else:
            stream.value(f"member {name!r}")
        found.append(name)
    if names[0] not in found:
        there = ", ".join(map(repr, found[:20])) or "none"
        raise JsonFaultError(
            f"json.path is {path!r}, but there is no member {names[0]!r}; there is: {there}",
            advice="Correct json.path in defs.yaml, or export the file again",
        )


def _members(stream: "_Stream") -> Iterator[str]:
    """Yield the names of an object's members; each one's value must be taken before the next is asked for."""
    stream.take("{")
    number = 0
    while not stream.closes("}", number):
        number += 1
        if stream.next_mark() != '"':
            raise stream.fault("the name of a member must stand here, in double quotes")
        name, _ = stream.value("the name")
        stream.take(":")
        yield str(name)


def _no_array(stream: "_Stream", path: str | None) -> JsonFaultError:
    """Say what stands in place of an array, and where there is one if an object wraps it."""
    mark = stream.next_mark()
    if path or mark != "{":
        advice = "Correct json.path in defs.yaml, or export the file again" if path else "Export the file again"
        return stream.fault(f"an array of objects, [{{...}}, ...], must stand here, and not {stream.shown()!r}", advice)
    found: list[str] = []
    try:
        for name in _members(stream):
            if stream.next_mark() == "[":
                return JsonFaultError(
                    f"this is an object, and its member {name!r} is the array",
                    advice=f"Say json: {{path: {name}}} in defs.yaml",
                )
            value, _ = stream.value(f"member {name!r}")
            inner = [n for n, v in value.items() if isinstance(v, list)] if isinstance(value, dict) else []
            if inner:
                return JsonFaultError(
                    f"this is an object, and {inner[0]!r} in its member {name!r} is the array",
                    advice=f"Say json: {{path: {name}.{inner[0]}}} in defs.yaml",
                )
            found.append(name)
        if stream.next_mark() == "{":
            return JsonFaultError(
                "this is one object after another: JSON lines", advice="Say format: jsonl in defs.yaml"
            )
    except JsonFaultError as fault:
        return fault
    return JsonFaultError(
        f"this is one object with the members {', '.join(map(repr, found[:20]))}, and no array of objects; it may be "
        "an error message in place of the data",
        advice="Export the file again; if the object is a row, say format: jsonl in defs.yaml",
    )


class _Stream:
    """A JSON text, read in pieces; `buffer` holds what is read and not yet dropped, `at` is where we are in it."""

    def __init__(self, text: Path) -> None:
        self._file = text.open("rb")
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._is_at_end = False
        self._line, self._column = 1, 1
        self._decoder = json.JSONDecoder(strict=False)
        self.buffer, self.at = "", 0
        self._more()
        self.buffer = self.buffer.removeprefix("\ufeff")

    def __enter__(self) -> "_Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def next_mark(self) -> str:
        """Pass over blanks and return the character that stands next, without taking it; empty at the end."""
        while True:
            blanks = _SPACE.match(self.buffer, self.at)
            self.at = blanks.end() if blanks else self.at
            if self.at < len(self.buffer) or not self._more():
                return self.buffer[self.at : self.at + 1]

    def take(self, mark: str) -> None:
        """Take one mark. Raises `JsonFaultError` if another one, or none, stands there."""
        if self.next_mark() != mark:
            raise self.fault(f"{mark} must stand here")
        self.at += 1

    def closes(self, mark: str, number: int) -> bool:
        """Take the closing mark, or the comma that must stand before another element; return whether it closes."""
        found = self.next_mark()
        if found == mark or (number and found == ","):
            self.at += 1
        elif number:
            raise self.fault(f"a comma or {mark} must stand here")
        return found == mark

    def value(self, what: str) -> tuple[object, str]:
        """Take a value of any kind; return it and its text as written. Raises `JsonFaultError`."""
        self.next_mark()
        while True:
            begins = self.at
            try:
                value, end = self._decoder.raw_decode(self.buffer, begins)
                # What is read so far may end within a number, of which the first digits would be a value too.
                if len(self.buffer) - end > _LONGEST_CUT or not self._more():
                    self.at += end - begins
                    return value, self.buffer[self.at - (end - begins) : self.at]
            except RecursionError:
                raise self.fault(f"{what} is nested too deeply") from None
            except json.JSONDecodeError as error:
                rest = self.buffer[error.pos :]
                if len(rest) > _LONGEST_CUT and not error.msg.startswith(_CUT_OFF):
                    self.at = error.pos
                    raise self.fault(f"in {what}: {error.msg}") from None
                if not self._more():
                    self.at += error.pos - begins
                    breaks_off = error.msg.startswith(_CUT_OFF) or any(word.startswith(rest) for word in _WORDS)
                    said = f"the file breaks off in {what}" if breaks_off else f"in {what}: {error.msg}"
                    raise self.fault(said) from None
            if len(self.buffer) - self.at > LARGEST_RECORD:
                raise self.fault(f"{what} is longer than {LARGEST_RECORD:,} characters", "Look for a quote not closed")

    def shown(self) -> str:
        """Return the beginning of what stands next."""
        return self.buffer[self.at : self.at + 20]

    def fault(self, reason: str, advice: str = "Export the file again") -> JsonFaultError:
        """Return a fault where we are now."""
        if self.at >= len(self.buffer) and self._is_at_end and "breaks off" not in reason:
            reason = f"the file breaks off; {reason}"
        line, column = self._place(self.at)
        return JsonFaultError(reason, f", line {line}, column {column}", advice)

    def _place(self, at: int) -> tuple[int, int]:
        lines = self.buffer.count("\n", 0, at)
        return self._line + lines, at - self.buffer.rfind("\n", 0, at) if lines else self._column + at

    def _more(self) -> bool:
        """Read another piece and drop what is done with; return whether there was one."""
        if self._is_at_end:
            return False
        chunk = self._file.read(_CHUNK)
        self._is_at_end = not chunk
        self._line, self._column = self._place(self.at)
        self.buffer = self.buffer[self.at :] + self._decode(chunk, not chunk)
        self.at = 0
        return bool(chunk)
