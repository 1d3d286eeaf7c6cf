"""How old the data of each source table is, against what its source promises.

Belongs here: the facts (newest batch, when it was known, rows) and the rule for being fresh. Showing them does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake


@dataclass(frozen=True)
class SourceFreshness:
    """One source table: facts only, so that the same batches give the same row. Whether it is fresh depends on when."""

    source_system: str
    source_table: str
    batch_id: str | None
    """The newest current batch; None when nothing has landed."""
    known_at: datetime | None
    """When that batch became known, UTC."""
    row_count: int
    """Rows of the table."""
    quarantined_count: int
    """Rows of the same batches' source files that are in quarantine."""
    max_age_hours: float | None
    """How old the newest batch may become, in hours; None: its source promises nothing."""

    def is_fresh(self, now: datetime) -> bool | None:
        """Return whether the promise is kept at `now` (with time zone); None without one."""
        if self.max_age_hours is None:
            return None
        if self.known_at is None:
            return False
        return now - self.known_at <= timedelta(hours=self.max_age_hours)


def source_freshness(
    lake: RawLake, systems: Iterable[SourceSystem], *, as_of: datetime | None = None
) -> list[SourceFreshness]:
    """Return one row for each declared source table, ordered by system and table, from the lake's manifests.

    With `as_of` (a time with zone) the batches are those known then, and nothing is promised: the past does not age.
    """
    rows = []
    for system in systems:
        for table in system.tables:
            batches = lake.current(system.name, table.name, as_of=as_of)
            newest = max(batches, key=lambda batch: (batch.known_at, batch.batch_id), default=None)
            rows.append(
                SourceFreshness(
                    source_system=system.name,
                    source_table=table.name,
                    batch_id=newest.batch_id if newest else None,
                    known_at=newest.known_at.astimezone(UTC) if newest else None,
                    row_count=lake.row_count(system.name, table.name, as_of=as_of),
                    quarantined_count=sum(batch.rows_quarantined for batch in batches),
                    max_age_hours=None if as_of else system.max_age_hours,
                )
            )
    return sorted(rows, key=lambda row: (row.source_system, row.source_table))
