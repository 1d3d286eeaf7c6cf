"""A dbt that hangs is ended: its process is told from one that works, and from one that has nothing to do yet."""

import subprocess
import sys

import pytest

from orchestration.settings import PRODUCT
from orchestration.transform.idle import IDLE

_PROGRAM = """
import sys, threading, time
from orchestration.transform.idle import end_when_idle
at_work = threading.Event()
end_when_idle(at_work, longest=2)
if sys.argv[1] != "waits for work":
    at_work.set()
end = time.monotonic() + 5
while time.monotonic() < end:
    if sys.argv[1] == "works":
        sum(range(100_000))
    else:
        threading.Event().wait(1)
"""


@pytest.mark.parametrize(("what", "code"), [("hangs", IDLE), ("works", 0), ("waits for work", 0)])
def test_a_process_ends_that_hangs_at_work_and_no_other(what: str, code: int) -> None:
    ended = subprocess.run([sys.executable, "-c", _PROGRAM, what], cwd=PRODUCT, timeout=60, check=False)
    assert ended.returncode == code
