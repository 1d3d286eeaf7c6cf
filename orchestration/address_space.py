"""The address space that the operating system lets a process have (`ulimit -v`): too little is said before it is used.

Belongs here: the limit and what it must be at least. Memory that is refused while a run is at work is `outside`'s; but
libraries that are refused address space abort the process, or wait for a thread that never came, and say nothing.
"""

import resource
from enum import Enum

from orchestration.errors import TieoutError

_GB = 1_000_000_000


class Needs(Enum):
    """What is to be done, and the bytes of address space that it takes."""

    LANDING = 2 * _GB
    """Most of it for code: of Dagster, DuckDB, dbt."""
    CHARTS = 75 * _GB
    """The JavaScript engine of vl-convert reserves 64 GiB, without using them, and aborts where it may not."""


class AddressSpaceError(TieoutError):
    """The operating system lets this process have too little address space."""


def require_address_space(needs: Needs) -> None:
    """Raise `AddressSpaceError` if this process may have less address space than is needed."""
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < needs.value:
        raise AddressSpaceError(
            f"A process may have {limit / _GB:,.1f} GB of address space here, and {needs.value // _GB} GB must be free "
            "to reserve; most of it is never used. Lift the limit (`ulimit -v unlimited`, or LimitAS of what starts "
            "Tieout), and run again. What limits the memory in use is TIEOUT_MEMORY_LIMIT, or a control group."
        )
