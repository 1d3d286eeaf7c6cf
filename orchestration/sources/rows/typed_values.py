"""SQL that reads a value as its declared type, and finds the values that do not fit it exactly.

DuckDB's casts are kind where an accountant is not: '1.239' becomes 1.24 as DECIMAL(18,2) and '6.7' becomes 7 as
BIGINT. Here a value is taken only if nothing of it is lost. SQL expressions only; reading files belongs in
`formats`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.sources.declaration.format_options import TextOptions
from orchestration.sources.declaration.tables import SourceColumn
from orchestration.sources.sql import identifier, literal

PROBLEMS_TYPE = "STRUCT(column_name VARCHAR, reason VARCHAR)[]"
_LONGEST_MINUTE_TEXT = 16
_TIME = r"\s*[0-9]{1,2}:[0-9]{1,2}(:[0-9]{1,2}([.][0-9]{0,6}0*)?)?\s*"


@dataclass(frozen=True)
class TypedColumn:
    """One column of a source as SQL, for `typed_rows`.

    `value` is an expression over the source; `problem` (true where the value does not fit) and `reason` are
    expressions over the source's value, named `raw`, and the typed one, named `typed`.
    """

    name: str
    position: int
    value: str
    problem: str | None = None
    reason: str = "NULL"

    @property
    def raw(self) -> str:
        """The name of the source's value in `typed_rows`."""
        return f"raw_{self.position}"

    @property
    def typed(self) -> str:
        """The name of the typed value in `typed_rows`."""
        return f"typed_{self.position}"


def typed_columns(
    source: Sequence[tuple[str, str]], declared: Mapping[str, SourceColumn], texts: TextOptions
) -> list[TypedColumn]:
    """Return how to read the columns of a source, given as (name, DuckDB type).

    An undeclared column is taken as it is. Text is read strictly (`texts` gives its marks and formats); a typed value
    must come back unchanged when cast to the source's type again, unless the declaration says that it is rounded.
    """
    return [
        _typed_column(name, position, source_type, declared.get(name), texts)
        for position, (name, source_type) in enumerate(source)
    ]


def typed_rows(columns: Sequence[TypedColumn], rows: str, *passed: str) -> str:
    """Return a query over `rows` with each column as `raw_<n>` and `typed_<n>`, the columns `passed`, and `__problems`.

    `__problems` is NULL for a sound row, else a list with one {column_name, reason} per column that does not fit.
    """
    checked = [column for column in columns if column.problem]
    problems = "NULL"
    if checked:
        entries = ", ".join(
            f"CASE WHEN {c.problem} THEN {{'column_name': {literal(c.name)}, 'reason': {c.reason}}} END"
            for c in checked
        )
        problems = f"CASE WHEN {_any_problem(columns)} THEN list_filter([{entries}], lambda e: e IS NOT NULL) END"
    return (
        f"SELECT *, CAST({problems} AS {PROBLEMS_TYPE}) AS __problems FROM ({_raw_and_typed(columns, rows, *passed)})"
    )


def sound_rows(columns: Sequence[TypedColumn], rows: str, *passed: str) -> str:
    """Return a query over `rows` with the typed values of those without a problem under the source's names.

    The columns `passed` are kept beside them.
    """
    selected = ", ".join([typed_as_named(columns), *passed])
    return (
        f"SELECT {selected} FROM ({_raw_and_typed(columns, rows, *passed)}) WHERE ({_any_problem(columns)}) IS NOT TRUE"
    )


def _raw_and_typed(columns: Sequence[TypedColumn], rows: str, *passed: str) -> str:
    both = ", ".join(f"{identifier(c.name)} AS {c.raw}, {c.value} AS {c.typed}" for c in columns)
    return f"SELECT {both}{''.join(f', {name}' for name in passed)} FROM {rows}"


def _any_problem(columns: Sequence[TypedColumn]) -> str:
    return " OR ".join(column.problem for column in columns if column.problem) or "false"


def typed_as_named(columns: Sequence[TypedColumn]) -> str:
    """Return the select list that gives the typed values of `typed_rows` the source's names."""
    return ", ".join(f"{column.typed} AS {identifier(column.name)}" for column in columns)


