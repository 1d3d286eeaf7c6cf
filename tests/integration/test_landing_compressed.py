"""Packed and encoded text lands as the text it holds, or is refused before it fills the disk."""

import gzip
import sys
from pathlib import Path
from typing import Any

import pytest
import zstandard

from orchestration.sources.errors import UnreadableSourceError
from tests.integration.landing_files import land, left_over, rejects, rows

COLUMNS = {"id": "INTEGER", "amount": "DECIMAL(18,2)"}
TEXT = "id,amount\n1,1.50\n2,1.501\n3,2.50\n"
TWO_FRAMES = zstandard.compress(TEXT[:20].encode()) + zstandard.compress(TEXT[20:].encode())


@pytest.mark.parametrize(
    ("name", "content", "compression"),
    [
        ("a.csv.gz", gzip.compress(TEXT.encode()), "auto"),
        ("a.csv.GZ", gzip.compress(TEXT[:9].encode()) + gzip.compress(TEXT[9:].encode()), "auto"),
        ("a.csv.zst", zstandard.compress(TEXT.encode()), "auto"),
        ("a.csv.zst", TWO_FRAMES, "auto"),
        ("a.csv", gzip.compress(TEXT.encode()), "gzip"),
        ("a.csv", zstandard.compress(TEXT.encode()), "zstd"),
        ("a.csv.gz", TEXT.encode(), "none"),
    ],
)
def test_packed_text_lands_with_the_lines_of_the_text(
    tmp_path: Path, name: str, content: bytes, compression: str
) -> None:
    (batch,) = land(tmp_path, name, content, "csv", columns=COLUMNS, compression=compression).current
    assert rows(tmp_path, batch, "id, amount::VARCHAR, source_row") == [(1, "1.50", 2), (3, "2.50", 4)]
    assert [(line, column, text) for line, column, _, text in rejects(tmp_path, batch)] == [(3, "amount", "2,1.501")]
    assert batch.source_bytes == len(content)
    assert left_over(tmp_path) == []


def test_the_same_packed_file_again_makes_no_batch(tmp_path: Path) -> None:
    packed = gzip.compress(TEXT.encode())
    assert len(land(tmp_path, "a.csv.gz", packed, "csv", columns=COLUMNS).new) == 1
    assert land(tmp_path, "a.csv.gz", packed, "csv", columns=COLUMNS).new == ()


@pytest.mark.parametrize(
    ("name", "content", "table", "said"),
    [
        ("a.csv.gz", gzip.compress(TEXT.encode())[:-9], {}, "not a whole gzip file"),
        ("a.csv.gz", gzip.compress(TEXT.encode())[:-1], {}, "not a whole gzip file"),
        ("a.csv.gz", gzip.compress(TEXT.encode())[:-8] + b"\0" * 8, {}, "not a whole gzip file"),
        ("a.csv.gz", TEXT.encode(), {}, "not a whole gzip file"),
        ("a.csv.zst", zstandard.compress(TEXT.encode())[:-3], {}, "not a whole zstd file"),
        ("a.csv.zst", TWO_FRAMES[:-3], {}, "not a whole zstd file"),
        ("a.csv.zst", TEXT.encode(), {}, "not a whole zstd file"),
        ("a.csv.gz", b"", {}, "is empty"),
        ("a.csv.gz", gzip.compress(b""), {}, "is empty"),
        ("a.csv", gzip.compress(TEXT.encode()), {}, "compression: gzip"),
        ("a.csv", zstandard.compress(TEXT.encode()), {}, "compression: zstd"),
        ("a.csv.gz", gzip.compress(TEXT.encode() * 40_000), {"unpacking": {"max_mb": 1}}, "unpacking.max_mb"),
        ("a.csv.gz", gzip.compress(b"0" * 60_000_000), {}, "200 times"),
        ("a.csv.zst", zstandard.compress(b"0" * 60_000_000), {}, "200 times"),
    ],
)
def test_a_damaged_or_swelling_file_is_refused(
    tmp_path: Path, name: str, content: bytes, table: dict[str, Any], said: str
) -> None:
    with pytest.raises(UnreadableSourceError) as refusal:
        land(tmp_path, name, content, "csv", columns=COLUMNS, **table)
    assert said in str(refusal.value)
    assert str(tmp_path / name) in str(refusal.value)
    assert left_over(tmp_path) == []


def test_zstd_without_its_extra_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UnreadableSourceError, match=r"tieout\[zstd\]"):
        land(tmp_path, "a.csv.zst", TWO_FRAMES, "csv", columns=COLUMNS)


@pytest.mark.parametrize("delimiter", ["\t", ";", "|", "^", " "])
def test_any_single_character_delimits(tmp_path: Path, delimiter: str) -> None:
    content = TEXT.replace(",", delimiter)
    (batch,) = land(tmp_path, "a.csv", content, "csv", columns=COLUMNS, csv={"delimiter": delimiter}).current
    assert rows(tmp_path, batch, "id, source_row") == [(1, 2), (3, 4)]
    assert [text for *_, text in rejects(tmp_path, batch)] == [f"2{delimiter}1.501"]


@pytest.mark.parametrize(
    ("encoding", "warned"),
    [("utf-8", 0), ("utf-8-sig", 0), ("utf-16", 0), ("utf-16-le", 0), ("utf-16-be", 0), ("windows-1252", 1)],
)
def test_an_encoding_is_detected_by_its_bytes(tmp_path: Path, encoding: str, warned: int) -> None:
    result = land(
        tmp_path,
        "a.csv",
        "id,name\n1,Müller\n2,€\n".encode(encoding),
        "csv",
        columns={"id": "INTEGER"},
        csv={"encoding": "detect"},
    )
    assert rows(tmp_path, result.current[0], "name") == [("Müller",), ("€",)]
    assert len([warning for warning in result.warnings if "windows-1252" in warning]) == warned


def test_an_encoding_that_cannot_be_detected_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError, match="cannot be detected"):
        land(tmp_path, "a.csv", b"id,name\n1,\x81\x8d\n", "csv", csv={"encoding": "detect"})
