"""What landing left out, as results of checks: rows in quarantine are in no figure, and readers must be told."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.quarantine import quarantined_amounts
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.warehouse.checks import CheckRow

NOTHING_QUARANTINED = "nothing_quarantined"
_FILES_SHOWN, _COLUMNS_SHOWN, _KPIS_SHOWN = 3, 4, 6


def landing_checks(
    lake: RawLake,
    systems: Iterable[SourceSystem],
    *,
    as_of: datetime | None = None,
    touched: Mapping[str, Sequence[str]] | None = None,
) -> list[CheckRow]:
    """Return one result per declared source table: a warning if rows of its current batches are in quarantine.

    It blocks where more of them are than the table's `max_quarantined_share`. With `as_of` (a time with zone) the
    batches are those known then. `touched` are the ids of the KPIs that a source table (`system.table`) is in.
    """
    return [
        _check(lake, system.name, table, as_of, (touched or {}).get(f"{system.name}.{table.name}", ()))
        for system in systems
        for table in system.tables
    ]


def _check(lake: RawLake, system: str, table: SourceTable, as_of: datetime | None, kpis: Sequence[str]) -> CheckRow:
    name = f"{system}.{table.name}"
    batches = lake.current(system, table.name, as_of=as_of)
    by_file: dict[str, int] = {}
    for batch in batches:
        if batch.rows_quarantined:
            by_file[batch.source_file] = by_file.get(batch.source_file, 0) + batch.rows_quarantined
    count = sum(by_file.values())
    if not count:
        return CheckRow(
            check_id=NOTHING_QUARANTINED,
            engine="landing",
            table_name=name,
            severity="warn",
            status="pass",
            observed={"rows": 0},
            failing_rows=0,
        )
    amounts = quarantined_amounts(lake, table, batches)
    most = table.max_quarantined_share
    share = Decimal(count) / (count + lake.row_count(system, table.name, as_of=as_of))
    blocks = most is not None and share > most
    message = _message(name, table, by_file, amounts, kpis)
    if blocks:
        message += f" {share:.2%} of the rows are in quarantine; max_quarantined_share allows {most:.2%}."
    return CheckRow(
        check_id=NOTHING_QUARANTINED,
        engine="landing",
        table_name=name,
        severity="error" if blocks else "warn",
        status="fail" if blocks else "warn",
        observed={"rows": count, "amounts": {k: str(v) for k, v in amounts.items()}, "kpis": list(kpis)},
        failing_rows=count,
        message=message,
    )


def _message(
    name: str, table: SourceTable, by_file: dict[str, int], amounts: Mapping[str, Decimal], kpis: Sequence[str]
) -> str:
    count = sum(by_file.values())
    files = [f"{file}: {rows:,}" for file, rows in by_file.items()]
    columns = [column for column, declared in table.columns.items() if declared.type.startswith("DECIMAL")]
    lacking = _list(
        [f"{column} {amounts[column]:,}" if column in amounts else column for column in columns], _COLUMNS_SHOWN
    )
    touches = f" It is in {_list(kpis, _KPIS_SHOWN)}." if kpis else ""
    return (
        f"{name}: {count:,} row{' is' if count == 1 else 's are'} in quarantine ({_list(files, _FILES_SHOWN)}); "
        f"no figure counts {'it' if count == 1 else 'them'}{f' ({lacking})' if lacking else ''}.{touches} "
        f"`tieout quarantine {name}` says why; mend the source or its declaration, and run again."
    )


def _list(items: Sequence[str], most: int) -> str:
    return ", ".join(items[:most]) + (f" and {len(items) - most} more" if len(items) > most else "")
