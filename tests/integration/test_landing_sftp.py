"""Files on an SFTP server: who it is, what it holds, and files that somebody is still writing."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncssh
import pytest

from orchestration.settings import settings
from orchestration.sources.errors import (
    AccessError,
    DeclarationError,
    MissingSourceError,
    SourceError,
    UnsettledSourceError,
)
from orchestration.sources.folders import remote_folder
from orchestration.sources.landing import land_opened, open_source
from tests.companies import PROJECT
from tests.integration.landing_places import Installation, declared, hold_no_secret
from tests.remote_servers import PASSWORD, Cut, Sftp, sftp_server, written_slowly


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sftp]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    (tmp_path / "server" / "exports").mkdir(parents=True)
    with sftp_server(tmp_path / "server") as running:
        yield running


@pytest.fixture
def shop(server: Sftp, tmp_path: Path) -> Installation:
    return at(server, tmp_path)


def at(server: Sftp, folder: Path, port: int | None = None, **options: Any) -> Installation:
    storage = {"password": "${SHOP_PASSWORD}", "host_key": server.host_key, **options}
    root = f"sftp://erp@127.0.0.1:{port or server.port}/exports"
    return Installation(folder / "here", root, {name: value for name, value in storage.items() if value is not None})


def write(server: Sftp, name: str, text: str, *, age_seconds: float = 0) -> Path:
    path = server.folder / "exports" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - age_seconds,) * 2)
    return path


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Let files settle in no time, and return how long was waited for them."""
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", "30")
    settings.cache_clear()
    slept: list[float] = []

    class Clock:
        monotonic = staticmethod(lambda: time.monotonic() + sum(slept))
        sleep = staticmethod(slept.append)

    monkeypatch.setattr(remote_folder, "time", Clock)
    return slept


def test_files_land_with_a_password_or_with_a_key(shop: Installation, server: Sftp, tmp_path: Path) -> None:
    write(server, "1.csv", "id\n1\n")
    write(server, "ü [1] #2?.csv", "id\n2\n")
    shop.land()
    assert shop.rows() == [("1.csv", "1"), ("ü [1] #2?.csv", "2")]
    key = tmp_path / "user_key"
    key.write_text(server.user_key)
    key.chmod(0o600)
    by_key = at(server, tmp_path / "by_key", password=None, client_keys=[str(key)])
    by_key.land()
    assert by_key.rows() == shop.rows()


def test_the_server_is_known_by_the_file_of_known_hosts(server: Sftp, tmp_path: Path) -> None:
    write(server, "1.csv", "id\n1\n")
    line = f"[127.0.0.1]:{server.port} {server.host_key}\n"
    (tmp_path / "known").write_text(line)
    assert at(server, tmp_path / "a", host_key=None, known_hosts=str(tmp_path / "known")).land().row_count == 1
    (tmp_path / "home" / ".ssh").mkdir(parents=True)
    (tmp_path / "home" / ".ssh" / "known_hosts").write_text(line)
    assert at(server, tmp_path / "b", host_key=None).land().row_count == 1


OTHER_KEY = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()


@pytest.mark.parametrize("known", ["nothing", "another key", "another key in the file", "no checking"])
def test_a_server_that_is_not_known_gets_no_password(server: Sftp, tmp_path: Path, known: str) -> None:
    write(server, "1.csv", "id\n1\n")
    (tmp_path / "known").write_text(f"[127.0.0.1]:{server.port} {OTHER_KEY}\n")
    options = {
        "nothing": {"host_key": None},
        "another key": {"host_key": OTHER_KEY},
        "another key in the file": {"host_key": None, "known_hosts": str(tmp_path / "known")},
        "no checking": {"host_key": None, "known_hosts": False},
    }[known]
    with pytest.raises(AccessError, match="the server is not known by its key, so no password was sent to it"):
        at(server, tmp_path, **options).land()
    assert server.passwords == server.reads == []


