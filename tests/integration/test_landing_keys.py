"""A row whose key was already used in its batch, or that has none, is quarantined; the first of them stays."""

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.sources.errors import DriftError
from orchestration.sources.landing import LandingResult
from tests.integration.landing_files import land, left_over, rejects, rows

COLUMNS = {"id": "INTEGER", "name": "VARCHAR"}
ROWS = [(1, "a"), (2, "b"), (1, "c"), (None, "d"), (3, "e"), (4, "f"), (5, "g")]


def land_rows(folder: Path, form: str, keys: list[str]) -> LandingResult:
    """Land ROWS in a format."""
    file = folder / f"ledger.{form}"
    content: bytes | str = b""
    if form == "csv":
        content = "id,name\n" + "".join(f"{'' if key is None else key},{name}\n" for key, name in ROWS)
    elif form == "jsonl":
        content = "".join(json.dumps({"id": key, "name": name}) + "\n" for key, name in ROWS)
    elif form == "json":
        content = json.dumps([{"id": key, "name": name} for key, name in ROWS])
    elif form == "parquet":
        values = ", ".join(f"({'NULL' if key is None else key}, '{name}')" for key, name in ROWS)
        duckdb.execute(f"COPY (FROM (VALUES {values}) row(id, name)) TO '{file}' (FORMAT parquet)")
        content = file.read_bytes()
    else:
        with xlsxwriter.Workbook(file) as book:
            sheet = book.add_worksheet()
            for row, cells in enumerate([("id", "name"), *ROWS]):
                sheet.write_row(row, 0, cells)
        content = file.read_bytes()
    return land(folder, file.name, content, "excel" if form == "xlsx" else form, columns=COLUMNS, keys=keys)


@pytest.mark.parametrize(
    ("form", "place", "first", "raw"),
    [
        ("csv", "line", 2, ["1,c", ",d"]),
        ("jsonl", "line", 1, ['{"id": 1, "name": "c"}', '{"id": null, "name": "d"}']),
        ("json", "record", 1, ['{"id": 1, "name": "c"}', '{"id": null, "name": "d"}']),
        ("parquet", "row", 1, ['{"id":1,"name":"c"}', '{"id":null,"name":"d"}']),
        ("xlsx", "row", 2, ['{"id":"1","name":"c"}', '{"id":null,"name":"d"}']),
    ],
)
def test_a_row_without_a_key_of_its_own_is_quarantined(
    tmp_path: Path, form: str, place: str, first: int, raw: list[str]
) -> None:
    (batch,) = land_rows(tmp_path, form, ["id"]).current
    assert rows(tmp_path, batch, "source_row - 0, id, name") == [
        (first + ordinal, *row) for ordinal, row in enumerate(ROWS) if row[1] not in {"c", "d"}
    ]
    assert rejects(tmp_path, batch) == [
        (first + 2, "id", f"the key (id = 1) was already used in {place} {first}", raw[0]),
        (first + 3, "id", "id: has no value, but is part of the key", raw[1]),
    ]
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (7, 5, 2)
    assert not left_over(tmp_path)


def land_csv(folder: Path, lines: str, keys: list[str], columns: dict[str, Any] | None = COLUMNS) -> LandingResult:
    return land(folder, "ledger.csv", lines, "csv", keys=keys, columns=columns or {})


def test_a_key_of_several_columns_is_told_with_all_of_them(tmp_path: Path) -> None:
    (batch,) = land_csv(tmp_path, "id,name\n1,b\n2,a\n1,a\n1,b\n2,\n", ["id", "name"]).current
    assert rejects(tmp_path, batch) == [
        (5, "id, name", "the key (id = 1, name = b) was already used in line 2", "1,b"),
        (6, "name", "name: has no value, but is part of the key", "2,"),
    ]


def test_keys_are_compared_as_values_and_not_as_texts(tmp_path: Path) -> None:
    (batch,) = land_csv(tmp_path, "id,name\n7,a\n007,b\n8,c\n", ["id"]).current
    assert [(line, text) for line, _, _, text in rejects(tmp_path, batch)] == [(3, "007,b")]


def test_a_row_in_quarantine_uses_no_key(tmp_path: Path) -> None:
    columns = {"id": "INTEGER", "amount": "DECIMAL(9,2)"}
    (batch,) = land_csv(tmp_path, "id,amount\n1,x\n1,2.00\n2,3.00\n2,4.00\n3,5\n", ["id"], columns).current
    assert [row[0] for row in rows(tmp_path, batch, "source_row")] == [3, 4, 6]
    assert [(line, column) for line, column, *_ in rejects(tmp_path, batch)] == [(2, "amount"), (5, "id")]


def test_lines_are_right_beside_records_of_several_lines(tmp_path: Path) -> None:
    content = 'id,name\n1,"two\nlines"\n\n2,a\n1,"once\nmore"\n3,b\n2,c\n4,d\n'
    (batch,) = land_csv(tmp_path, content, ["id"]).current
    assert rows(tmp_path, batch, "id, source_row") == [(1, 2), (2, 5), (3, 8), (4, 10)]
    assert rejects(tmp_path, batch) == [
        (6, "id", "the key (id = 1) was already used in line 2", '1,"once\nmore"'),
        (9, "id", "the key (id = 2) was already used in line 5", "2,c"),
    ]


def test_a_key_that_most_rows_share_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(DriftError, match=r"4 of 6 rows do not fit.*\(name = a\) was already used in line 2"):
        land_csv(tmp_path, "id,name\n1,a\n2,a\n3,a\n4,a\n5,a\n6,b\n", ["name"])


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_a_key_column_that_is_not_there_refuses_the_file(tmp_path: Path, form: str) -> None:
    file = tmp_path / "ledger.parquet"
    duckdb.execute(f"COPY (SELECT 1 AS id, 'a' AS name) TO '{file}' (FORMAT parquet)")
    content = {"csv": b"id,name\n1,a\n", "jsonl": b'{"id": 1, "name": "a"}\n', "parquet": file.read_bytes()}
    with pytest.raises(DriftError, match=r"no of the key is missing\. The source has: id, name\."):
        land(tmp_path, f"ledger.{form}", content[form], form, keys=["no"])


def test_another_key_lands_the_same_file_again(tmp_path: Path) -> None:
    content = "id,name\n1,a\n2,a\n3,b\n"
    assert land_csv(tmp_path, content, ["name"]).rows_quarantined == 1
    assert land_csv(tmp_path, content, ["id"]).rows_quarantined == 0


@given(st.lists(st.tuples(st.integers(0, 9) | st.none(), st.integers(0, 3) | st.none()), max_size=40), st.booleans())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_the_first_row_of_each_key_lands_and_no_other(
    tmp_path: Path,
    keys: list[tuple[int | None, int | None]],
    in_order: bool,
) -> None:
    if in_order:
        keys = sorted(set(keys), key=str)
    content = "a,b\n" + "".join(f"{'' if a is None else a},{'' if b is None else b}\n" for a, b in keys)
    first: dict[tuple[int, int], int] = {}
    for line, (a, b) in enumerate(keys, start=2):
        if a is not None and b is not None:
            first.setdefault((a, b), line)
    try:
        (batch,) = land_csv(tmp_path, content, ["a", "b"], {"a": "INTEGER", "b": "INTEGER"}).current
    except DriftError:
        assert len(first) * 2 < len(keys)
        return
    assert rows(tmp_path, batch, "a, b, source_row") == [(*key, line) for key, line in first.items()]
    assert batch.rows_quarantined == len(keys) - len(first)
