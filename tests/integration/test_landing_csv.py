"""Delimited text lands whole: each row in the lake or in quarantine with its line, column, reason and raw text."""

from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import ConservationError, DriftError
from orchestration.sources.lake.raw_lake import BatchManifest, RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult

COLUMNS = {"id": "INTEGER", "name": "VARCHAR", "amount": "DECIMAL(18,2)", "posted": "DATE"}
HEADER = "id,name,amount,posted\n"
ROW = "{},item,1.50,2014-01-31\n"


def land(folder: Path, content: str | bytes, columns: dict[str, Any] = COLUMNS, **csv: Any) -> LandingResult:
    """Write the content to ledger.csv and land it."""
    (folder / "ledger.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    table = {"name": "ledger", "description": "x", "files": "*.csv", "format": "csv", "csv": csv, "columns": columns}
    system = SourceSystem.model_validate(
        {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g", "root": ".", "tables": [table]}
    )
    return land_table(system, system.tables[0], RawLake(folder / "lake"), folder)


def rows(folder: Path, batch: BatchManifest, what: str = "*") -> list[tuple[Any, ...]]:
    landed = f"(FROM {RawLake(folder / 'lake').rows(batch)} ORDER BY source_row)"
    return duckdb.execute(f"SELECT {what} FROM {landed}").fetchall()


def rejects(folder: Path, batch: BatchManifest) -> list[tuple[Any, ...]]:
    file = RawLake(folder / "lake").rejects_file(batch)
    return duckdb.execute(f"SELECT source_row, column_name, reason, raw_text FROM '{file}' ORDER BY 1").fetchall()


def test_every_row_lands_with_its_line_and_its_declared_types(tmp_path: Path) -> None:
    (batch,) = land(tmp_path, HEADER + "1,a,1.25,2014-01-31\n2,,,\n").current
    described = duckdb.execute(f"DESCRIBE FROM {RawLake(tmp_path / 'lake').rows(batch)}").fetchall()
    landed = {name: kind for name, kind, *_ in described}
    assert landed == {**COLUMNS, "source_row": "BIGINT"}
    assert {c.name: c.type for c in batch.columns} == COLUMNS
    assert [row[-1] for row in rows(tmp_path, batch)] == [2, 3]
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (2, 2, 0)


def test_a_rejected_row_keeps_line_column_reason_and_raw_text(tmp_path: Path) -> None:
    bad = ["7,a,1.239,2014-01-31", "8,too,few", "9,a,1,2014-01-31,extra", '10,"b"x,1,2014-01-31', "11,a,x,2014-02-31"]
    good = [ROW.format(n).strip() for n in range(1, 7)]
    content = HEADER + "\n".join([good[0], bad[0], good[1], bad[1], bad[2], good[2], bad[3], good[3], bad[4], good[4]])
    (batch,) = land(tmp_path, content + "\n" + good[5]).current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (11, 6, 5)
    found = rejects(tmp_path, batch)
    assert [(line, text) for line, _, _, text in found] == [
        (3, bad[0]),
        (5, bad[1]),
        (6, bad[2]),
        (8, bad[3]),
        (10, bad[4]),
    ]
    assert [column for _, column, _, _ in found] == ["amount", None, None, "name", "amount, posted"]
    assert [("1.239" in r, "few" in r, "many" in r, "quotes" in r) for _, _, r, _ in found[:4]] == [
        (True, False, False, False),
        (False, True, False, False),
        (False, False, True, False),
        (False, False, False, True),
    ]
    assert [row for (row,) in rows(tmp_path, batch, "source_row")] == [2, 4, 7, 9, 11, 12]


def test_lines_are_right_beside_quoted_newlines_and_blank_lines(tmp_path: Path) -> None:
    content = HEADER + '1,"two\nlines",1,\n\n2,a,bad,\n3,b,1,\n4,short\n5,"x\r\ny\nz",bad,\n6,c,1,\n7,d,1,\n'
    (batch,) = land(tmp_path, content).current
    assert rows(tmp_path, batch, "id, source_row") == [(1, 2), (3, 6), (6, 11), (7, 12)]
    assert [(line, text) for line, _, _, text in rejects(tmp_path, batch)] == [
        (5, "2,a,bad,"),
        (7, "4,short"),
        (8, '5,"x\r\ny\nz",bad,'),
    ]


@given(
    st.lists(
        st.tuples(
            st.one_of(st.integers(0, 99).map(str), st.sampled_from(["", "x", "1.5", " 7", "1e2"])),
            st.text(alphabet='ab",\n\r é', max_size=6).map(lambda text: text.replace("\r", "\r\n")),
            st.one_of(st.decimals(0, 99, places=2).map(str), st.sampled_from(["", "1.239", "abc"])),
        ),
        max_size=30,
    ),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_rows_read_are_rows_landed_plus_rows_quarantined(
    tmp_path: Path, records: list[tuple[str, str, str]], newline: str, ends_with_newline: bool
) -> None:
    lines = [f'{i},"{name.replace(chr(34), chr(34) * 2)}",{amount}' for i, name, amount in records]
    content = newline.join(["id,name,amount", *lines]) + (newline if ends_with_newline else "")
    try:
        (batch,) = land(tmp_path, content, {"id": "INTEGER", "name": "VARCHAR", "amount": "DECIMAL(9,2)"}).current
    except DriftError:
        assert (
            sum(1 for i, _, amount in records if i in {"x", "1.5", "1e2"} or amount in {"1.239", "abc"})
            > len(records) / 2
        )
        return
    assert batch.rows_read == len(records)
    landed = {row[-1]: row for row in rows(tmp_path, batch)}
    quarantined = {line: text for line, _, _, text in rejects(tmp_path, batch)} if batch.rows_quarantined else {}
    assert len(landed) + len(quarantined) == len(records)
    line = 2
    for text, (_, name, _) in zip(lines, records, strict=True):
        assert (landed[line][1] or "") == name if line in landed else quarantined[line] == text
        line += 1 + text.count("\n")


def test_lines_that_are_all_sound_rows_are_numbered_by_their_place(tmp_path: Path) -> None:
    (batch,) = land(tmp_path, HEADER + ROW.format(1) + ROW.format(2)).current
    assert batch.first_row == 2
    file = RawLake(tmp_path / "lake").data_file(batch)
    assert "source_row" not in duckdb.execute(f"FROM '{file}'").df().columns
    assert rows(tmp_path, batch, "id, source_row") == [(1, 2), (2, 3)]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 99).map(str) | st.sampled_from(["", "x", "07", "7.0", " 7", "1e2", "1_0", "0x1F", "+7"]),
            st.text(alphabet='ab,"\né', max_size=3),
            st.decimals(-99, 99, places=3).map(str) | st.sampled_from(["", "7", ".5", "-.5", "1e1", "7.", "2.50000"]),
            st.dates().map(str) | st.sampled_from(["", "2014-1-5", "2014-01-31 00:00", "2014-01-31 10:00", "infinity"]),
        ),
        min_size=1,
        max_size=30,
    )
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_a_bad_line_changes_nothing_for_the_others(tmp_path: Path, records: list[tuple[str, str, str, str]]) -> None:
    """A file that is sound lands in one pass, one with a bad line in two: what they take must be the same."""
    sound = []
    for number, name, amount, posted in records:
        text = f'{number},"{name.replace(chr(34), chr(34) * 2)}",{amount},{posted}\n'
        try:
            (batch,) = land(tmp_path, HEADER + text).current
        except DriftError:
            continue
        sound.append((text, rows(tmp_path, batch, "id, name, amount, posted")[0]))
    content = HEADER + "".join(text for text, _ in sound)
    (batch,) = land(tmp_path, content).current
    (with_a_bad_line,) = land(tmp_path, content + "too,few\n" + ROW.format(7)).current
    landed = rows(tmp_path, batch, "id, name, amount, posted, source_row")
    lines = [2]
    for text, _ in sound:
        lines.append(lines[-1] + text.count("\n"))
    assert landed == [(*row, line) for (_, row), line in zip(sound, lines[:-1], strict=True)]
    assert rows(tmp_path, with_a_bad_line, "id, name, amount, posted, source_row")[:-1] == landed
    assert [(line, text) for line, *_, text in rejects(tmp_path, with_a_bad_line)] == [(lines[-1], "too,few")]


