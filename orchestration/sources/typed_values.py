"""SQL that reads a value as its declared type, and finds the values that do not fit it exactly.

DuckDB's casts are kind where an accountant is not: '1.239' becomes 1.24 as DECIMAL(18,2) and '6.7' becomes 7 as
BIGINT. Here a value is taken only if nothing of it is lost. SQL expressions only; reading files belongs in the
modules per format.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestration.sources.declaration import SourceColumn
from orchestration.sources.options import TextOptions

PROBLEMS_TYPE = "STRUCT(column_name VARCHAR, reason VARCHAR)[]"
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


def identifier(name: str) -> str:
    """Quote a column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


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
    if source_type == "VARCHAR":
        value, misfit = _from_text(source, plain.raw, plain.typed, declared, texts)
    else:
        value, misfit = _from_typed(source, plain.raw, plain.typed, source_type, declared)
    problem = f"({plain.raw} IS NOT NULL AND ({plain.typed} IS NULL OR {misfit}))" if misfit else None
    unfit = literal(f'" does not fit {declared.type} exactly{_hint(declared, texts)}')
    reason = f"'\"' || left({plain.raw}::VARCHAR, 100) || {unfit}"
    if not declared.nullable:
        missing = f"{plain.raw} IS NULL"
        reason = f"CASE WHEN {missing} THEN 'has no value, but must have one' ELSE {reason} END"
        problem = f"({missing} OR {problem})" if problem else f"({missing})"
    if source_type == "VARCHAR" and (sure := _surely_fits(plain.raw, plain.typed, declared, texts)):
        problem = f"(CASE WHEN {sure} THEN false ELSE {problem} END)"
    return TypedColumn(name, position, value, problem, reason)


def _from_typed(source: str, raw: str, typed: str, source_type: str, declared: SourceColumn) -> tuple[str, str | None]:
    """Return (value over the source, misfit over raw and typed; None if every value fits)."""
    if source_type == declared.type:
        return source, None
    if declared.rounding == "half_even" and source_type in {"DOUBLE", "FLOAT"}:
        return f"TRY_CAST(round_even({source}, {declared.scale}) AS {declared.type})", "false"
    value = f"TRY_CAST({source} AS {declared.type})"
    if declared.type == "VARCHAR":
        return value, None
    return value, f"TRY_CAST({typed} AS {source_type}) IS DISTINCT FROM {raw}"


def _from_text(source: str, raw: str, typed: str, declared: SourceColumn, texts: TextOptions) -> tuple[str, str | None]:
    """Return (value over the source, misfit over raw and typed; None if every value fits)."""
    kind = declared.type
    if kind == "VARCHAR":
        return source, None
    if declared.scale is not None:
        value = f"TRY_CAST({_plain_number(source, texts)} AS {kind})"
        return value, inexact_number(_plain_number(raw, texts), declared.scale)
    if kind in {"DOUBLE", "FLOAT"}:
        return f"TRY_CAST({_plain_number(source, texts)} AS {kind})", f"NOT isfinite({typed}) OR contains({raw}, '_')"
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


def inexact_number(number: str, scale: int) -> str:
    """Return the condition that a text is no plain number with at most `scale` digits after the point, zeros apart.

    1e3, 0x1F and 1_000 are no plain numbers.
    """
    fraction = rf"([0-9]+([.][0-9]{{0,{scale}}}0*)?|[.][0-9]{{1,{scale}}}0*)" if scale else "[0-9]+([.]0*)?"
    return rf"NOT regexp_full_match({number}, '\s*[+-]?{fraction}\s*')"


def _date(source: str, raw: str, typed: str, date_format: str | None) -> tuple[str, str]:
    if date_format is None:
        # As DATE, DuckDB takes what begins like one and leaves the rest; as TIMESTAMP it does not.
        moment = f"TRY_CAST(trim({raw}) AS TIMESTAMP)"
        return f"TRY_CAST({source} AS DATE)", f"NOT isfinite({typed}) OR {moment} IS DISTINCT FROM {typed}::TIMESTAMP"
    has_time = f"try_strptime({raw}, {literal(date_format)}) <> {typed}::TIMESTAMP"
    return f"CAST(try_strptime({source}, {literal(date_format)}) AS DATE)", f"NOT isfinite({typed}) OR {has_time}"


def _timestamp(source: str, raw: str, typed: str, timestamp_format: str | None) -> tuple[str, str]:
    if timestamp_format is not None:
        value = f"CAST(try_strptime({source}, {literal(timestamp_format)}) AS TIMESTAMP)"
        return value, f"NOT isfinite({typed})"
    below_microseconds = f"regexp_matches({raw}, '[.][0-9]{{6}}0*[1-9]')"
    return f"TRY_CAST({source} AS TIMESTAMP)", f"NOT isfinite({typed}) OR {below_microseconds}"


def _hint(declared: SourceColumn, texts: TextOptions) -> str:
    expected = {"DATE": texts.date_format, "TIMESTAMP": texts.timestamp_format}.get(declared.type)
    return f" (expected {expected})" if expected else ""