FAULTS: dict[str, tuple[dict[str, Any], type[SourceError], str]] = {
    "wrong password": ({"password": "${WRONG}"}, AccessError, "it cannot be opened: Permission denied for user erp"),
    "no password": ({"password": None}, AccessError, "it cannot be opened: Permission denied for user erp"),
    "refused": ({"port": 9}, MissingSourceError, "/exports: it cannot be opened: Connect call failed"),
    "unknown host": ({"host": "sftp.invalid"}, MissingSourceError, "it cannot be opened: Name or service not known"),
    "other option": ({"bogus": 1}, DeclarationError, r"does not fit: got an unexpected keyword argument 'bogus'\."),
    "bad host key": ({"host_key": "ssh-ed25519 AAAA"}, DeclarationError, "it cannot be opened: .*Correct storage"),
    "no key file": (
        {"client_keys": ["/no/such/key"]},
        DeclarationError,
        r"names a file that is not there: /no/such/key\.",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_without_the_secret(
    server: Sftp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    options, error, told = FAULTS[fault]
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("WRONG", "quite-another-1")
    write(server, "1.csv", "id\n1\n")
    shop = at(server, tmp_path, **options)
    with pytest.raises(error, match=told) as raised:
        shop.land()
    assert "\n" not in str(raised.value)
    hold_no_secret([PASSWORD, "quite-another-1"], tmp_path, caplog, [str(raised.value)])


@pytest.mark.usefixtures("server")
def test_a_server_without_sftp_is_told(tmp_path: Path) -> None:
    with (
        sftp_server(tmp_path / "server", offers_sftp=False) as other,
        pytest.raises(MissingSourceError, match="it cannot be opened: the server offers no SFTP to this user"),
    ):
        at(other, tmp_path).land()


def test_what_is_not_there_is_told(shop: Installation, server: Sftp) -> None:
    write(server, "sales.csv", "id\n1\n")
    with pytest.raises(MissingSourceError, match=r"^Table shop\.sale: no file sale\.csv in sftp:.*there is sales\.csv"):
        shop.land(files="sale.csv")
    with pytest.raises(MissingSourceError, match=r"no file 2026/\*\.csv in sftp://erp@127\.0\.0\.1:\d+/exports\."):
        shop.land(files="2026/*.csv")
    shutil.rmtree(server.folder / "exports")
    with pytest.raises(
        MissingSourceError, match=r"^Table shop\.sale: there is no folder sftp://erp@127\.0\.0\.1:\d+/exp"
    ):
        shop.land()


def test_a_file_that_the_user_may_not_open_refuses_the_table(shop: Installation, server: Sftp) -> None:
    write(server, "1.csv", "id\n1\n")
    write(server, "2.csv", "id\n2\n")
    server.forbidden = {"/exports/2.csv"}
    with pytest.raises(AccessError, match=r"/exports/2\.csv: it cannot be fetched: Permission denied"):
        shop.land()
    assert shop.rows() == []


def test_without_the_extra_its_name_is_told(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sshfs", None)
    monkeypatch.delitem(sys.modules, "orchestration.sources.folders.sftp", raising=False)
    with pytest.raises(DeclarationError, match=r'needs the extra `sftp`.*pip install "tieout\[sftp\]"'):
        shop.land()


def test_links_lead_nowhere_outside_the_folder(shop: Installation, server: Sftp) -> None:
    exports = server.folder / "exports"
    write(server, "real/1.csv", "id\n1\n")
    (exports / "1.csv").symlink_to("real/1.csv")
    shop.land()
    assert shop.rows() == [("1.csv", "1")]
    (server.folder / "outside").mkdir()
    (server.folder / "outside" / "2.csv").write_text("id\n2\n")
    (exports / "2.csv").symlink_to("../outside/2.csv")
    with pytest.raises(
        MissingSourceError, match=r"/exports/2\.csv is a link that leads out of sftp://\S+/exports\. Put"
    ):
        shop.land()
    (exports / "2.csv").unlink()
    (exports / "linked").symlink_to("../outside")
    with pytest.raises(MissingSourceError, match=r"/exports/linked/2\.csv is a link that leads out"):
        shop.land(files="linked/*.csv")
    (exports / "3.csv").symlink_to("nowhere")
    with pytest.raises(MissingSourceError, match=r"/exports/3\.csv is not a file"):
        shop.land()
    (exports / "3.csv").unlink()
    (exports / "3.csv").mkdir()
    with pytest.raises(MissingSourceError, match=r"/exports/3\.csv is not a file"):
        shop.land()
    assert shop.rows() == [("1.csv", "1")]


def test_an_unchanged_file_is_not_fetched_again(shop: Installation, server: Sftp, waits: list[float]) -> None:
    write(server, "1.csv", "id\n1\n")
    write(server, "2.csv", "id\n2\n")
    shop.land()
    assert shop.land().new == ()
    assert server.reads == ["/exports/1.csv", "/exports/2.csv"]
    assert len(waits) == 1
    write(server, "2.csv", "id\n3\n", age_seconds=-60)
    assert len(shop.land().new) == 1
    assert server.reads[2:] == ["/exports/2.csv"]
    assert shop.rows() == [("1.csv", "1"), ("2.csv", "3")]


def test_a_time_that_vouches_for_nothing_is_not_relied_upon(shop: Installation, server: Sftp) -> None:
    path = write(server, "1.csv", "id\n1\n")
    before = path.stat().st_mtime_ns
    shop.land()
    path.write_text("id\n2\n")
    os.utime(path, ns=(before, before))  # the same second, the same size
    shop.land()
    assert shop.rows() == [("1.csv", "2")]


@pytest.mark.parametrize("clock_ahead_seconds", [-36_000, 0, 36_000])
def test_the_files_of_all_tables_settle_together_whatever_the_servers_clock_says(
    server: Sftp, tmp_path: Path, waits: list[float], clock_ahead_seconds: float
) -> None:
    for name in ("a/1.csv", "a/2.csv", "b/1.csv", "c/1.csv"):
        write(server, name, "id\n1\n", age_seconds=-clock_ahead_seconds)
    shop = at(server, tmp_path)
    system = declared(shop.root, shop.storage, *({"name": name, "files": f"{name}/*.csv"} for name in "abc"))
    with open_source(system, tmp_path) as source:
        landed = [land_opened(source, table, shop.lake).row_count for table in system.tables]
    assert landed == [2, 1, 1]
    assert len(waits) == 1
    assert 29 < waits[0] <= 30


def test_a_growing_file_is_left_until_it_is_whole(
    shop: Installation, server: Sftp, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(server, "1.csv", "id\n1\n")
    shop.land()
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", "0.5")
    settings.cache_clear()
    with (
        written_slowly(path, b"2\n"),
        pytest.raises(
            UnsettledSourceError, match=r"/exports/1\.csv: the file is still being written\. It is taken when"
        ),
    ):
        shop.land()
    assert shop.rows() == [("1.csv", "1")]
    shop.land()
    assert [row[1] for row in shop.rows()] == path.read_text().split()[1:]


def test_a_file_that_grows_under_an_older_date_is_seen(
    shop: Installation, server: Sftp, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(server, "1.csv", "id\n1\n", age_seconds=86_400)

    def grow(seconds: float) -> None:
        waits.append(seconds)
        write(server, "1.csv", path.read_text() + "2\n", age_seconds=86_400)

    monkeypatch.setattr(remote_folder.time, "sleep", staticmethod(grow))
    with pytest.raises(UnsettledSourceError, match="still being written"):
        shop.land()


@pytest.fixture
def cut(server: Sftp) -> Iterator[Cut]:
    running = Cut(server.port)
    yield running
    running.close()


def test_a_connection_lost_in_the_middle_of_a_fetch_leaves_the_lake_as_it_was(
    shop: Installation, server: Sftp, cut: Cut, tmp_path: Path
) -> None:
    write(server, "1.csv", "id\n0\n")
    shop.land()
    write(server, "1.csv", "id\n" + "".join(f"{number}\n" for number in range(200_000)), age_seconds=60)
    through = at(server, tmp_path, port=cut.port)
    cut.after = 300_000
    with pytest.raises(MissingSourceError, match=r"/exports/1\.csv: it cannot be fetched: .* broke off"):
        through.land()
    assert cut.cuts == 1
    assert shop.rows() == [("1.csv", "0")]
    assert not [path for path in shop.lake.folder("shop", "sale").rglob("*") if "fetched" in path.parts]
    cut.after = None
    through.land()
    assert len(shop.rows()) == 200_000


def test_a_landing_leaves_no_secret_behind(
    shop: Installation, server: Sftp, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    asyncssh.set_debug_level(3)
    write(server, "1.csv", "id\n1\nx\n3\n")
    shop.land(columns={"id": "INTEGER"})
    assert any("asyncssh" in record.name for record in caplog.records), "the library was heard"
    hold_no_secret([PASSWORD], shop.folder, caplog, [*capfd.readouterr()])


KILLER = """
import os, signal, sys
from pathlib import Path
from orchestration.sources.folders.sftp import SftpFileSystem
from tests.integration.landing_places import Installation

def half(files, remote, copy, **options):
    Path(copy).write_bytes(b"id\\n2")
    os.kill(os.getpid(), signal.SIGKILL)

SftpFileSystem.get_file = half
Installation(Path({folder!r}), {root!r}, {storage!r}).land()
"""


def test_a_landing_killed_in_the_middle_of_a_fetch_leaves_the_lake_as_it_was(shop: Installation, server: Sftp) -> None:
    write(server, "1.csv", "id\n1\n")
    shop.land()
    write(server, "1.csv", "id\n22\n")
    code = KILLER.format(folder=str(shop.folder), root=shop.root, storage=shop.storage)
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert [path for path in shop.lake.folder("shop", "sale").rglob("*") if path.name == "1.csv"]
    assert shop.rows() == [("1.csv", "1")]
    shop.land()
    assert shop.rows() == [("1.csv", "22")]
    assert not [path for path in shop.lake.folder("shop", "sale").rglob("*") if path.name == "1.csv"]
