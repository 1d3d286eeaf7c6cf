"""What every test shares: nothing is written outside its tmp_path."""

from pathlib import Path

import pytest

from orchestration.settings import settings


@pytest.fixture(autouse=True)
def _data_below_tmp_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", "0")  # what waits for files to settle says so itself
    settings.cache_clear()
