"""What the lines of a SIE file mean: the values of each kind of line, in the columns of its record.

Splitting lines belongs in `sie_text`, which columns a record has in `declaration.audit_files`.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestration.sources.declaration.audit_files import SieRecord
from orchestration.sources.formats.sie_text import SieFaultError, SieLine

LABELS: Mapping[SieRecord, tuple[str, ...]] = {
    "voucher": ("VER",),
    "voucher_line": ("TRANS", "RTRANS", "BTRANS"),
    "balance": ("IB", "UB", "RES", "OIB", "OUB", "PSALDO", "PBUDGET"),
    "account": ("KONTO", "KTYP", "ENHET"),
    "sru": ("SRU",),
    "fiscal_year": ("RAR",),
    "company": (
        "FLAGGA", "PROGRAM", "FORMAT", "GEN", "SIETYP", "PROSA", "FTYP", "FNR", "ORGNR", "BKOD", "ADRESS", "FNAMN",
        "TAXAR", "OMFATTN", "KPTYP", "VALUTA", "KSUMMA",
    ),
    "dimension_object": ("DIM", "UNDERDIM", "OBJEKT"),
}  # fmt: skip
"""The lines of each record; those of `other` are all that are in none of these."""

COST_CENTRE, PROJECT = "1", "6"
"""Dimensions that the standard reserves."""

Values = list[str | None]
_COMMA = re.compile(r"[+-]?\d+,\d+")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")
_PLACE_OF_OBJECTS = {"TRANS": 1, "RTRANS": 1, "BTRANS": 1, "OIB": 2, "OUB": 2, "PSALDO": 3, "PBUDGET": 3}
_FEWEST = {
    "VER": (3, "series, number and date"),
    "TRANS": (3, "account, objects and amount"),
    "IB": (3, "year, account and amount"),
    "OIB": (4, "year, account, objects and amount"),
    "PSALDO": (5, "year, period, account, objects and amount"),
    "KONTO": (2, "account and name"),
    "KTYP": (2, "account and type"),
    "ENHET": (2, "account and unit"),
    "SRU": (2, "account and code"),
    "RAR": (3, "year, first and last day"),
    "DIM": (2, "dimension and name"),
    "UNDERDIM": (3, "dimension, name and the dimension above"),
    "OBJEKT": (3, "dimension, object and name"),
}
_ALIKE = {
    "RTRANS": "TRANS", "BTRANS": "TRANS", "UB": "IB", "RES": "IB", "OUB": "OIB", "PBUDGET": "PSALDO"
}  # fmt: skip


@dataclass
class Voucher:
    """A voucher whose lines are being read."""

    source_row: int
    values: Values
    """Those of the voucher itself: series to voucher_sign."""
    lines: int = 0
    is_open: bool = False


def checked(line: SieLine) -> SieLine:
    """Return the line with its objects in their place. Raises `SieFaultError` if it has too few fields."""
    fields = line.fields
    place = _PLACE_OF_OBJECTS.get(line.label)
    if place is not None and not (len(fields) > place and isinstance(fields[place], tuple)):
        line.fields = fields = [*fields[:place], (), *fields[place:]]
    fewest, needed = _FEWEST.get(_ALIKE.get(line.label, line.label), (0, ""))
    if len(fields) < fewest:
        raise SieFaultError(f"#{line.label} needs {needed}; the line has fewer fields")
    for number, field in enumerate(fields):
        if isinstance(field, tuple) and number != place:
            raise SieFaultError(f"objects in braces stand in field {number + 1} of #{line.label}")
    return line


def voucher_of(line: SieLine) -> Voucher:
    """Return the voucher that a #VER line begins."""
    series, number, day, text, registered, sign = _texts(line, 6)
    return Voucher(line.source_row, [series, number, _day(day), text, _day(registered), sign], is_open=line.opens)


def voucher_line_values(line: SieLine, voucher: Voucher, *, is_counted: bool) -> Values:
    """Return the values of a line of a voucher, which counts it already."""
    account, _, value, day, text, quantity, sign = _texts(line, 7)
    return [
        *voucher.values,
        str(voucher.source_row),
        str(voucher.lines),
        line.label.lower(),
        "true" if is_counted else "false",
        account,
        *_objects(line, 1),
        _number(value),
        _day(day),
        text,
        _number(quantity),
        sign,
    ]


def _balance(line: SieLine) -> Values:
    kind, place = line.label.lower(), _PLACE_OF_OBJECTS.get(line.label)
    texts = _texts(line, 6)
    year = texts.pop(0)
    period = texts.pop(0) if line.label in {"PSALDO", "PBUDGET"} else None
    account = texts.pop(0)
    objects: Values = [None, None, None]
    if place is not None:
        texts.pop(0)
        objects = _objects(line, place)
    return [kind, year, period, account, *objects, _number(texts[0]), _number(texts[1]) if len(texts) > 1 else None]


def _account(line: SieLine) -> Values:
    return [line.label.lower(), *_texts(line, 2)]


def _fiscal_year(line: SieLine) -> Values:
    year, first, last = _texts(line, 3)
    return [year, _day(first), _day(last)]


def _dimension_object(line: SieLine) -> Values:
    first, second, third = _texts(line, 3)
    if line.label == "OBJEKT":
        return ["objekt", first, None, second, third]
    return [line.label.lower(), first, third if line.label == "UNDERDIM" else None, None, second]


def _facts(line: SieLine) -> Values:
    fields = [list(field) if isinstance(field, tuple) else field for field in line.fields]
    return [line.label, _texts(line, 1)[0], json.dumps(fields, ensure_ascii=False)]


VALUES: Mapping[SieRecord, Callable[[SieLine], Values]] = {
    "balance": _balance,
    "account": _account,
    "sru": lambda line: [*_texts(line, 2)],
    "fiscal_year": _fiscal_year,
    "company": _facts,
    "dimension_object": _dimension_object,
    "other": _facts,
}
"""What gives the values of the records that stand by themselves."""


def _texts(line: SieLine, count: int) -> Values:
    """Return the first fields, None for one that is empty or not there; objects count as a field, without a text."""
    found: Sequence[str | tuple[str, ...]] = line.fields[:count]
    texts: Values = [(field.strip() or None) if isinstance(field, str) else None for field in found]
    return texts + [None] * (count - len(texts))


def _objects(line: SieLine, place: int) -> Values:
    """Return [cost centre, project, all as JSON] of the objects in braces."""
    objects = line.fields[place]
    if not objects or isinstance(objects, str):
        return [None, None, None]
    if len(objects) % 2:
        raise SieFaultError(f"the objects in braces are no pairs of dimension and object: {' '.join(objects)}")
    pairs = dict(zip(objects[::2], objects[1::2], strict=True))
    if len(pairs) < len(objects) // 2:
        raise SieFaultError(f"a dimension stands twice among the objects: {' '.join(objects)}")
    return [pairs.get(COST_CENTRE) or None, pairs.get(PROJECT) or None, json.dumps(pairs, ensure_ascii=False)]


def _number(text: str | None) -> str | None:
    """Return a number with a point, though the standard knows no comma; anything else as it is."""
    return text.replace(",", ".") if text and _COMMA.fullmatch(text) else text


def _day(text: str | None) -> str | None:
    found = _DAY.fullmatch(text) if text else None
    return f"{found[1]}-{found[2]}-{found[3]}" if found else text
