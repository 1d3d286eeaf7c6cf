"""Types for columns that come as text, and how a table writes its numbers, days and missing values.

A table has one decimal mark, one format of days and one of times; what most of its columns say is taken. A type is
proposed only if it loses nothing: a number with leading zeros stays text, a fraction becomes a DECIMAL, never a float.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import duckdb

from orchestration.sources.inspection import shapes as s
from orchestration.sources.inspection.found import FoundColumn, Guess
from orchestration.sources.inspection.names import is_code, snake_case
from orchestration.sources.inspection.shapes import Shape, Shapes
from orchestration.sources.sql import identifier, literal

_MISFITS = 0.05
"""The share of a column's values that may be wrong while its type is still believed; they would be quarantined."""
_BELIEVED = 20
"""Values that must fit before others may be wrong."""
_STRONG_NULLS = frozenset({"NULL", "null", "\\N", "#N/A", "(null)", "#NV"})
_MONEY = ("amount", "amt", "betrag", "price", "preis", "cost", "kosten", "total", "summe", "tax", "steuer", "saldo")
_MEASURED = (*_MONEY, "balance", "debit", "credit", "soll", "haben", "rate", "qty", "quantity", "menge", "weight")
_FLAGS = ("flag", "ind", "indicator", "yn")
_SCALES = (2, 4, 6, 9, 12, 18)
_PRECISION, _MOST_DIGITS = 18, 38
_INTEGER_DIGITS, _BIGINT_DIGITS = 8, 17
_WORDS = {"true", "false", "yes", "no"}
_PAIRS = ({"true", "false"}, {"yes", "no"}, {"y", "n"}, {"t", "f"})


@dataclass(frozen=True)
class Marks:
    """How a table writes numbers: its decimal and thousands mark."""

    decimal: str = "."
    thousands: str = ""
    because: str = ""

    @property
    def whole(self) -> frozenset[str]:
        """The shapes that are whole numbers under these marks."""
        grouped = {".": {s.POINT_3, s.POINTS}, ",": {s.COMMA_3, s.COMMAS}}.get(self.thousands, set())
        return frozenset({s.INTEGER, s.BIT} | grouped | self._set_apart)

    @property
    def fractions(self) -> frozenset[str]:
        """The shapes that are numbers with a fraction under these marks."""
        plain = {".": {s.POINT, s.POINT_3}, ",": {s.COMMA, s.COMMA_3}}[self.decimal]
        grouped = {".": s.POINTS_COMMA, ",": s.COMMAS_POINT}.get(self.thousands)
        return frozenset(plain | ({grouped} if grouped else set()) | self._set_apart)

    @property
    def _set_apart(self) -> set[str]:
        return {"'": {s.APOSTROPHES}, " ": {s.BLANKS}}.get(self.thousands, set())


@dataclass(frozen=True)
class TextTypes:
    """What the texts of a table are: a type per column, and the options that make its reader read them."""

    columns: tuple[FoundColumn, ...]
    options: dict[str, Guess] = field(default_factory=dict)


def marks_of(found: Sequence[Shapes], usual: Marks | None = None) -> Marks | None:
    """Return the marks of a table's numbers, or None if its numbers show no decimal mark.

    `usual` is what other tables use: it says what 1.234 is where nothing else does.
    """
    any_number = frozenset(
        {s.INTEGER, s.BIT, s.POINT, s.COMMA, s.POINT_3, s.COMMA_3, s.POINTS_COMMA, s.COMMAS_POINT, s.POINTS, s.COMMAS}
        | {s.APOSTROPHES, s.BLANKS}
    )
    numeric = [column for column in found if _is_mostly(column, any_number)]
    count = Counter({shape: sum(column.rows_of([shape]) for column in numeric) for shape in any_number})
    comma = count[s.COMMA] + count[s.POINTS_COMMA] + count[s.POINTS]
    point = count[s.POINT] + count[s.COMMAS_POINT] + count[s.COMMAS]
    if comma or point:
        decimal, because = (",", f"{comma:,} numbers") if comma > point else (".", f"{point:,} numbers")
        because += " can be read in no other way"
        if comma and point:
            because += f"; {min(comma, point):,} are written the other way"
    elif usual and (count[s.POINT_3] or count[s.COMMA_3]):
        decimal, because = usual.decimal, usual.because
    elif count[s.POINT_3] or count[s.COMMA_3]:
        decimal, because = ".", "a guess: a number such as 1,234 or 1.234 does not show whether it is above a thousand"
    else:
        return None
    mark, grouped = {
        ".": (",", (s.COMMA_3, s.COMMAS, s.COMMAS_POINT)),
        ",": (".", (s.POINT_3, s.POINTS, s.POINTS_COMMA)),
    }[decimal]
    if any(count[shape] for shape in grouped):
        return Marks(decimal, mark, because)
    apart = "'" if count[s.APOSTROPHES] else " " if count[s.BLANKS] else ""
    return Marks(decimal, apart, because)


