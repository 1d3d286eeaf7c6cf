"""Files on S3, from a real server that checks keys, signatures and policies."""

import gzip
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import s3fs
import xlsxwriter

from orchestration.sources.errors import (
    AccessError,
    DeclarationError,
    DriftError,
    MissingSourceError,
    SourceError,
    UnreadableSourceError,
    UnsettledSourceError,
)
from orchestration.sources.folders.files import source_files
from orchestration.sources.folders.places import open_place
from orchestration.sources.folders.remote_folder import RemoteFolder
from tests.integration.landing_places import Installation, declared, hold_no_secret
from tests.remote_servers import S3, Cut, s3_server


@pytest.fixture(scope="module")
def server() -> Iterator[S3]:
    with s3_server() as running:
        yield running


@pytest.fixture
def s3(server: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    monkeypatch.setenv("SHOP_S3_KEY", server.key)
    monkeypatch.setenv("SHOP_S3_SECRET", server.secret)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    server.clear()
    return server


def storage(s3: S3, **options: Any) -> dict[str, Any]:
    quick = {"connect_timeout": 2, "read_timeout": 5, "retries": {"max_attempts": 0}}
    said = {"key": "${SHOP_S3_KEY}", "secret": "${SHOP_S3_SECRET}", "endpoint_url": s3.url, "config_kwargs": quick}
    return {name: value for name, value in {**said, **options}.items() if value is not None}


@pytest.fixture
def shop(s3: S3, tmp_path: Path) -> Installation:
    return Installation(tmp_path, "s3://exports/erp", storage(s3))


@pytest.fixture
def fetches(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that are fetched from now on."""
    paths: list[str] = []
    get_file = s3fs.S3FileSystem._get_file

    async def counted(files: s3fs.S3FileSystem, rpath: str, *args: Any, **kwargs: Any) -> None:
        paths.append(rpath)
        await get_file(files, rpath, *args, **kwargs)

    monkeypatch.setattr(s3fs.S3FileSystem, "_get_file", counted)
    return paths


def workbook(path: Path) -> None:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["id", "amount"])
        sheet.write_row(1, 0, [1, 1.5])


def zstd(path: Path, text: bytes) -> None:
    import zstandard

    path.write_bytes(zstandard.compress(text))


FORMATS: dict[str, tuple[str, Callable[[Path], Any], dict[str, Any]]] = {
    "csv": (
        "a.csv",
        lambda path: path.write_bytes(b"id;amount\n1;1,5\n2;x\n"),
        {"csv": {"delimiter": ";", "decimal": ","}},
    ),
    "gzip": ("a.csv.gz", lambda path: path.write_bytes(gzip.compress(b"id,amount\n1,1.5\n", mtime=0)), {}),
    "zstd": ("a.csv.zst", lambda path: zstd(path, b"id,amount\n1,1.5\n"), {}),
    "jsonl": ("a.jsonl", lambda path: path.write_text('{"id": 1, "amount": 1.5}\n'), {"format": "jsonl"}),
    "json": ("a.json", lambda path: path.write_text('[{"id": 1, "amount": 1.5}]'), {"format": "json"}),
    "excel": ("a.xlsx", workbook, {"format": "excel"}),
    "parquet": (
        "a.parquet",
        lambda path: duckdb.sql(f"COPY (SELECT 1::INTEGER id, 1.5::DECIMAL(9,2) amount) TO '{path}'"),
        {"format": "parquet"},
    ),
}


@pytest.mark.parametrize("kind", FORMATS)
def test_every_format_lands_as_it_does_from_a_local_folder(
    shop: Installation, s3: S3, tmp_path: Path, kind: str
) -> None:
    name, write, table = FORMATS[kind]
    table = {"columns": {"id": "INTEGER", "amount": "DECIMAL(9,2)"}, **table, "files": f"2026/{name}"}
    here = Installation(tmp_path / "here", "files")
    (tmp_path / "here" / "files" / "2026").mkdir(parents=True)
    write(tmp_path / "here" / "files" / "2026" / name)
    s3.put(f"erp/2026/{name}", (tmp_path / "here" / "files" / "2026" / name).read_bytes())
    (local,), (remote,) = here.land(**table).current, shop.land(**table).current
    assert shop.rows() == here.rows() != []
    same = {"known_at", "batch_id", "source_mark"}
    assert remote.model_dump(exclude=same) == local.model_dump(exclude=same)


def test_globs_find_what_they_find_in_a_local_folder(shop: Installation, s3: S3, tmp_path: Path) -> None:
    here = Installation(tmp_path / "here", "files")
    for name in (
        "a.csv",
        "b.CSV",
        ".hidden.csv",
        "2026/a.csv",
        "2026/01/a.csv",
        "2026/01/c d#1.csv",
        ".git/a.csv",
        "x/y",
    ):
        path = tmp_path / "here" / "files" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("id\n1\n")
        s3.put(f"erp/{name}", b"id\n1\n")
    s3.put("erp/", b"")
    s3.put("erpother/a.csv", b"id\n1\n")
    for pattern in (
        "*.csv",
        "**/*.csv",
        "2026/*.csv",
        "2026/*/*.csv",
        "*/a.csv",
        "2026/**/a.csv",
        "[ab].*",
        "2026/0?/c*",
    ):
        assert names(shop, pattern) == names(here, pattern) != []


def names(installation: Installation, pattern: str) -> list[str]:
    system = declared(installation.root, installation.storage, {"files": pattern})
    with open_place(system, installation.folder) as place:
        return source_files(system, system.tables[0], place)


def test_only_what_is_new_or_changed_is_fetched(shop: Installation, s3: S3, fetches: list[str]) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    s3.put("erp/2.csv", b"id\n2\n")
    assert len(shop.land().new) == 2
    assert fetches == ["exports/erp/1.csv", "exports/erp/2.csv"]
    assert shop.land().new == ()
    s3.put("erp/1.csv", b"id\n1\n")  # the same again, later
    assert shop.land().new == ()
    assert len(fetches) == 2
    s3.put("erp/2.csv", b"id\n3\n")  # as many bytes
    assert len(shop.land().new) == 1
    assert fetches[2:] == ["exports/erp/2.csv"]
    assert shop.rows() == [("1.csv", "1"), ("2.csv", "3")]


def test_an_object_taken_away_leaves_the_state_and_stays_in_history(shop: Installation, s3: S3) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    s3.put("erp/2.csv", b"id\n2\n")
    before = shop.land()
    s3.delete("erp/1.csv")
    shop.land()
    assert shop.rows() == [("2.csv", "2")]
    assert len(shop.lake.batches("shop", "sale")) == 2
    s3.put("erp/1.csv", b"id\n1\n")
    assert shop.land().data_version == before.data_version


def test_appended_files_stay_when_the_bucket_is_emptied(shop: Installation, s3: S3) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    shop.land(load="append")
    s3.delete("erp/1.csv")
    shop.land(load="append")
    assert shop.rows() == [("1.csv", "1")]


def test_an_object_is_not_read_before_its_marker_is_there(shop: Installation, s3: S3) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    with pytest.raises(MissingSourceError, match=r"with its marker \(there is 1\.csv, without 1\.csv\.done\)"):
        shop.land(marker=".done")
    s3.put("erp/1.csv.done", b"")
    shop.land(marker=".done", files="*")
    assert shop.rows() == [("1.csv", "1")]


def test_the_usual_environment_of_the_library_gives_the_credentials(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", s3.key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", s3.secret)
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3.url)
    monkeypatch.setenv("SHOP_FILES", "s3://exports/erp")
    shop = Installation(tmp_path, "${SHOP_FILES}")
    shop.land()
    assert shop.rows() == [("1.csv", "1")]


FAULTS: dict[str, tuple[str, dict[str, Any], type[SourceError], str]] = {
    "wrong key": ("s3://exports/erp", {"key": "${WRONG}"}, AccessError, "cannot be listed: The AWS Access Key Id you"),
    "wrong secret": ("s3://exports/erp", {"secret": "${WRONG}"}, AccessError, "cannot be listed: The request signature"),
    "no permission": ("s3://private/erp", {}, AccessError, "s3://private/erp: it cannot be listed: Access Denied"),
    "no bucket": ("s3://gone/erp", {}, MissingSourceError, "s3://gone/erp: it is not there .*bucket does not exist"),
    "no credentials": (
        "s3://exports/erp", {"key": None, "secret": None}, AccessError, "cannot be listed: Unable to locate credentials"
    ),
    "refused": (
        "s3://exports/erp", {"endpoint_url": "http://127.0.0.1:9"}, MissingSourceError, "cannot be listed: Could not connect"
    ),
    "unknown host": (
        "s3://exports/erp", {"endpoint_url": "http://s3.invalid"}, MissingSourceError, "cannot be listed: Could not connect"
    ),
    "no folder": ("s3://exports/none", {}, MissingSourceError, r"no file \*\.csv in s3://exports/none\. "),
    "close name": ("s3://exports/close", {}, MissingSourceError, r"no file \*\.csv in s3://exports/close \(there is a\.csw\)"),
    "unset": ("s3://exports/erp", {"key": "${NOT_SET}"}, DeclarationError, "storage.key needs the environment variable"),
    "other option": ("s3://exports/erp", {"client_kwargs": {"bogus": 1}}, DeclarationError, "argument 'bogus'"),
    "unknown kind": ("s4://exports/erp", {}, DeclarationError, "s4:// is not known"),
    "password in the url": ("${WITH_PASSWORD}", {}, DeclarationError, "root holds a password"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_told_without_the_secret(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    root, options, error, told = FAULTS[fault]
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    monkeypatch.setenv("WRONG", "not-the-key-at-all")
    monkeypatch.setenv("WITH_PASSWORD", "s3://user:hidden-in-url@exports/erp")
    s3.put("close/a.csw", b"id\n1\n")
    shop = Installation(tmp_path, root, storage(s3, **options))
    with pytest.raises(error, match=told) as raised:
        shop.land()
    assert "Traceback" not in str(raised.value)
    assert not shop.lake.current("shop", "sale")
    hold_no_secret([s3.secret, "not-the-key-at-all", "hidden-in-url"], tmp_path, caplog, [str(raised.value)])


def test_without_the_extra_its_name_is_told(shop: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    with pytest.raises(DeclarationError, match=r'needs the extra `s3`.*pip install "tieout\[s3\]"'):
        shop.land()


def test_a_fault_in_an_object_names_the_object_and_not_the_copy(shop: Installation, s3: S3) -> None:
    s3.put("erp/2026/[1].csv", b"id\n1\n")
    with pytest.raises(DriftError, match=r"^s3://exports/erp/2026/\[1\]\.csv: declared columns are missing: amount"):
        shop.land(files="2026/*.csv", columns={"id": "INTEGER", "amount": "INTEGER"})
    s3.put("erp/2026/[1].parquet", b"PAR1 and no more")
    with pytest.raises(UnreadableSourceError, match=r"^s3://exports/erp/2026/\[1\]\.parquet: ") as raised:
        shop.land(files="2026/*.parquet", format="parquet")
    assert str(shop.folder) not in str(raised.value)


@pytest.fixture
def cut(s3: S3) -> Iterator[Cut]:
    running = Cut(int(s3.url.rpartition(":")[2]))
    yield running
    running.close()


BIG = b"id\n" + b"".join(b"%d\n" % number for number in range(200_000))


def test_a_connection_lost_in_the_middle_of_a_fetch_is_taken_up_again(
    shop: Installation, s3: S3, cut: Cut, tmp_path: Path
) -> None:
    s3.put("erp/1.csv", BIG)
    shop = Installation(tmp_path, "s3://exports/erp", storage(s3, endpoint_url=f"http://127.0.0.1:{cut.port}"))
    cut.after = len(BIG) * 2 // 3
    shop.land(columns={"id": "INTEGER"})
    assert cut.cuts == 1
    assert shop.rows() == [("1.csv", number) for number in range(200_000)]


def test_a_connection_that_stays_lost_leaves_the_lake_as_it_was(
    shop: Installation, s3: S3, cut: Cut, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3fs.S3FileSystem, "retries", 1)
    s3.put("erp/1.csv", b"id\n0\n")
    before = shop.land()
    s3.put("erp/1.csv", BIG)
    through = Installation(tmp_path, "s3://exports/erp", storage(s3, endpoint_url=f"http://127.0.0.1:{cut.port}"))
    cut.after = 100_000
    with pytest.raises(MissingSourceError, match=r"^s3://exports/erp/1\.csv: it cannot be fetched: .* broke off"):
        through.land()
    assert cut.cuts
    assert shop.rows() == [("1.csv", "0")]
    assert sorted(path.name for path in shop.lake.folder("shop", "sale").iterdir()) == [
        ".lock", f"batch={before.current[0].batch_id}", "snapshots"
    ]  # fmt: skip
    cut.after = None
    through.land()
    assert len(shop.rows()) == 200_000


def test_an_object_gone_since_it_was_listed_is_told(
    shop: Installation, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    settled = RemoteFolder.settled

    def gone(place: RemoteFolder, name: str, *, is_complete: bool) -> Any:
        s3.delete("erp/1.csv")
        return settled(place, name, is_complete=is_complete)

    monkeypatch.setattr(RemoteFolder, "settled", gone)
    with pytest.raises(MissingSourceError, match=r"^s3://exports/erp/1\.csv: the file was listed, and is gone now"):
        shop.land()


def test_an_object_replaced_while_it_is_fetched_is_not_landed(
    shop: Installation, s3: S3, monkeypatch: pytest.MonkeyPatch
) -> None:
    s3.put("erp/1.csv", b"id\n1\n")
    get_file = s3fs.S3FileSystem._get_file

    async def replaced(files: s3fs.S3FileSystem, rpath: str, *args: Any, **kwargs: Any) -> None:
        await get_file(files, rpath, *args, **kwargs)
        s3.put("erp/1.csv", b"id\n2\n")

    with monkeypatch.context() as patched:
        patched.setattr(s3fs.S3FileSystem, "_get_file", replaced)
        with pytest.raises(UnsettledSourceError, match=r"s3://exports/erp/1\.csv: the file changed while it was read"):
            shop.land()
    assert not shop.lake.batches("shop", "sale")
    shop.land()
    assert shop.rows() == [("1.csv", "2")]


def test_a_landing_leaves_no_secret_behind(
    shop: Installation, s3: S3, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    s3.put("erp/1.csv", b"id\n1\nx\n3\n")
    shop.land(columns={"id": "INTEGER"})
    assert any("botocore" in record.name for record in caplog.records), "the library was heard"
    hold_no_secret([s3.secret, s3.key], shop.folder, caplog, [*capfd.readouterr()])