def _typed_column(
    name: str, position: int, source_type: str, declared: SourceColumn | None, texts: TextOptions
) -> TypedColumn:
    source = identifier(name)
    if declared is None:
        return TypedColumn(name, position, source)
    plain = TypedColumn(name, position, source)
    if declared.rounding == "half_even" and source_type in {"DOUBLE", "FLOAT", "VARCHAR"}:
        value = f"TRY_CAST(round_even(TRY_CAST({source} AS DOUBLE), {declared.scale}) AS {declared.type})"
        misfit: str | None = f"NOT isfinite(TRY_CAST({plain.raw} AS DOUBLE))"
    elif source_type == "VARCHAR":
        value, misfit = _from_text(source, plain.raw, plain.typed, declared, texts)
    else:
        value, misfit = _from_typed(source, plain.raw, plain.typed, source_type, declared)
    problem = f"({plain.raw} IS NOT NULL AND ({plain.typed} IS NULL OR {misfit}))" if misfit else None
    if source_type == "VARCHAR" and (sure := _surely_fits(plain.raw, plain.typed, declared, texts)):
        problem = f"(CASE WHEN {sure} THEN false ELSE {problem} END)"
    shown = f"'\"' || left({plain.raw}::VARCHAR, 100)"
    unfit = literal(f'" does not fit {declared.type} exactly{_hint(declared, texts)}')
    reason = f"{shown} || {unfit}"
    for outside, told in _outside(plain.typed, declared):
        reason = f"CASE WHEN {problem or 'false'} THEN {reason} WHEN {outside} THEN {shown} || {told} END"
        problem = f"({problem} OR {outside})" if problem else f"({outside})"
    if not declared.nullable:
        missing = f"{plain.raw} IS NULL"
        reason = f"CASE WHEN {missing} THEN 'has no value, but must have one' ELSE {reason} END"
        problem = f"({missing} OR {problem})" if problem else f"({missing})"
    return TypedColumn(name, position, value, problem, reason)


def _outside(typed: str, declared: SourceColumn) -> list[tuple[str, str]]:
    """Return (condition, the end of its reason) for each bound that is declared."""
    bounds = (("<", "below the minimum", declared.minimum), (">", "above the maximum", declared.maximum))
    kind = "HUGEINT" if declared.scale == 0 else declared.type
    return [
        (f"coalesce({typed} {sign} CAST({literal(bound)} AS {kind}), false)", literal(f'" is {words} {bound}'))
        for sign, words, bound in bounds
        if bound is not None
    ]


def _from_typed(source: str, raw: str, typed: str, source_type: str, declared: SourceColumn) -> tuple[str, str | None]:
    """Return (value over the source, misfit over raw and typed; None if every value fits)."""
    infinite = f"NOT isfinite({typed})" if declared.type in {"DATE", "TIMESTAMP"} else None
    if source_type == declared.type:
        return source, infinite
    value = f"TRY_CAST({source} AS {declared.type})"
    if declared.type == "VARCHAR":
        return value, None
    changed = f"TRY_CAST({typed} AS {source_type}) IS DISTINCT FROM {raw}"
    return value, f"{infinite} OR {changed}" if infinite else changed


def _from_text(source: str, raw: str, typed: str, declared: SourceColumn, texts: TextOptions) -> tuple[str, str | None]:
    """Return (value over the source, misfit over raw and typed; None if every value fits)."""
    kind = declared.type
    if kind == "VARCHAR":
        return source, None
    if declared.scale is not None:
        value = f"TRY_CAST({_plain_number(source, texts)} AS {kind})"
        return value, f"{inexact_number(_plain_number(raw, texts), declared.scale)}{_misplaced_mark(raw, texts)}"
    if kind in {"DOUBLE", "FLOAT"}:
        value = f"TRY_CAST({_plain_number(source, texts)} AS {kind})"
        return value, f"NOT isfinite({typed}) OR contains({raw}, '_'){_misplaced_mark(raw, texts)}"
    if kind == "DATE":
        return _date(source, raw, typed, texts.date_format)
    if kind == "TIMESTAMP":
        return _timestamp(source, raw, typed, texts.timestamp_format)
    misfit = f"NOT regexp_full_match({raw}, {literal(_TIME)})" if kind == "TIME" else "false"
    return f"TRY_CAST({source} AS {kind})", misfit


def _surely_fits(raw: str, typed: str, declared: SourceColumn, texts: TextOptions) -> str | None:
    """Return a condition, over raw and typed, under which the text fits for certain; it is for speed only.

    Most texts of most files are as DuckDB itself would write the value, which takes a quarter of the time to find out.
    """
    if declared.scale is not None:
        written = f"{typed}::VARCHAR" if texts.decimal == "." else f"replace({typed}::VARCHAR, '.', ',')"
        # What begins the value's own text is plain, and has no digit too many: 7.5 as DECIMAL(18,2) is 7.50.
        return f"CASE WHEN {written} = {raw} THEN true ELSE starts_with({written}, {raw}) END"
    if (declared.type == "DATE" and not texts.date_format) or (
        declared.type == "TIMESTAMP" and not texts.timestamp_format
    ):
        return f"{typed}::VARCHAR = {raw} AND isfinite({typed})"
    return None


