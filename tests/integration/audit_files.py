"""The audit files that the tests land, and looking at what became of them."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from orchestration.sources.declaration.audit_files import SIE_COLUMNS
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table
from tests.integration.landing_files import land

FILES = Path(__file__).parents[1] / "data" / "audit_files"
FARM = FILES / "fec" / "0000000001FEC20220831.txt"
JUICE = FILES / "fec" / "111111111FEC20221231.TXT"
SIE_FILES = sorted(file for file in (FILES / "sie").iterdir() if file.suffix.lower() == ".se")

FEC_HEADER = (
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\tPieceRef\t"
    "PieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise"
)


def fec_line(**said: str) -> str:
    """Return a sound line of a FEC, with some of its fields said otherwise."""
    usual = {
        "JournalCode": "VE", "JournalLib": "Ventes", "EcritureNum": "1", "EcritureDate": "20230109",
        "CompteNum": "411000", "CompteLib": "Clients", "PieceRef": "F1", "PieceDate": "20230109",
        "EcritureLib": "Facture", "Debit": "100,00", "Credit": "0,00", "ValidDate": "20230131",
    }  # fmt: skip
    return "\t".join({**usual, **said}.get(name, "") for name in FEC_HEADER.split("\t"))


def land_fec(folder: Path, *lines: str, header: str = FEC_HEADER, encoding: str = "utf-8") -> BatchManifest:
    """Land a FEC of these lines and return its batch."""
    text = "\n".join([header, *lines]) + "\n"
    (batch,) = land(folder, "111111111FEC20231231.txt", text.encode(encoding), "fec").current
    return batch


def land_sie(folder: Path, text: str | bytes, record: str) -> BatchManifest:
    """Land one record of a SIE file and return its batch."""
    content = text if isinstance(text, bytes) else text.encode("cp437")
    (batch,) = land(folder, "company.se", content, "sie", sie={"record": record}).current
    return batch


def landed(folder: Path, files: dict[str, bytes], tables: list[dict[str, Any]]) -> duckdb.DuckDBPyConnection:
    """Write files, land tables of them as the system `books`, and return a connection with views `raw.books__<table>`."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    system = SourceSystem.model_validate(
        {"name": "books", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": tables}
    )
    lake = RawLake(folder / "lake")
    connection = duckdb.connect()
    connection.execute("create schema raw")
    for table in system.tables:
        result = land_table(system, table, lake, folder)
        rows = current_rows(lake, table, result.current)
        connection.execute(f"create view raw.books__{table.name} as {rows}")
    return connection


def sie_tables(pattern: str = "*.se") -> list[dict[str, Any]]:
    """Return the declaration of all records of SIE files."""
    return [
        {"name": record, "description": "x", "files": pattern, "format": "sie", "sie": {"record": record}}
        for record in SIE_COLUMNS
    ]


def labelled_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield (number, label) of the lines of a SIE file that begin with #, counted without the product's reader."""
    for number, line in enumerate(file.read_bytes().split(b"\n"), start=1):
        if line.strip().startswith(b"#"):
            yield number, line.strip()[1:].split()[0].decode("ascii")
