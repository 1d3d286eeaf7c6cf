"""The address space that the operating system lets a run have: too little is said before the run begins.

Belongs here: the limit and what it must be at least. Memory that is refused while a run is at work is `outside`'s; but
libraries that are refused it may abort the process, or wait for a thread that never came, and say nothing.
"""

import resource

from orchestration.errors import TieoutError

_LEAST = 1_500_000_000
"""Bytes that the run of a small company needs, most of them for code: of Dagster, DuckDB, dbt, Great Expectations."""


class AddressSpaceError(TieoutError):
    """The operating system lets this process have too little memory to run."""


def require_address_space() -> None:
    """Raise `AddressSpaceError` if this process may have less address space than a run takes."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _LEAST:
        raise AddressSpaceError(
            f"A process may have {limit // 1_000_000:,} MB of address space here, and a run needs "
            f"{_LEAST // 1_000_000:,} MB at least. Raise the limit (`ulimit -v unlimited`, or of whatever starts "
            "Tieout), and run again; how much memory DuckDB takes is set by TIEOUT_MEMORY_LIMIT."
        )
