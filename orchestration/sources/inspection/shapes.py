"""How a column's texts are written: counted by shape, in one query per column.

A shape is a way of writing: an integer, a decimal comma, a day with points. Which type follows from the shapes of a
column, and from those of its table, belongs in `text_types`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from orchestration.sources.sql import identifier, literal

INTEGER, BIT, ZERO_LED, PLUS_LED = "integer", "bit", "zero_led", "plus_led"
POINT, COMMA = "point", "comma"
POINT_3, COMMA_3 = "point_3", "comma_3"
"""1.234 and 1,234: a fraction of three digits, or a thousand."""
POINTS_COMMA, COMMAS_POINT = "points_comma", "commas_point"
POINTS, COMMAS = "points", "commas"
APOSTROPHES, BLANKS = "apostrophes", "blanks"
EXPONENT, TRAILING_MINUS, TRUTH, TIME, NOTHING, OTHER = (
    "exponent",
    "trailing_minus",
    "truth",
    "time",
    "nothing",
    "other",
)

NULL_TEXTS: tuple[str, ...] = (
    "NULL",
    "null",
    "Null",
    "\\N",
    "N/A",
    "n/a",
    "#N/A",
    "NA",
    "None",
    "none",
    "nil",
    "NaN",
    "nan",
    "-",
    "--",
)
NULL_TEXTS += ("?", ".", "#NV", "k.A.", "(null)", "(blank)", "0000-00-00", "00.00.0000", "0000-00-00 00:00:00")

DAYS: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "day_iso": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", (None,)),
    "day_points": (r"[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{4}", ("%d.%m.%Y",)),
    "day_points_short": (r"[0-9]{1,2}[.][0-9]{1,2}[.][0-9]{2}", ("%d.%m.%y",)),
    "day_slashes": (r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", ("%m/%d/%Y", "%d/%m/%Y")),
    "day_slashes_short": (r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}", ("%m/%d/%y", "%d/%m/%y")),
    "day_year_slashes": (r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}", ("%Y/%m/%d",)),
    "day_dashes": (r"[0-9]{1,2}-[0-9]{1,2}-[0-9]{4}", ("%d-%m-%Y", "%m-%d-%Y")),
    "day_month_name": (r"[0-9]{1,2}-[A-Za-z]{3}-[0-9]{4}", ("%d-%b-%Y",)),
    "day_month_word": (r"[0-9]{1,2} [A-Za-z]{3} [0-9]{4}", ("%d %b %Y",)),
}
"""Shapes of days with the formats that they may be in; None is ISO 8601, which needs no declaring."""

COMPACT_DAY = "%Y%m%d"
"""20140131 is an integer by its shape."""

_CLOCKS = {
    r"[ ][0-9]{1,2}:[0-9]{2}:[0-9]{2}": " %H:%M:%S",
    r"[ ][0-9]{1,2}:[0-9]{2}": " %H:%M",
    r"[ ][0-9]{1,2}:[0-9]{2}:[0-9]{2}[.][0-9]{1,6}": " %H:%M:%S.%f",
    r"T[0-9]{2}:[0-9]{2}:[0-9]{2}": "T%H:%M:%S",
    r"[ ][0-9]{1,2}:[0-9]{2}:[0-9]{2} [AaPp][Mm]": " %I:%M:%S %p",
    r"[ ][0-9]{1,2}:[0-9]{2} [AaPp][Mm]": " %I:%M %p",
}
_ISO_TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?Z?"
_ISO_ZONED = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:?[0-9]{2}"

TIMES: dict[str, tuple[str, tuple[str | None, ...]]] = {
    "time_iso": (_ISO_TIME, (None,)),
    "time_zoned": (_ISO_ZONED, ("%Y-%m-%dT%H:%M:%S%z",)),
    **{
        f"time_{name}_{number}": (day + clock, tuple(f"{form}{ending}" for form in formats))
        for name, (day, formats) in DAYS.items()
        if name != "day_iso"
        for number, (clock, ending) in enumerate(_CLOCKS.items())
    },
}
"""Shapes of times of day on a day, with the formats that they may be in."""

_SIGN = "[+-]?"
_NUMBERS = {
    BIT: r"[01]",
    PLUS_LED: r"[+][0-9]+",
    ZERO_LED: r"-?0[0-9]+",
    INTEGER: r"-?[0-9]{1,38}",
    POINT_3: rf"{_SIGN}[0-9]{{1,3}}[.][0-9]{{3}}",
    COMMA_3: rf"{_SIGN}[0-9]{{1,3}},[0-9]{{3}}",
    POINT: rf"{_SIGN}[0-9]*[.][0-9]+",
    COMMA: rf"{_SIGN}[0-9]*,[0-9]+",
    POINTS_COMMA: rf"{_SIGN}[0-9]{{1,3}}([.][0-9]{{3}})+,[0-9]+",
    COMMAS_POINT: rf"{_SIGN}[0-9]{{1,3}}(,[0-9]{{3}})+[.][0-9]+",
    POINTS: rf"{_SIGN}[0-9]{{1,3}}([.][0-9]{{3}}){{2,}}",
    COMMAS: rf"{_SIGN}[0-9]{{1,3}}(,[0-9]{{3}}){{2,}}",
    APOSTROPHES: rf"{_SIGN}[0-9]{{1,3}}(''[0-9]{{3}})+([.,][0-9]+)?",
    BLANKS: rf"{_SIGN}[0-9]{{1,3}}( [0-9]{{3}})+([.,][0-9]+)?",
    EXPONENT: rf"{_SIGN}[0-9]+([.,][0-9]+)?[eE][+-]?[0-9]+",
    TRAILING_MINUS: r"[0-9.,]+-",
}
_TIME_OF_DAY = r"[0-9]{1,2}:[0-9]{2}(:[0-9]{2})?"


@dataclass(frozen=True)
class Shape:
    """How many values of a column are written in one way."""

    name: str
    rows: int
    digits: int
    """Most digits."""
    whole: int
    """Most digits before the last mark."""
    scale: int
    """Most digits behind the last mark, as written."""
    needed_scale: int
    """The same without zeros at the end."""
    texts: tuple[str, ...]
    """The values, where they are nothing (`NULL_TEXTS`) or truths, as written."""


@dataclass(frozen=True)
class Shapes:
    """The shapes of one column's values."""

    column: str
    values: int
    """Rows with a value, whatever it says."""
    found: dict[str, Shape]

    def rows_of(self, names: Iterable[str]) -> int:
        """Return how many rows have a value of one of these shapes."""
        wanted = set(names)
        return sum(shape.rows for name, shape in self.found.items() if name in wanted)

    @property
    def said(self) -> int:
        """Rows whose value is not one of the texts for nothing."""
        return self.values - self.rows_of([NOTHING])


