"""Land one large input, already written, in a process of its own: `land_one <case> <folder>`; prints answer and memory.

The input is written by the test and not here, so that the memory is that of landing.
"""

import json
import re
import sys
from dataclasses import replace
from pathlib import Path

from tests.faults.bad_input.cases import answer, cases

_KILOBYTES_PER_MB = 1024


def main(name: str, folder: Path) -> None:
    """Print a JSON object: the `answer` in the words of the tables, and the process's `peak_mb`."""
    case = next(case for case in cases("large") if case.name == name)
    found = answer(replace(case, is_written=True), folder)
    # Not getrusage: its peak is handed on from the process that started this one.
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text(encoding="ascii"))
    sys.stdout.write(json.dumps({"answer": found, "peak_mb": int(peak[1]) / _KILOBYTES_PER_MB if peak else None}))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
