"""The figures of a sample's columns, and types for columns that are typed at the source.

Figures are of values as the product's readers give them. No text is shown as an example, and no range of what may be
personal: the drafts are committed.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

import duckdb

from orchestration.sources.inspection.found import FoundColumn
from orchestration.sources.inspection.names import is_personal
from orchestration.sources.sql import identifier

_FEW = 20
_OFTEN = 5
"""Rows per value, at least, for the values to be called a set."""
_CODE_LENGTH = 24
_CODE = r"[A-Za-z0-9][A-Za-z0-9_./+-]*"
_SAME = re.compile(r"BOOLEAN|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DECIMAL\(\d+,\d+\)|VARCHAR|DATE|TIME|TIMESTAMP")
_PLAIN = {"TIMESTAMP_NS": "TIMESTAMP", "TIMESTAMP_MS": "TIMESTAMP", "TIMESTAMP_S": "TIMESTAMP", "UHUGEINT": "VARCHAR"}
_PLAIN |= {"TIMESTAMP WITH TIME ZONE": "TIMESTAMP"}
_EXACT_SCALES = (0, 2, 4, 6)
_WIDEST = 10**12


def typed_column(connection: duckdb.DuckDBPyConnection, relation: str, name: str, kind: str) -> FoundColumn:
    """Return how to declare a column that the source types as `kind` (DuckDB's word for it)."""
    if kind in {"DOUBLE", "FLOAT"}:
        return _from_float(connection, relation, name, kind)
    if kind in {"TIMESTAMP", "TIMESTAMP WITH TIME ZONE"} and _is_at_midnight(connection, relation, name):
        return FoundColumn(name, "DATE", f"{kind} at the source, and every value is a whole day")
    if kind not in _PLAIN and _SAME.fullmatch(kind):
        decimal = re.fullmatch(r"DECIMAL\((\d+),(\d+)\)", kind)
        return FoundColumn(name, f"DECIMAL({decimal[1]}, {decimal[2]})" if decimal else kind)
    plain = _PLAIN.get(kind, "VARCHAR")
    return FoundColumn(name, plain, f"{re.split('[(]', kind, maxsplit=1)[0]} at the source")


def with_figures(
    connection: duckdb.DuckDBPyConnection, relation: str, columns: Sequence[FoundColumn]
) -> tuple[FoundColumn, ...]:
    """Return the columns with the figures of a sample that was landed with their types."""
    if not columns:
        return ()
    told = []
    for column in columns:
        name = identifier(column.name)
        ranged = column.type not in {"VARCHAR", "BOOLEAN"} and not is_personal(column.name)
        text = f"max(length({name}))" if column.type == "VARCHAR" else "NULL"
        midnight = f"bool_and({name}::TIMESTAMP = date_trunc('day', {name}))" if column.type == "TIMESTAMP" else "false"
        told += [
            f"count({name})",
            f"count(DISTINCT {name})",
            f"min({name})::VARCHAR" if ranged else "NULL",
            f"max({name})::VARCHAR" if ranged else "NULL",
            text,
            midnight,
        ]
    figures = connection.execute(f"SELECT count(*), {', '.join(told)} FROM {relation}").fetchone() or ()
    rows, rest = figures[0], figures[1:]
    out = []
    for place, column in enumerate(columns):
        count, distinct, low, high, longest, midnight = rest[place * 6 : place * 6 + 6]
        found = replace(
            column,
            rows=rows,
            nulls=rows - count,
            distinct=distinct,
            low=low,
            high=high,
            longest=longest,
            at_midnight=bool(midnight) and count > 0,
        )
        out.append(replace(found, values=_values(connection, relation, found)))
    return tuple(out)


def _values(connection: duckdb.DuckDBPyConnection, relation: str, column: FoundColumn) -> tuple[str, ...]:
    """Return all values of a text column, if they are few, frequent and look like codes, and name no person."""
    count = column.rows - column.nulls
    is_set = 0 < column.distinct <= _FEW and count >= _OFTEN * column.distinct
    if column.type != "VARCHAR" or not is_set or (column.longest or 0) > _CODE_LENGTH or is_personal(column.name):
        return ()
    name = identifier(column.name)
    rows = connection.execute(f"SELECT DISTINCT {name} FROM {relation} WHERE {name} IS NOT NULL ORDER BY 1").fetchall()
    values = tuple(str(row[0]) for row in rows)
    return values if all(re.fullmatch(_CODE, value) for value in values) else ()


def _is_at_midnight(connection: duckdb.DuckDBPyConnection, relation: str, name: str) -> bool:
    column = identifier(name)
    row = connection.execute(
        f"SELECT count(DISTINCT moment), coalesce(bool_and(moment = date_trunc('day', moment)), false) "
        f"FROM (SELECT {column}::TIMESTAMP AS moment FROM {relation})"
    ).fetchone() or (0, False)
    return bool(row[0] > 1 and row[1])


def _from_float(connection: duckdb.DuckDBPyConnection, relation: str, name: str, kind: str) -> FoundColumn:
    """Return a DECIMAL if every value has few digits after the point, as written or but for binary noise."""
    column = identifier(name)
    tests = []
    for scale in _EXACT_SCALES:
        fixed = f"TRY_CAST({column} AS DECIMAL(38, {scale}))"
        tests.append(f"coalesce(bool_and({fixed}::{kind} = {column}), false)")
        tests.append(f"coalesce(bool_and(abs({column} - {fixed}::DOUBLE) <= 1e-9 * greatest(1, abs({column}))), false)")
    row = connection.execute(
        f"SELECT coalesce(max(abs({column})), 0), {', '.join(tests)} FROM {relation} WHERE {column} IS NOT NULL"
    ).fetchone() or (0,)
    if row[0] < _WIDEST:
        for place, scale in enumerate(_EXACT_SCALES):
            if row[1 + 2 * place]:
                wide = f"DECIMAL(18, {max(scale, 2)})"
                return FoundColumn(
                    name, wide, f"{kind} at the source; no value needs more than {scale} digits after the point"
                )
        for place, scale in enumerate(_EXACT_SCALES):
            if row[2 + 2 * place]:
                because = f"{kind} at the source; {max(scale, 2)} digits but for binary noise, which is rounded away"
                return FoundColumn(name, f"DECIMAL(18, {max(scale, 2)})", because, rounding="half_even")
    return FoundColumn(
        name, "DOUBLE", f"{kind} at the source with fractions of many digits; say DECIMAL if it is money"
    )
