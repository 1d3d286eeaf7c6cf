"""The text of a drafted expectation suite: what was true of the rows that were looked at, each as a warning.

Structure (keys, types) is held by dbt and by landing; a suite says what values are usual.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from pathlib import Path

from orchestration.sources.inspection.drafts import Draft, inline
from orchestration.sources.inspection.found import FoundColumn, FoundSystem, FoundTable
from orchestration.sources.inspection.keys import is_key_like
from orchestration.sources.inspection.staging_draft import StagedColumn, key_names, model_name, staged_columns

_SUITES = Path("suites")
_YEARS_BEFORE, _YEARS_AFTER = 1, 5
_FEWEST_ROWS = 20
"""Fewer rows say nothing about what is usual."""


def suite_drafts(system: FoundSystem) -> list[Draft]:
    """Return a suite per staging model."""
    return [
        Draft(_SUITES / f"staging.{model_name(system, table)}.yaml", _suite(system, table)) for table in system.tables
    ]


def _suite(system: FoundSystem, table: FoundTable) -> str:
    model = model_name(system, table)
    prefix = f"{system.name}_{table.name}"
    lines = [
        f"# Drafted by `tieout source inspect` from {table.rows:,} rows. Every limit is a guess, a wide one.",
        "# Sharpen it, say why it is there, and make it an error where a breach must stop the publication.",
        f"table: staging.{model}",
        f"asset: [staging, {model}]",
        f"key: [{', '.join(key_names(table))}]",
        f"description: {table.name.replace('_', ' ').capitalize()} of {system.name}, as staged.",
        "expectations:",
        *_expectation(
            f"{prefix}_rows_arrived",
            "expect_table_row_count_to_be_between",
            {"min_value": max(table.state_rows // 2, min(table.state_rows, 1))},
            f"There were {table.state_rows:,} rows; far fewer is a load that was cut off.",
        ),
    ]
    for column in staged_columns(table):
        lines += _of_column(prefix, table, column)
    return "\n".join(lines) + "\n"


def _of_column(prefix: str, table: FoundTable, column: StagedColumn) -> list[str]:
    found, name = column.source, column.name
    lines: list[str] = []
    if found.rows < _FEWEST_ROWS:
        return lines
    if found.is_full and found.name not in table.key:
        lines += _expectation(
            f"{prefix}_{name}_is_filled",
            "expect_column_values_to_not_be_null",
            {"column": name},
            f"Every one of the {found.rows:,} rows had a value.",
        )
    if found.values:
        lines += _expectation(
            f"{prefix}_{name}_is_known",
            "expect_column_values_to_be_in_set",
            {"column": name, "value_set": list(found.values)},
            f"Only these {len(found.values)} values were seen; a new one needs a look at what maps it.",
        )
    if not _may_name_a_row(table, found) and (limits := _limits(found)):
        lines += _expectation(
            f"{prefix}_{name}_is_plausible",
            "expect_column_values_to_be_between",
            {"column": name, "min_value": limits[0], "max_value": limits[1]},
            f"Seen were {found.low} to {found.high}; far outside is a wrong unit, mark or year.",
        )
    return lines


def _may_name_a_row(table: FoundTable, column: FoundColumn) -> bool:
    """Tell whether a column may hold ids, which have no usual range: they grow, and say nothing of what they name.

    Where rows have a whole number for a key, any other may be the key of another row, however called (`account`).
    """
    keys = [other for other in table.columns if other.name in table.key]
    has_surrogate_key = len(keys) == 1 and "INT" in keys[0].type
    return column in keys or is_key_like(column.name) or (has_surrogate_key and "INT" in column.type)


def _limits(column: FoundColumn) -> tuple[object, object] | None:
    """Return the range seen, widened: days by years, numbers to twice as far from zero."""
    if column.low is None or column.high is None:
        return None
    if column.type in {"DATE", "TIMESTAMP"}:
        first, last = column.low[:10].split("-"), column.high[:10].split("-")
        if len(first) != 3 or len(last) != 3:  # noqa: PLR2004 (a date before year 0 has another form)
            return None
        return f"{int(first[0]) - _YEARS_BEFORE:04d}-01-01", f"{int(last[0]) + _YEARS_AFTER:04d}-12-31"
    try:
        low, high = Decimal(column.low), Decimal(column.high)
    except InvalidOperation:
        return None
    if not low.is_finite() or not high.is_finite():
        return None
    span = max(abs(low), abs(high))
    least = -2 * span if low < 0 else Decimal(0)
    most = 2 * span if high > 0 else Decimal(0)
    return int(least.to_integral_value(ROUND_FLOOR)), int(most.to_integral_value(ROUND_CEILING))


def _expectation(check: str, kind: str, arguments: dict[str, object], why: str) -> list[str]:
    return [
        f"  - id: {check}",
        f"    type: {kind}",
        f"    kwargs: {inline(arguments)}",
        "    severity: warn",
        f"    why: {why}",
    ]
