"""A text file as landing reads it: unpacked, in UTF-8, and its bytes scanned.

Compression and encodings end here; what the text says belongs in the modules per format.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestration.sources.declaration.format_options import Unpacking
from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats.file_kinds import refuse_another_kind
from orchestration.sources.formats.source_file import FileScan, SourceFile, scan_file

_UNPACKED = "unpacked.txt"
_UNICODE_COPY = "utf8.txt"
_CHUNK = 1 << 20
_ZSTD_CHUNK = 1 << 10
"""Small, because a kilobyte of zstd can be 32 MB of text."""
_MILLION = 1_000_000
_RATIO_FROM = 50 * _MILLION
_GZIP_MARK = b"\x1f\x8b"
_ZSTD_MARK = b"\x28\xb5\x2f\xfd"
_ENDINGS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}


@dataclass(frozen=True)
class PlainText:
    """A source file's text in UTF-8: the file itself, or a copy that `forget` removes."""

    path: Path
    scan: FileScan
    warnings: tuple[str, ...] = ()


def plain_text(file: SourceFile, table: SourceTable, target: Path, encoding: str = "utf-8") -> PlainText:
    """Return the file as UTF-8 text that ends its lines with a newline; copies are made in `target`.

    Raises `UnreadableSourceError` for a damaged archive, one that swells beyond what is declared, and bytes that are
    not the encoding declared. Bytes that are not UTF-8 in a file declared as UTF-8 are left for the reader to judge.
    """
    packed, packed_scan = unpacked(file, table, target)
    refuse_another_kind(file, table, packed)
    warnings = []
    if encoding == "detect":
        encoding = detected_encoding(file, packed)
        if encoding == "windows-1252":
            warnings.append("the encoding is neither UTF-8 nor UTF-16; the file was read as windows-1252")
    bare_returns = not packed_scan.newlines and packed_scan.carriage_returns > 0
    if encoding == "utf-8" and not bare_returns:
        return PlainText(packed, packed_scan, tuple(warnings))
    copy = target / _UNICODE_COPY
    decoder = codecs.getincrementaldecoder(_with_byte_order(encoding, packed))()
    line = 1
    try:
        with packed.open("rb") as source, copy.open("w", encoding="utf-8", newline="") as text:
            chunk = source.read(_CHUNK)
            while chunk:
                written = decoder.decode(chunk)
                line += written.count("\n")
                text.write(written.replace("\r", "\n") if bare_returns else written)
                chunk = source.read(_CHUNK)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        line += error.object[: error.start].decode(error.encoding, errors="ignore").count("\n")
        raise UnreadableSourceError(
            f"{file.path}, line {line}: the byte 0x{error.object[error.start]:02x} is no text in {encoding}. "
            "Declare the encoding that the file has (csv.encoding in defs.yaml), or export it as UTF-8."
        ) from error
    return PlainText(copy, scan_file(copy), tuple(warnings))


def forget(target: Path) -> None:
    """Remove the copies that `plain_text` made."""
    for left in (_UNPACKED, _UNICODE_COPY):
        (target / left).unlink(missing_ok=True)


def refuse_if_swollen(path: Path, packed: int, unpacked: int, limits: Unpacking) -> None:
    """Raise `UnreadableSourceError` if `packed` bytes have become more `unpacked` ones than the declaration allows."""
    ratio = unpacked / max(packed, 1)
    if unpacked <= limits.max_mb * _MILLION and (unpacked < _RATIO_FROM or ratio <= limits.max_ratio):
        return
    raise UnreadableSourceError(
        f"{path}: {packed} bytes swell to {unpacked} or more when unpacked. That is beyond the limit of "
        f"{limits.max_mb} MB or {limits.max_ratio} times the size, so it was not unpacked further. If the file is "
        f"sound, raise unpacking.max_mb or unpacking.max_ratio of its table in defs.yaml."
    )


