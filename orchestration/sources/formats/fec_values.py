"""A FEC's numbers, dates and sides, as their producers write them, brought into one form of text.

Nothing is rounded and nothing guessed: what may be read in two ways is refused with `ValueError`, what is no number or
date at all stays as it is, for the typing to refuse.
"""

import re

_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009\t"))
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d*)?")
_MAY_BE_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}")
_GROUPED = re.compile(r"([+-]?\d{1,3}(?:([ .'\u00a0\u202f\u2009])\d{3})(?:\2\d{3})*)(?:,(\d*))?")
_ENGLISH = re.compile(r"([+-]?\d{1,3}(?:,\d{3})+)\.(\d*)")
_DAY_FORMS = (
    re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"),
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"),
    re.compile(r"(?P<day>\d{1,2})[-/.](?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
)
_DEBIT = {"D", "DEBIT", "DÉBIT", "+1", "1", "+"}
_CREDIT = {"C", "CREDIT", "CRÉDIT", "-1", "-"}


def amount(text: str) -> str:
    """Return a number with a point and without padding, '0' for no text. Raises `ValueError` if it has two meanings."""
    if not text:
        return "0"
    if _MAY_BE_THOUSANDS.fullmatch(text):
        whole, _, part = text.partition(".")
        raise ValueError(f'"{text}" may be {whole}{part} or {whole},{part}; write decimals with a comma')
    if not _NUMBER.fullmatch(text):
        text = _unusual(text)
        if not _NUMBER.fullmatch(text):
            return text
    text = text.replace(",", ".")
    if text[0] in "0+-":
        sign = "-" if text[0] == "-" else ""
        digits = text.lstrip("+-").lstrip("0")
        text = sign + (digits if digits[:1].isdigit() else f"0{digits}")
    return text


def day(text: str) -> str:
    """Return a date as ISO 8601, '' for none (which some write as zeros), and anything else as it is."""
    if not text.strip("0"):
        return ""
    for form in _DAY_FORMS:
        if found := form.fullmatch(text):
            return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"
    return text


def debit_and_credit(value: str, side: str) -> tuple[str, str]:
    """Return (debit, credit) of an amount and its side. Raises `ValueError` if the side is neither."""
    said = side.upper()
    if said in _DEBIT:
        return amount(value), "0"
    if said in _CREDIT:
        return "0", amount(value)
    raise ValueError(f'"{side}" is not a side; it must be D or C, or +1 or -1')


def _unusual(text: str) -> str:
    """Return a number without its thousands marks, with its sign in front; anything else as it is."""
    sign = ""
    if text.endswith("-"):
        text, sign = text[:-1].rstrip(), "-"
    elif text.startswith("(") and text.endswith(")"):
        text, sign = text[1:-1].strip(), "-"
    elif re.match(r"[+-]\s+\d", text):
        text = text[0] + text[1:].lstrip()
    if _NUMBER.fullmatch(text) and not (sign and text[0] in "+-"):
        return f"{sign}{text}"
    if (found := _GROUPED.fullmatch(text)) and (found[3] is not None or found[2] != "."):
        whole = re.sub(r"[^\d+-]", "", found[1])
        return f"{sign}{whole}.{found[3] or '0'}"
    if found := _ENGLISH.fullmatch(text):
        return f"{sign}{found[1].replace(',', '')}.{found[2] or '0'}"
    return f"{sign}{text.translate(_BLANKS)}" if not sign else f"{text}{sign}"
