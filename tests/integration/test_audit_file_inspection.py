"""`tieout source inspect` knows audit files by their content, and drafts tables that land them whole."""

import os
from pathlib import Path

import pytest
import yaml

from orchestration.sources.declaration.audit_files import SIE_COLUMNS
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.inspection.audit_kinds import audit_file_kind
from orchestration.sources.inspection.look import inspect_source, page
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from tests.integration.audit_files import FARM, FEC_HEADER, JUICE, SIE_FILES, fec_line


def written(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        os.utime(folder / name, (1_400_000_000, 1_400_000_000))


@pytest.mark.parametrize("file", [FARM, JUICE, *SIE_FILES], ids=lambda file: file.stem)
def test_a_real_file_is_known(file: Path) -> None:
    assert audit_file_kind(file) == file.parent.name


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("ledger.txt", FEC_HEADER.lower(), "fec"),
        ("123456789FEC20231231.txt", fec_line(), "fec"),
        ("ledger.txt", fec_line(), None),
        ("ledger.csv", "# made by x\na;b\n", None),
        ("ledger.csv", "EcritureDate;CompteNum;Debit;Credit", None),
        ("export", "\ufeff#FLAGGA 0\n#SIETYP 4\n", "sie"),
        ("empty.txt", "", None),
    ],
)
def test_a_file_is_known_by_its_content_and_nothing_else_is_taken_for_one(
    tmp_path: Path, name: str, content: str, kind: str | None
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert audit_file_kind(tmp_path / name) == kind


def test_a_folder_of_audit_files_is_drafted_as_the_tables_of_their_format(tmp_path: Path) -> None:
    folder = tmp_path / "books"
    written(folder, {FARM.name: FARM.read_bytes(), "rates.csv": b"currency,rate\nEUR,1.5\nUSD,2.5\n"})
    written(folder, {f"sie/{file.name}": file.read_bytes() for file in SIE_FILES[:2]})
    found = inspect_source(str(folder), None, tmp_path)
    system = SourceSystem.model_validate(yaml.safe_load(found.drafts[0].text)["attributes"])
    assert [table.name for table in system.tables] == ["entry_line", *SIE_COLUMNS, "rates"]
    assert "this is a FEC, the French audit file" in page(found)
    for table in system.tables:
        result = land_table(system, table, RawLake(tmp_path / "lake"), tmp_path)
        assert result.rows_quarantined == 0
    assert RawLake(tmp_path / "lake").row_count("books", "entry_line") == 5422
