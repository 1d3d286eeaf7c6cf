"""The time of a rebuilt past: reading it, and refusing one of which nothing can be known.

Belongs here: what may be asked for. Where such a build is kept is in `settings`, what was known then in the lake.
"""

from collections.abc import Iterable
from datetime import UTC, datetime

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.warehouse.errors import AsOfRefused


def as_of_time(text: str) -> datetime:
    """Return an ISO 8601 time with zone, such as 2014-01-15T00:00Z, in UTC. Raises `AsOfRefused` for another text."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise AsOfRefused(f"{text!r} is not a time. Write it as 2014-01-15T00:00Z.") from error
    if moment.tzinfo is None:
        raise AsOfRefused(f"{text} has no time zone. Say which is meant: 2014-01-15T00:00Z, or +01:00 in place of Z.")
    return moment.astimezone(UTC)


def require_known(as_of: datetime, lake: RawLake, systems: Iterable[SourceSystem], now: datetime) -> None:
    """Raise `AsOfRefused` if `as_of` is after `now`, or before any batch of a declared table was known."""
    if as_of > now:
        raise AsOfRefused(f"{_spelled(as_of)} is in the future; now is {_spelled(now)}. Ask for a time that has been.")
    first = [
        moment
        for system in systems
        for table in system.tables
        if (moment := lake.first_known_at(system.name, table.name)) is not None
    ]
    if not first:
        raise AsOfRefused(f"Nothing was known at {_spelled(as_of)}: nothing has landed yet. Run `tieout run` first.")
    if as_of < min(first):
        raise AsOfRefused(
            f"Nothing was known at {_spelled(as_of)}: the first batch became known at {_spelled(min(first))}. "
            "Ask for that time or a later one."
        )


def _spelled(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