def text_types(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    found: Sequence[Shapes],
    *,
    nulls: Sequence[str] = ("",),
    usual: Marks | None = None,
    fixed_marks: bool = False,
) -> TextTypes:
    """Return the types of a relation's text columns, whose shapes are given, and the options to read them by.

    `nulls` are the texts that the format takes for no value unless told otherwise; `fixed_marks` is for formats whose
    numbers have a point whatever they are.
    """
    own = None if fixed_marks else marks_of(found, usual)
    marks = own or (usual if usual and not fixed_marks else Marks())
    moments = {column.column: _moment(connection, relation, column) for column in found}
    formats = {kind: _usual_format(moments, kind) for kind in ("DATE", "TIMESTAMP")}
    columns = tuple(_column(column, marks, moments[column.column], formats) for column in found)
    options: dict[str, Guess] = {}
    if marks.decimal != "." and (own or any(column.type.startswith("DECIMAL") for column in columns)):
        options["decimal"] = Guess(marks.decimal, marks.because)
    if own and marks.thousands:
        options["thousands"] = Guess(marks.thousands, f"numbers are grouped, with {marks.decimal!r} for decimals")
    for kind, option in (("DATE", "date_format"), ("TIMESTAMP", "timestamp_format")):
        form = formats[kind]
        if form and form.form and any(column.type == kind for column in columns):
            options[option] = Guess(form.form, form.because)
    if more := _null_texts(found, columns, nulls):
        options["null_strings"] = Guess([*nulls, *more], "these texts stand where a value is missing")
    return TextTypes(columns, options)


@dataclass(frozen=True)
class _Moment:
    """A column of days or times: the format that fits it, and how many rows it does not fit."""

    kind: str
    form: str | None
    rows: int
    unfit: int
    because: str


def _is_mostly(column: Shapes, wanted: frozenset[str]) -> bool:
    fit = column.rows_of(wanted)
    return is_believed(fit, column.said - fit)


def is_believed(fit: int, unfit: int) -> bool:
    """Tell whether a type is believed that some values do not fit; those go to quarantine."""
    return fit > 0 and (unfit == 0 or (fit >= _BELIEVED and unfit <= _MISFITS * (fit + unfit)))


def _moment(connection: duckdb.DuckDBPyConnection, relation: str, column: Shapes) -> _Moment | None:
    for kind, known in (("DATE", s.DAYS), ("TIMESTAMP", s.DAYS | s.TIMES)):
        present = [name for name in column.found if name in known]
        if kind == "TIMESTAMP":
            present = [name for name in present if name in s.TIMES or name == "day_iso"]
        if not present or not _is_mostly(column, frozenset(present)):
            continue
        forms = {form for name in present for form in known[name][1]}
        return _best_format(connection, relation, column, kind, sorted(forms, key=lambda form: form or ""))
    if _looks_compact(column):
        return _best_format(connection, relation, column, "DATE", [s.COMPACT_DAY])
    return None


def _looks_compact(column: Shapes) -> bool:
    integers = column.found.get(s.INTEGER)
    return bool(
        integers
        and integers.rows == column.said
        and integers.digits == len("20140131")
        and any(word in snake_case(column.column).split("_") for word in ("date", "datum", "dat", "day", "tag", "dt"))
    )


def _best_format(
    connection: duckdb.DuckDBPyConnection, relation: str, column: Shapes, kind: str, forms: Sequence[str | None]
) -> _Moment | None:
    name = identifier(column.column)
    nothing = ", ".join(map(literal, s.NULL_TEXTS))
    tried = []
    for form in forms:
        value = f"try_strptime({name}, {literal(form)})" if form else f"TRY_CAST({name} AS TIMESTAMP)"
        row = connection.execute(
            f"SELECT count(*) FILTER (moment IS NOT NULL), count(*) FILTER (moment IS NULL), "
            f"date_diff('day', min(moment), max(moment)), count(*) FILTER (year(moment) NOT BETWEEN 1900 AND 2100) "
            f"FROM (SELECT ({value})::TIMESTAMP AS moment FROM {relation} "
            f"WHERE {name} IS NOT NULL AND trim({name}) <> '' AND {name} NOT IN ({nothing}))"
        ).fetchone() or (0, 0, 0, 0)
        tried.append((row[1], row[2] if row[2] is not None else 0, row[0], row[3], form))
    tried.sort(key=lambda entry: (entry[0], entry[1]))
    unfit, span, fit, strange, form = tried[0]
    if not is_believed(fit, unfit) or (form == s.COMPACT_DAY and strange):
        return None
    because = f"as {column.column} is written"
    if len(tried) > 1 and tried[1][0] == unfit:
        because += (
            f"; {tried[1][4]} would fit as well, but then the values spread over {tried[1][1]} days instead of {span}: "
            "check a day that you know"
        )
    return _Moment(kind, form, fit, unfit, because)


def _usual_format(moments: Mapping[str, _Moment | None], kind: str) -> _Moment | None:
    """Return the format of most rows; a table declares one for its days and one for its times."""
    rows: Counter[str | None] = Counter()
    for moment in moments.values():
        if moment and moment.kind == kind:
            rows[moment.form] += moment.rows
    if not rows:
        return None
    best = rows.most_common(1)[0][0]
    return next(moment for moment in moments.values() if moment and moment.kind == kind and moment.form == best)


