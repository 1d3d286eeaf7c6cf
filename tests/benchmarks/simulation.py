"""How long a company with 10 million journal lines takes: `make bench-simulation [SCALE=29]`. A measurement, not a test.

The promise: at most 3 minutes and 4 GB on two cores, with all documents and the truth.
"""

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

from orchestration.simulation.simulate import Options, simulate

_PROMISED_SECONDS, _PROMISED_GB = 180, 4


def main(scale: float) -> None:
    """Simulate a company into a temporary folder and print what it took."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-bench-"))
    try:
        started, used = time.perf_counter(), time.process_time()
        outcome = simulate(folder / "company", Options(scale=scale))
        seconds, cpu = time.perf_counter() - started, time.process_time() - used
        size = sum(path.stat().st_size for path in outcome.folder.rglob("*") if path.is_file())
    finally:
        shutil.rmtree(folder)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    sys.stdout.write(
        f"scale {scale:g}: {outcome.journal_lines:,} journal lines, {outcome.rows:,} rows in {outcome.files:,} files, "
        f"{size / 1e6:,.0f} MB\n"
        f"{seconds:.1f} s ({cpu:.1f} s of processor time; promised: {_PROMISED_SECONDS} s for 10 million lines), "
        f"{peak:.2f} GB at most (promised: {_PROMISED_GB} GB)\n"
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 29.0)
