"""Which cells of a workbook show a date: Excel stores a number, and only the cell's style says that it is a day.

Belongs here: reading the styles, and writing a day's number as a date in SQL. Times without a day (10:05) and elapsed
hours ([h]:mm) are no dates and stay numbers.
"""

import re
import zipfile
from xml.etree import ElementTree as ET

from orchestration.sources.sql import literal

_STYLES = "xl/styles.xml"
_BUILT_IN = frozenset({14, 15, 16, 17, 22, *range(27, 32), 36, *range(50, 55), 57, 58})
"""Excel's own numbers of formats with a day, a month or a year."""
_NOT_CODE = re.compile(r'"[^"]*"|\\.|_.|\*.|\[[^\]]*\]')


def date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    """Return the numbers of a workbook's cell styles that show a number as a date. Raises `ET.ParseError`."""
    if _STYLES not in archive.namelist():
        return frozenset()
    styles = ET.fromstring(archive.read(_STYLES))  # noqa: S314 (expat refuses expanding entities)
    formats = {item.get("numFmtId"): item.get("formatCode", "") for item in styles.iterfind("{*}numFmts/{*}numFmt")}
    dates = {number for number, code in formats.items() if _shows_a_date(code)} | {str(n) for n in _BUILT_IN}
    return frozenset(
        place for place, style in enumerate(styles.iterfind("{*}cellXfs/{*}xf")) if style.get("numFmtId") in dates
    )


def moment(cell: str, *, from_1904: bool) -> str:
    """Return the SQL expression for the time that a day's number stands for."""
    days = f"TRY_CAST({cell} AS DOUBLE)"
    # 1900 was no leap year, but Excel counts its 29 February as day 60.
    start = "TIMESTAMP '1904-01-01'" if from_1904 else f"(TIMESTAMP '1899-12-30' + to_days(({days} < 60)::INTEGER))"
    return f"({start} + to_milliseconds(round({days} * 86400000)::BIGINT))"


def written_date(cell: str, date_format: str | None, timestamp_format: str | None, *, from_1904: bool) -> str:
    """Return the SQL expression that writes a day's number as a date, or with its time if it has one."""
    time = moment(cell, from_1904=from_1904)
    whole = f"TRY_CAST({cell} AS DOUBLE) = floor(TRY_CAST({cell} AS DOUBLE))"
    day = f"strftime({time}, {literal(date_format or '%Y-%m-%d')})"
    return f"CASE WHEN {whole} THEN {day} ELSE strftime({time}, {literal(timestamp_format or '%Y-%m-%d %H:%M:%S')}) END"


def _shows_a_date(code: str) -> bool:
    """Return whether a number format has a day or a year, or a month by name; a lone m may be minutes."""
    bare = _NOT_CODE.sub("", code.lower().split(";")[0])
    return "general" not in bare and bool(re.search(r"[dy]|mmm", bare))