@pytest.mark.parametrize("bad", [{}, {100_000: "x,bad"}, {1: '1,"two\nlines"', 300_000: '300000,"three\n\nlines"'}])
def test_every_row_of_a_large_file_has_its_line(tmp_path: Path, bad: dict[int, str]) -> None:
    """Larger than what one thread reads at a time, and than a row group."""
    texts = [bad.get(n, f"{n},a name that takes up some room in the file") for n in range(400_000)]
    (batch,) = land(tmp_path, "id,name\n" + "\n".join(texts), {"id": "INTEGER", "name": "VARCHAR"}).current
    shift = "2 + id" + "".join(f" + (id > {n})::INTEGER * {text.count(chr(10))}" for n, text in bad.items())
    wrong = rows(tmp_path, batch, f"count(*), count(*) FILTER (source_row <> {shift})")
    quarantined = sum(text.startswith("x") for text in bad.values())
    assert wrong == [(400_000 - quarantined, 0)]
    assert batch.rows_quarantined == quarantined
    assert (batch.first_row is None) == bool(bad)


def test_quarantined_rows_come_back_when_the_file_is_mended(tmp_path: Path) -> None:
    content = HEADER + ROW.format(1) + ROW.format(2) + "3,a,1.5o,\n"
    (broken,) = land(tmp_path, content).current
    (mended,) = land(tmp_path, content.replace("1.5o", "1.50")).current
    assert (broken.rows_quarantined, mended.rows_quarantined, mended.rows_landed) == (1, 0, 3)


