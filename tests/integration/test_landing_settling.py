"""A local file that somebody is still writing is not read half: it settles, or has its marker, or is left for later."""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from orchestration.settings import settings
from orchestration.sources.errors import MissingSourceError, UnsettledSourceError
from orchestration.sources.folders import local_folder
from tests.integration.landing_places import Installation
from tests.remote_servers import written_slowly


@pytest.fixture
def shop(tmp_path: Path) -> Installation:
    (tmp_path / "files").mkdir()
    return Installation(tmp_path, "files")


def write(shop: Installation, name: str, text: str, *, age_seconds: float = 3600) -> Path:
    path = shop.folder / "files" / name
    path.write_text(text)
    os.utime(path, (time.time() - age_seconds,) * 2)
    return path


def settle(monkeypatch: pytest.MonkeyPatch, seconds: float) -> list[float]:
    """Have files settle for so long, and return how long was waited for each."""
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", str(seconds))
    settings.cache_clear()
    slept: list[float] = []

    class Clock:
        time = staticmethod(time.time)

        @staticmethod
        def sleep(needed: float) -> None:
            slept.append(needed)
            time.sleep(needed)

    monkeypatch.setattr(local_folder, "time", Clock)
    return slept


def test_a_growing_file_is_left_and_taken_whole_by_the_next_run(
    shop: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(shop, "1.csv", "id\n1\n")
    yesterday = shop.land()
    settle(monkeypatch, 0.5)
    with (
        written_slowly(path, b"2\n"),
        pytest.raises(
            UnsettledSourceError, match=r"files/1\.csv: the file is still being written\. It is taken when it"
        ),
    ):
        shop.land()
    assert shop.lake.current("shop", "sale") == list(yesterday.current)
    assert shop.rows() == [("1.csv", "1")]
    shop.land()
    assert [row[1] for row in shop.rows()] == path.read_text().split()[1:]
    assert len(shop.rows()) > 1


def test_one_growing_file_holds_back_its_whole_table(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    write(shop, "1.csv", "id\n1\n")
    shop.land()
    write(shop, "1.csv", "id\n10\n")
    settle(monkeypatch, 0.5)
    with written_slowly(shop.folder / "files" / "2.csv", b"2\n"), pytest.raises(UnsettledSourceError, match=r"2\.csv"):
        shop.land()
    assert shop.rows() == [("1.csv", "1")]


def test_a_file_whose_writer_paused_is_noticed_when_it_goes_on(
    shop: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(shop, "1.csv", "id\n1\n")
    fetched = local_folder.LocalFolder.mark_now
    looks: list[str] = []

    def goes_on(place: local_folder.LocalFolder, name: str) -> object:
        looks.append(name)
        if len(looks) == 2:  # the file has been read, and is looked at again
            with path.open("a") as file:
                file.write("2\n")
        return fetched(place, name)

    monkeypatch.setattr(local_folder.LocalFolder, "mark_now", goes_on)
    with pytest.raises(UnsettledSourceError, match=r"1\.csv: the file changed while it was read"):
        shop.land()
    assert shop.rows() == []


def test_a_file_that_is_whole_is_waited_for_only_as_long_as_it_takes(
    shop: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    slept = settle(monkeypatch, 0.3)
    write(shop, "old.csv", "id\n1\n")
    write(shop, "new.csv", "id\n2\n", age_seconds=0)
    write(shop, "of a clock that is ahead.csv", "id\n3\n", age_seconds=-3600)
    shop.land()
    assert len(shop.rows()) == 3
    assert len(slept) == 2
    assert max(slept) <= 0.3


def test_a_marked_file_is_not_waited_for(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    slept = settle(monkeypatch, 2)
    write(shop, "1.csv", "id\n1\n", age_seconds=0)
    write(shop, "1.csv.done", "")
    shop.land(marker=".done")
    assert shop.rows() == [("1.csv", "1")]
    assert slept == []


def test_a_file_is_not_read_before_its_marker_is_there(shop: Installation) -> None:
    write(shop, "1.csv", "id\n1\n")
    with pytest.raises(
        MissingSourceError,
        match=r"^Table shop\.sale: no file \*\.csv in \S+/files with its marker "
        r"\(there is 1\.csv, without 1\.csv\.done\)\. Put it there",
    ):
        shop.land(marker=".done")
    assert shop.rows() == []
    write(shop, "1.csv.done", "")
    write(shop, "2.csv", "id\nhalf")
    shop.land(marker=".done", files="*")
    assert shop.rows() == [("1.csv", "1")], "2.csv waits for its marker, and a marker is no file of the table"
    write(shop, "2.csv", "id\n2\n")
    write(shop, "2.csv.done", "")
    shop.land(marker=".done", files="*")
    assert shop.rows() == [("1.csv", "1"), ("2.csv", "2")]


def test_a_writer_that_marks_its_file_last_is_read_whole(shop: Installation) -> None:
    """A slow writer and a landing that tries all the while: whatever lands is the whole file."""
    path = shop.folder / "files" / "1.csv"

    def export() -> None:
        with path.open("w") as file:
            for line in ["id", *map(str, range(200))]:
                file.write(f"{line}\n")
                file.flush()
                time.sleep(0.002)
        path.with_name("1.csv.done").touch()

    writer = threading.Thread(target=export)
    writer.start()
    tries = 0
    while not shop.lake.current("shop", "sale"):
        tries += 1
        with suppress(MissingSourceError):
            shop.land(marker=".done")
    writer.join()
    assert tries > 1
    assert len(shop.rows()) == 200
