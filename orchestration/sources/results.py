"""What landing a table came to."""

import hashlib
from dataclasses import dataclass

from orchestration.sources.lake.raw_lake import BatchManifest


@dataclass(frozen=True)
class LandingResult:
    """The state of one table after landing."""

    system: str
    table: str
    current: tuple[BatchManifest, ...]
    """The batches that together are the table now, in the order in which they apply."""
    new: tuple[BatchManifest, ...]
    """Those of them that this landing made."""
    row_count: int
    """Rows of the table now."""

    @property
    def rows_quarantined(self) -> int:
        """Rows of the table's source that are in quarantine now."""
        return sum(batch.rows_quarantined for batch in self.current)

    @property
    def warnings(self) -> list[str]:
        """What is odd about the table's source, each with its file, relation or resource."""
        own = [f"{batch.source_file}: {warning}" for batch in self.current for warning in batch.warnings]
        return own + self._same_files()

    def _same_files(self) -> list[str]:
        """Say which files with rows are the same as another one: an extract that was delivered twice."""
        first: dict[str | None, BatchManifest] = {}
        told = []
        for batch in self.current:
            earlier = first.setdefault(batch.source_sha256, batch)
            if batch.source_sha256 and batch.rows_landed and earlier.source_file != batch.source_file:
                told.append(
                    f"{batch.source_file}: has the same bytes as {earlier.source_file}. If it came twice, take "
                    f"one away: without keys its {batch.rows_landed} rows are there twice."
                )
        return told

    @property
    def data_version(self) -> str:
        """Hash of the current batch ids: the same as long as the table's content is."""
        return hashlib.sha256("\n".join(batch.batch_id for batch in self.current).encode()).hexdigest()
