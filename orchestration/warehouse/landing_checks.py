"""What landing left out, as results of checks: rows in quarantine are in no figure, and readers must be told."""

from collections.abc import Iterable
from datetime import datetime

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.warehouse.checks import CheckRow

NOTHING_QUARANTINED = "nothing_quarantined"
_FILES_SHOWN, _COLUMNS_SHOWN = 3, 4


def landing_checks(lake: RawLake, systems: Iterable[SourceSystem], *, as_of: datetime | None = None) -> list[CheckRow]:
    """Return one result per declared source table: a warning if rows of its current batches are in quarantine.

    With `as_of` (a time with zone) the batches are those known then.
    """
    return [
        _check(f"{system.name}.{table.name}", table, lake.current(system.name, table.name, as_of=as_of))
        for system in systems
        for table in system.tables
    ]


def _check(name: str, table: SourceTable, batches: Iterable[BatchManifest]) -> CheckRow:
    by_file: dict[str, int] = {}
    for batch in batches:
        if batch.rows_quarantined:
            by_file[batch.source_file] = by_file.get(batch.source_file, 0) + batch.rows_quarantined
    count = sum(by_file.values())
    return CheckRow(
        check_id=NOTHING_QUARANTINED,
        engine="landing",
        table_name=name,
        severity="warn",
        status="warn" if count else "pass",
        observed=f"{count} rows in quarantine",
        failing_rows=count,
        message=_message(name, table, by_file) if count else None,
    )


def _message(name: str, table: SourceTable, by_file: dict[str, int]) -> str:
    count = sum(by_file.values())
    files = [f"{file}: {rows:,}" for file, rows in by_file.items()]
    listed = ", ".join(files[:_FILES_SHOWN]) + (f" and {len(files) - _FILES_SHOWN} more" * (len(files) > _FILES_SHOWN))
    amounts = [column for column, declared in table.columns.items() if declared.type.startswith("DECIMAL")]
    lacking = ", ".join(amounts[:_COLUMNS_SHOWN]) + (", …" if len(amounts) > _COLUMNS_SHOWN else "")
    return (
        f"{name}: {count:,} row{' is' if count == 1 else 's are'} in quarantine ({listed}); no figure counts "
        f"{'it' if count == 1 else 'them'}{f' ({lacking})' if lacking else ''}. "
        f"`tieout quarantine {name}` says why; mend the source or its declaration, and run again."
    )