def _column(
    column: Shapes,
    marks: Marks,
    moment: _Moment | None,
    formats: Mapping[str, _Moment | None],
) -> FoundColumn:
    name = column.column
    text = FoundColumn(name, "VARCHAR")
    if not column.said:
        return replace(text, because="no row has a value")
    if moment:
        usual = formats[moment.kind]
        if usual and usual.form == moment.form:
            return replace(text, type=moment.kind, unfit=moment.unfit)
        written = moment.form or "ISO 8601"
        return replace(text, because=f"days or times written as {written}, unlike the table's others: cast in staging")
    if truth := column.found.get(s.TRUTH):
        return _truth(truth, text) if truth.rows == column.said else text
    return _number(column, marks, text)


def _truth(truth: Shape, text: FoundColumn) -> FoundColumn:
    """Words of one pair of yes and no are just that; of letters both must be there, as one alone may be a code."""
    words = {word.lower() for word in truth.texts}
    if any(words == pair or (words < pair and words <= _WORDS) for pair in _PAIRS):
        return replace(text, type="BOOLEAN")
    return replace(text, because=f"only {', '.join(sorted(truth.texts))}: as well a code as a yes or no")


def _number(column: Shapes, marks: Marks, text: FoundColumn) -> FoundColumn:
    numbers = marks.whole | marks.fractions
    fit = column.rows_of(numbers)
    if because := _no_number(column, marks):
        return replace(text, because=because)
    if column.rows_of([s.EXPONENT]) and _is_mostly(column, numbers | {s.EXPONENT}):
        return replace(text, type="DOUBLE", because="written with exponents, so not exact at the source either")
    if not is_believed(fit, column.said - fit):
        return text
    unfit = column.said - fit
    if column.rows_of(marks.whole) == fit:
        return replace(_whole_number(column, marks, text), unfit=unfit)
    digits = max(_digits(column, marks, name) for name in column.found if name in numbers)
    scale = max(_scale(column, name) for name in column.found if name in marks.fractions)
    return _decimal(text, digits, scale, unfit)


def _no_number(column: Shapes, marks: Marks) -> str:
    """Return why digits are no number, or nothing."""
    if column.rows_of([s.ZERO_LED]) and _is_mostly(column, marks.whole | {s.ZERO_LED}):
        return "digits with leading zeros"
    if column.rows_of([s.PLUS_LED]):
        return "digits with a plus sign"
    return "digits with a minus sign at their end: cast in staging" if column.rows_of([s.TRAILING_MINUS]) else ""


def _whole_number(column: Shapes, marks: Marks, text: FoundColumn) -> FoundColumn:
    words = snake_case(column.column).split("_")
    if column.rows_of([s.BIT]) == column.said and (words[0] in {"is", "has"} or words[-1] in _FLAGS):
        return replace(text, type="BOOLEAN", because="0 and 1, and named like a yes or no")
    digits = max(_digits(column, marks, name) for name in column.found if name in marks.whole)
    if is_code(column.column):
        return replace(text, because="digits that name something and count nothing")
    if words[-1] in _MEASURED:
        return replace(_decimal(text, digits, 2, 0), because="whole numbers so far, but named like a measure")
    if digits <= _INTEGER_DIGITS:
        return replace(text, type="INTEGER")
    if digits <= _BIGINT_DIGITS:
        return replace(text, type="BIGINT")
    return _decimal(text, digits, 0, 0) if digits <= _MOST_DIGITS else replace(text, because="longer than any number")


def _decimal(text: FoundColumn, digits: int, scale: int, unfit: int) -> FoundColumn:
    room = next((step for step in _SCALES if step >= scale), scale) if scale else 0
    for precision in (_PRECISION, 28, _MOST_DIGITS):
        if digits + 2 + room <= precision:
            return replace(text, type=f"DECIMAL({precision}, {room})", unfit=unfit)
    if digits + scale <= _MOST_DIGITS:
        return replace(text, type=f"DECIMAL({_MOST_DIGITS}, {scale})", unfit=unfit)
    return replace(text, because="more digits than a DECIMAL holds")


def _digits(column: Shapes, marks: Marks, name: str) -> int:
    shape = column.found[name]
    return shape.whole if name in marks.fractions else shape.digits


def _scale(column: Shapes, name: str) -> int:
    shape = column.found[name]
    return shape.scale if shape.scale <= _SCALES[3] else shape.needed_scale


def _null_texts(found: Sequence[Shapes], columns: Sequence[FoundColumn], known: Sequence[str]) -> list[str]:
    """Return the texts for nothing: in typed columns all that occur, in text columns those that say nothing else."""
    texts: dict[str, None] = {}
    for shapes, column in zip(found, columns, strict=True):
        nothing = shapes.found.get(s.NOTHING)
        for text in nothing.texts if nothing else ():
            if text not in known and (column.type != "VARCHAR" or text in _STRONG_NULLS):
                texts[text] = None
    return sorted(texts)
