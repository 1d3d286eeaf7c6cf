"""What the computer refuses the product: said in one line with what to do, and what is published stays."""

import errno
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from orchestration.outside import outside_fault
from orchestration.settings import PRODUCT
from tests.small_company import write_company_folder

_IS_ROOT = os.geteuid() == 0
_AS_A_USER = ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--"] if _IS_ROOT else []
"""Without capabilities root, too, is held by the modes of files."""


def test_what_the_computer_refuses_is_told_whatever_was_going_on_and_a_defect_stays_one() -> None:
    with pytest.raises(RuntimeError) as raised:
        _raise_while_the_disk_is_full()
    told = str(outside_fault(raised.value))
    assert told.startswith("/data/raw/x: No space left on device. Free some space, and run again")
    assert "TIEOUT_MEMORY_LIMIT" in str(outside_fault(RuntimeError("can't start new thread")))
    assert outside_fault(KeyError("x")) is None


def _raise_while_the_disk_is_full() -> None:
    full = OSError(errno.ENOSPC, "No space left on device", "/data/raw/x")
    raise RuntimeError("while something else went on") from full


def test_a_folder_that_may_not_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    company = write_company_folder(tmp_path / "company")
    (company / "data").mkdir(mode=0o555)
    (line,) = _run(company, _AS_A_USER)
    assert line.startswith(f"tieout: {company / 'data'}")
    assert "Permission denied. Give the user that Tieout runs as the permission" in line


@pytest.mark.parametrize("megabytes", [300, 800, 1000, 2000, 66000])
def test_too_little_address_space_is_told_in_one_line_before_anything_is_begun(tmp_path: Path, megabytes: int) -> None:
    company = write_company_folder(tmp_path / "company")
    (line,) = _run(company, ["prlimit", f"--as={megabytes * 1_000_000}"])
    assert line.startswith(f"tieout: A process may have {megabytes / 1000:,.1f} GB of address space here, and 75 GB ")
    assert "Lift the limit" in line
    assert not (company / "data").exists()


@pytest.mark.skipif(not _IS_ROOT, reason="only root may mount a small disk")
def test_a_full_disk_is_told_and_not_traced(tmp_path: Path) -> None:
    company = write_company_folder(tmp_path / "company")
    (company / "data").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(company / "data")], check=True)
    try:
        said = _run(company)
    finally:
        subprocess.run(["umount", str(company / "data")], check=True)
    assert "No space left on device" in " ".join(said)


def _run(company: Path, prefix: Sequence[str] = ()) -> list[str]:
    """Run the main job, which has to fail without a trace; return its lines."""
    ended = subprocess.run(
        [*prefix, sys.executable, "-m", "orchestration.cli", "run"],
        env={
            **os.environ,
            "PYTHONPATH": str(PRODUCT),
            "TIEOUT_COMPANY": str(company),
            "TIEOUT_DATA_DIR": str(company / "data"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 1, ended.stdout
    assert "Traceback" not in ended.stdout
    return ended.stdout.splitlines()