def shapes_of(connection: duckdb.DuckDBPyConnection, relation: str, column: str) -> Shapes:
    """Return how the texts of one column of a relation are written."""
    name = identifier(column)
    fraction = "regexp_extract(t, '[.,]([0-9]+)$', 1)"
    digits = "length(regexp_replace(t, '[^0-9]', '', 'g'))"
    found = connection.execute(
        f"SELECT shape, sum(n)::BIGINT, max({digits}), max({digits} - length({fraction})), max(length({fraction})), "
        f"max(length(rtrim({fraction}, '0'))), "
        f"CASE WHEN shape IN ('{NOTHING}', '{TRUTH}') THEN list(t ORDER BY n DESC, t)[:10] END "
        f"FROM (SELECT t, n, {_SHAPE} AS shape "
        f"FROM (SELECT {name} AS t, count(*) AS n FROM {relation} WHERE {name} IS NOT NULL GROUP BY 1)) GROUP BY 1"
    ).fetchall()
    shapes = {
        name: Shape(name, rows, most, whole, scale, needed, tuple(texts or ()))
        for name, rows, most, whole, scale, needed, texts in found
    }
    return Shapes(column, sum(shape.rows for shape in shapes.values()), shapes)


def _chosen(patterns: Iterable[tuple[str, str]]) -> str:
    cases = " ".join(f"WHEN regexp_full_match(t, '{pattern}') THEN '{shape}'" for shape, pattern in patterns)
    return f"CASE {cases} ELSE '{OTHER}' END"


_LONGEST = 50
_SHAPE = (
    f"CASE WHEN trim(t) = '' OR t IN ({', '.join(map(literal, NULL_TEXTS))}) THEN '{NOTHING}' "
    f"WHEN lower(t) IN ('true', 'false', 'yes', 'no', 'y', 'n', 't', 'f') THEN '{TRUTH}' "
    f"WHEN length(t) > {_LONGEST} OR NOT regexp_full_match(t[1], '[0-9+.,-]') THEN '{OTHER}' "
    f"WHEN contains(t, ':') THEN {_chosen([*((n, p) for n, (p, _) in TIMES.items()), (TIME, _TIME_OF_DAY)])} "
    f"ELSE {_chosen([*_NUMBERS.items(), *((n, p) for n, (p, _) in DAYS.items())])} END"
)