def _plain_number(source: str, texts: TextOptions) -> str:
    plain = f"replace({source}, {literal(texts.thousands)}, '')" if texts.thousands else source
    return f"replace({plain}, ',', '.')" if texts.decimal == "," else plain


def _misplaced_mark(raw: str, texts: TextOptions) -> str:
    """Return ` OR <condition>`: a thousands mark does not stand before three digits, or a point is no decimal mark.

    Without it 12.34 would be 1234 where a point marks thousands, and 1.234 be 1.234 where a comma marks decimals.
    """
    if not texts.thousands:
        return f" OR contains({raw}, '.')" if texts.decimal == "," else ""
    mark, point = re.escape(texts.thousands), re.escape(texts.decimal)
    between = "{2,3}" if texts.thousands == "," else "{3}"  # 12,34,567 is a number in India
    grouped = rf"\s*[+-]?[0-9]{{1,3}}({mark}[0-9]{between})*{mark}[0-9]{{3}}({point}[0-9]*)?([eE][+-]?[0-9]+)?\s*"
    misplaced = (
        f"contains(trim({raw}), {literal(texts.thousands)}) AND NOT regexp_full_match({raw}, {literal(grouped)})"
    )
    strange = f" OR contains({raw}, '.')" if texts.decimal == "," and texts.thousands != "." else ""
    return f" OR ({misplaced}){strange}"


def inexact_number(number: str, scale: int) -> str:
    """Return the condition that a text is no plain number with at most `scale` digits after the point, zeros apart.

    1e3, 0x1F and 1_000 are no plain numbers.
    """
    fraction = rf"([0-9]+([.][0-9]{{0,{scale}}}0*)?|[.][0-9]{{1,{scale}}}0*)" if scale else "[0-9]+([.]0*)?"
    return rf"NOT regexp_full_match({number}, '\s*[+-]?{fraction}\s*')"


def _date(source: str, raw: str, typed: str, date_format: str | None) -> tuple[str, str]:
    if date_format is None:
        # As DATE, DuckDB takes what begins like one and leaves the rest; as TIMESTAMP it does not.
        has_more = f"TRY_CAST(trim({raw}) AS TIMESTAMP) IS DISTINCT FROM {typed}::TIMESTAMP"
        return f"TRY_CAST({source} AS DATE)", f"NOT isfinite({typed}) OR {has_more} OR {_short_year(raw, typed)}"
    has_time = f"try_strptime({raw}, {literal(date_format)}) <> {typed}::TIMESTAMP"
    value = f"CAST(try_strptime({source}, {literal(date_format)}) AS DATE)"
    return value, f"NOT isfinite({typed}) OR {has_time} OR {_short_year(raw, typed)}"


def _short_year(raw: str, typed: str) -> str:
    """Return the condition that a year was written with fewer than four digits: 31.01.14 is not the year 14."""
    four_digits = f"regexp_matches({raw}, '(^|[^0-9])[0-9]{{4}}($|[^0-9])')"
    return f"CASE WHEN year({typed}) < 1000 THEN NOT {four_digits} ELSE false END"


def _timestamp(source: str, raw: str, typed: str, timestamp_format: str | None) -> tuple[str, str]:
    if timestamp_format is not None:
        value = f"CAST(try_strptime({source}, {literal(timestamp_format)}) AS TIMESTAMP)"
        return value, f"NOT isfinite({typed}) OR {_short_year(raw, typed)}"
    # DuckDB's cast to TIMESTAMP passes over an offset such as +02:00; what has one lands in UTC.
    has_offset = " OR ".join(f"{source}[{place}] IN ('+', '-')" for place in (-6, -5, -3))
    value = (
        f"CASE WHEN length({source}) > {_LONGEST_MINUTE_TEXT} AND ({has_offset}) "
        f"THEN TRY_CAST({source} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' ELSE TRY_CAST({source} AS TIMESTAMP) END"
    )
    below_microseconds = f"regexp_matches({raw}, '[.][0-9]{{6}}0*[1-9]')"
    return value, f"NOT isfinite({typed}) OR {below_microseconds} OR {_short_year(raw, typed)}"


def _hint(declared: SourceColumn, texts: TextOptions) -> str:
    expected = {"DATE": texts.date_format, "TIMESTAMP": texts.timestamp_format}.get(declared.type)
    return f" (expected {expected})" if expected else ""