def unpacked(file: SourceFile, table: SourceTable, target: Path) -> tuple[Path, FileScan]:
    """Return the file's text unpacked, and its bytes scanned: the file itself, or a copy that `forget` removes."""
    kind: str = table.compression
    if kind == "auto":
        kind = _ENDINGS.get(file.path.suffix.lower(), "none")
    if kind == "none":
        _refuse_if_packed(file)
        return file.path, file.scan
    if not file.scan.size:
        raise UnreadableSourceError(f"{file.path}: the file is empty. Export it again.")
    chunks, faults = (_gzip if kind == "gzip" else _zstd)(file.path)
    copy = target / _UNPACKED
    size = 0
    try:
        with copy.open("wb") as plain:
            for chunk in chunks:
                size += len(chunk)
                refuse_if_swollen(file.path, file.scan.size, size, table.unpacking)
                plain.write(chunk)
    except faults as error:
        raise UnreadableSourceError(
            f"{file.path}: this is not a whole {kind} file; it breaks off or is damaged after {size} bytes of text "
            f"({error}). Copy or export it again, or correct compression in defs.yaml."
        ) from error
    return copy, scan_file(copy)


def _refuse_if_packed(file: SourceFile) -> None:
    with file.path.open("rb") as handle:
        start = handle.read(len(_ZSTD_MARK))
    kind = "gzip" if start.startswith(_GZIP_MARK) else "zstd" if start == _ZSTD_MARK else None
    if kind:
        raise UnreadableSourceError(
            f"{file.path}: this is a {kind} file. Say compression: {kind} in defs.yaml, or give it the ending "
            f"{'.gz' if kind == 'gzip' else '.zst'}."
        )


_Faults = tuple[type[Exception], ...]


def _gzip(path: Path) -> tuple[Iterator[bytes], _Faults]:
    def chunks() -> Iterator[bytes]:
        with gzip.open(path, "rb") as source:
            while chunk := source.read(_CHUNK):
                yield chunk

    return chunks(), (EOFError, gzip.BadGzipFile, zlib.error)


def _zstd(path: Path) -> tuple[Iterator[bytes], _Faults]:
    try:
        import zstandard  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise UnreadableSourceError(
            f"{path}: zstd files need the extra `zstd`, which is not installed. "
            'Install it with pip install "tieout[zstd]", or export the file as gzip.'
        ) from error

    def chunks() -> Iterator[bytes]:
        """Frame by frame: zstandard's own stream reader ends a file that was cut off as if it were whole."""
        frame = None
        with path.open("rb") as source:
            while packed := source.read(_ZSTD_CHUNK):
                while packed:
                    frame = frame or zstandard.ZstdDecompressor().decompressobj()
                    yield frame.decompress(packed)
                    packed, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
        if frame:
            raise EOFError("the last frame is not complete")

    return chunks(), (zstandard.ZstdError, EOFError)


def _with_byte_order(encoding: str, path: Path) -> str:
    """Return UTF-16 with its byte order where the file has no mark for it."""
    with path.open("rb") as handle:
        start = handle.read(_CHUNK)
    if encoding != "utf-16" or start[:2] in _UTF_16:
        return encoding
    return _byte_order(start)


def _byte_order(start: bytes) -> str:
    return "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"


def detected_encoding(file: SourceFile, path: Path) -> str:
    """Return the encoding of an unpacked text by its byte order mark, then its bytes; nothing is guessed from words.

    Raises `UnreadableSourceError` if it is none of those that can be told apart.
    """
    with path.open("rb") as handle:
        start = handle.read(_CHUNK)
        if start[:2] in _UTF_16:
            return "utf-16"
        if (zeros := start.count(0)) * 4 > len(start) and zeros:
            return _byte_order(start)
        handle.seek(0)
        for encoding in ("utf-8", "windows-1252"):
            decoder = codecs.getincrementaldecoder(encoding)()
            try:
                while chunk := handle.read(_CHUNK):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                handle.seek(0)
                continue
            return encoding
    raise UnreadableSourceError(
        f"{file.path}: the encoding cannot be detected; it is not UTF-8, UTF-16 or windows-1252. "
        "Declare it (csv.encoding in defs.yaml), or export the file as UTF-8."
    )
