"""A reader of the mart, as a BI tool is one: it opens the file again and again and reads all of it, until told to stop.

`python -m tests.faults.harness.reader MART STOP`: it ends when the file STOP is there, and says as JSON how often it
read, which publications it saw in their order, and what was not whole.
"""

import json
import sys
import time
from pathlib import Path
from random import Random

from tests.faults.harness.promises import NotWhole, mart_of

_LONGEST_PAUSE = 4
"""Seconds between two readings; ten readers that read all the time would leave nothing of the computer to the runs."""


def main(mart: Path, stop: Path) -> None:
    """Read until told to stop."""
    random, readings = Random(str(stop)), 0  # noqa: S311
    seen: list[int] = []
    faults: list[str] = []
    while not stop.exists():
        try:
            _, number = mart_of(mart)
        except NotWhole as fault:
            faults.append(str(fault))
        else:
            readings += 1
            if not seen or seen[-1] != number:
                seen.append(number)
        time.sleep(random.uniform(0, _LONGEST_PAUSE))
    json.dump({"readings": readings, "seen": seen, "faults": faults}, sys.stdout)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
