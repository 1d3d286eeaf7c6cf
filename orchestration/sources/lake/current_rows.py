"""The rows that a table consists of now, as SQL over the Parquet files of its current batches.

Belongs here: which of several rows with the same keys counts. Which batches are current is in the lake.
"""

from collections.abc import Sequence
from datetime import UTC

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.sql import identifier, literal

_BATCH = "__batch"


def current_rows(lake: RawLake, table: SourceTable, batches: Sequence[BatchManifest]) -> str:
    """Return a query over the table's current rows, given its batches (at least one) in the order in which they apply.

    It gives the source's columns, `source_row`, and of every row's batch `source_system`, `source_table`, `batch_id`,
    `known_at` (TIMESTAMP, UTC) and `source_file`. Columns that only some batches have are NULL for the others. Of rows
    of different batches with the same keys one counts, unless the table is loaded in full: the one with the highest
    cursor if files are declared to have one, else that of the last batch.
    """
    if table.load == "full" or not table.keys or len(batches) == 1:
        return " union all by name ".join(_rows(lake, batch) for batch in batches)
    landed = " union all by name ".join(
        f"select *, {ordinal} as {_BATCH} from ({_rows(lake, batch)})" for ordinal, batch in enumerate(batches)
    )
    keys = [identifier(key) for key in table.keys]
    same_keys = " and ".join(f"landed.{key} = newest.{key}" for key in keys)
    # The first batch, most often by far the largest, is not needed to know which rows have been replaced by later ones.
    rank, candidates = _BATCH, f"landed where {_BATCH} > 0"
    if table.files and table.cursor:
        cursor = identifier(table.cursor)
        rank = f"{{'has_cursor': {cursor} is not null, 'cursor': {cursor}, 'batch': {_BATCH}}}"
        candidates = "landed"
    return f"""
        with landed as (
            select *, {rank} as __rank from ({landed})
        ), newest as (
            select {", ".join(keys)}, max(__rank) as __newest from {candidates} group by all
        )
        select landed.* exclude (__rank, {_BATCH})
        from landed left join newest on {same_keys}
        where newest.__newest is null or landed.__rank >= newest.__newest"""


def _rows(lake: RawLake, batch: BatchManifest) -> str:
    """Return the query over one batch; what is constant in it is a literal, so that a filter skips whole files."""
    known_at = batch.known_at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    return f"""
        select
            *,
            {literal(batch.system)} as source_system,
            {literal(batch.table)} as source_table,
            {literal(batch.batch_id)} as batch_id,
            timestamp {literal(known_at)} as known_at,
            {literal(batch.source_file)} as source_file
        from {lake.rows(batch)}"""
