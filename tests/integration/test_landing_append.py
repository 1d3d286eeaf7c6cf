"""Appended files: what has landed stays, and a corrected file replaces rows by key, or else by file."""

from pathlib import Path
from typing import Any

import duckdb
import pytest

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import MissingSourceError
from orchestration.sources.lake.current_rows import current_rows
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult

COLUMNS = {"id": "INTEGER", "amount": "DECIMAL(18,2)", "changed": "INTEGER"}


class Company:
    """A folder of exports, of which one table is appended."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lake = RawLake(folder / "lake")

    def write(self, name: str, *rows: str) -> None:
        (self.folder / name).write_text("\n".join(["id,amount,changed", *rows]) + "\n", encoding="utf-8")

    def land(self, **table: Any) -> LandingResult:
        said = {"name": "order", "description": "x", "files": "*.csv", "format": "csv", "load": "append"}
        self.system = SourceSystem.model_validate(
            {
                "name": "shop",
                "description": "x",
                "owners": ["team:a"],
                "group": "g",
                "root": ".",
                "tables": [{**said, "columns": COLUMNS, **table}],
            }
        )
        return land_table(self.system, self.system.tables[0], self.lake, self.folder)

    def now(self) -> list[tuple[Any, ...]]:
        batches = self.lake.current("shop", "order")
        query = current_rows(self.lake, self.system.tables[0], batches)
        rows = duckdb.execute(f"SELECT id, amount::VARCHAR FROM ({query}) ORDER BY ALL").fetchall()
        assert len(rows) == self.lake.row_count("shop", "order")
        return rows


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def test_a_file_that_is_taken_away_stays_landed(company: Company) -> None:
    company.write("0115.csv", "1,10,1")
    company.land()
    (company.folder / "0115.csv").unlink()
    company.write("0116.csv", "2,20,1")
    company.land()
    (company.folder / "0116.csv").unlink()
    assert company.land().new == ()
    assert company.now() == [(1, "10.00"), (2, "20.00")]


def test_a_first_file_must_be_there(company: Company) -> None:
    with pytest.raises(MissingSourceError, match=r"no file \*\.csv"):
        company.land()


def test_a_corrected_file_replaces_the_whole_file_where_there_are_no_keys(company: Company) -> None:
    company.write("0115.csv", "1,10,1", "2,20,1")
    company.write("0116.csv", "3,30,1")
    company.land()
    company.write("0115.csv", "1,11,2")
    company.land()
    assert company.now() == [(1, "11.00"), (3, "30.00")]
    assert len(company.lake.batches("shop", "order")) == 3


def test_a_corrected_file_replaces_by_key_where_there_are_keys(company: Company) -> None:
    company.write("0115.csv", "1,10,1", "2,20,1")
    company.land(keys=["id"])
    company.write("0115.csv", "1,11,2")
    company.land(keys=["id"])
    assert company.now() == [(1, "11.00"), (2, "20.00")]


def test_a_later_file_replaces_rows_of_earlier_files_by_key(company: Company) -> None:
    company.write("0115.csv", "1,10,1", "2,20,1")
    company.write("0116.csv", "2,21,2", "3,30,1")
    company.land(keys=["id"])
    assert company.now() == [(1, "10.00"), (2, "21.00"), (3, "30.00")]


@pytest.mark.parametrize(
    ("cursor", "expected"), [(None, [(1, "10.00"), (2, "19.00")]), ("changed", [(1, "10.00"), (2, "21.00")])]
)
def test_a_file_that_came_late_does_not_win_over_a_newer_row_if_there_is_a_cursor(
    company: Company, cursor: str | None, expected: list[tuple[int, str]]
) -> None:
    company.write("0116.csv", "2,21,7")
    company.land(keys=["id"], cursor=cursor)
    company.write("0115.csv", "1,10,6", "2,19,6")
    company.land(keys=["id"], cursor=cursor)
    assert company.now() == expected


def test_a_row_without_a_cursor_loses_to_one_that_has_it(company: Company) -> None:
    company.write("1.csv", "1,10,5", "2,20,")
    company.write("2.csv", "1,11,", "2,21,")
    company.land(keys=["id"], cursor="changed")
    assert company.now() == [(1, "10.00"), (2, "21.00")]


def test_content_that_comes_back_counts_again(company: Company) -> None:
    for amount in ("10", "11", "10"):
        company.write("1.csv", f"1,{amount},1")
        result = company.land(keys=["id"])
    assert company.now() == [(1, "10.00")]
    assert result.new == ()
    assert len(company.lake.batches("shop", "order")) == 2


def test_another_declaration_reads_the_same_bytes_again_and_replaces_the_earlier_reading(company: Company) -> None:
    company.write("1.csv", "1,10,1", "x,20,1")
    assert company.land(keys=["id"]).rows_quarantined == 1
    company.write("2.csv", "1,12,1")
    company.land(keys=["id"])
    result = company.land(keys=["id"], columns={**COLUMNS, "id": "VARCHAR"})
    assert result.rows_quarantined == 0
    assert sorted(company.now()) == [("1", "12.00"), ("x", "20.00")]


@pytest.mark.parametrize("load", ["append", "full"])
def test_an_extract_that_was_delivered_under_two_names_is_told(company: Company, load: str) -> None:
    """Without keys nothing else would say that its rows are there twice (case 32); empty files may well be equal."""
    company.write("0115.csv", "1,10,1", "2,20,1")
    company.write("0115 (1).csv", "1,10,1", "2,20,1")
    company.write("0116.csv")
    company.write("0117.csv")
    (warning,) = [told for told in company.land(load=load).warnings if "same bytes" in told]
    assert warning.startswith("0115.csv: has the same bytes as 0115 (1).csv.")
    assert "its 2 rows are there twice" in warning
    (company.folder / "0115 (1).csv").write_text("id,amount,changed\n3,1,1\n", encoding="utf-8")
    if load == "full":
        assert not [told for told in company.land(load=load).warnings if "same bytes" in told]