def test_quarantined_rows_come_back_when_the_declaration_is_mended(tmp_path: Path) -> None:
    content = HEADER + ROW.format(1) + ROW.format(2) + "3,a,1.505,\n"
    (broken,) = land(tmp_path, content).current
    (mended,) = land(tmp_path, content, {**COLUMNS, "amount": "DECIMAL(18,3)"}).current
    assert (broken.rows_quarantined, mended.rows_quarantined, mended.rows_landed) == (1, 0, 3)


def test_a_missing_required_value_is_quarantined(tmp_path: Path) -> None:
    content = HEADER + ROW.format(1) + ROW.format("") + ROW.format(3)
    (batch,) = land(tmp_path, content, {**COLUMNS, "id": {"type": "INTEGER", "nullable": False}}).current
    assert rejects(tmp_path, batch) == [(3, "id", "id: has no value, but must have one", ROW.format("").strip())]


def test_a_new_column_is_kept_as_text_and_reported(tmp_path: Path) -> None:
    result = land(tmp_path, "id,note\n1,007\n", {"id": "INTEGER"})
    assert rows(tmp_path, result.current[0], "note") == [("007",)]
    assert result.warnings == ["ledger.csv: column 'note' is not declared; it was kept as text"]


def test_columns_are_found_by_name_in_any_order(tmp_path: Path) -> None:
    (batch,) = land(tmp_path, "posted,id,amount,name\n2014-01-31,1,2.50,a\n").current
    assert rows(tmp_path, batch, "id, name, amount::VARCHAR, posted::VARCHAR") == [(1, "a", "2.50", "2014-01-31")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "latin-1"])
def test_encodings_are_read_as_declared(tmp_path: Path, encoding: str) -> None:
    content = (HEADER + "1,Müller,1.00,\n2,bad,1.001,\n3,é,1.00,\n").encode(encoding)
    (batch,) = land(tmp_path, content, encoding=encoding.removesuffix("-sig")).current
    assert rows(tmp_path, batch, "name, source_row") == [("Müller", 2), ("é", 4)]
    assert [(line, text) for line, _, _, text in rejects(tmp_path, batch)] == [(3, "2,bad,1.001,")]


def test_a_german_export_is_read_as_declared(tmp_path: Path) -> None:
    columns = {"Betrag": "DECIMAL(18,2)", "Datum": "DATE"}
    marks = {"delimiter": ";", "decimal": ",", "thousands": ".", "date_format": "%d.%m.%Y"}
    (batch,) = land(tmp_path, "Betrag;Datum\n1.234,56;31.01.2014\n-7,5;01.02.2014\n", columns, **marks).current
    assert rows(tmp_path, batch, "Betrag::VARCHAR, Datum::VARCHAR") == [
        ("1234.56", "2014-01-31"),
        ("-7.50", "2014-02-01"),
    ]


def test_old_line_ends_and_a_missing_header_are_read(tmp_path: Path) -> None:
    (batch,) = land(tmp_path, "1,a\r2,b\r", {"id": "INTEGER", "name": "VARCHAR"}, header=False).current
    assert rows(tmp_path, batch) == [(1, "a", 1), (2, "b", 2)]


def test_bytes_in_another_encoding_are_quarantined(tmp_path: Path) -> None:
    (batch,) = land(tmp_path, b"id,name\n1,a\n2,M\xfcller\n3,b\n", {"id": "INTEGER", "name": "VARCHAR"}).current
    ((line, _, reason, text),) = rejects(tmp_path, batch)
    assert (line, text) == (3, "2,M\\xfcller")
    assert "encoding" in reason


def test_a_header_alone_lands_no_rows_and_says_so(tmp_path: Path) -> None:
    result = land(tmp_path, HEADER)
    assert result.row_count == 0
    assert result.warnings == ["ledger.csv: the file has a header and no rows"]


def test_a_manifest_whose_rows_do_not_add_up_cannot_be_written(tmp_path: Path) -> None:
    (batch,) = land(tmp_path, HEADER + ROW.format(1)).current
    with pytest.raises(ConservationError, match="Nothing of it was landed"):
        BatchManifest.model_validate({**batch.model_dump(), "rows_read": batch.rows_read + 1})
