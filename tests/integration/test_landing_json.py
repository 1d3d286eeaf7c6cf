"""JSON lands with its numbers as written; what is no record is in quarantine with its line and raw text."""

import gzip
import json
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.integration.landing_files import land, left_over, rejects, rows

COLUMNS = {"id": "INTEGER", "amount": "DECIMAL(38,2)", "posted": "DATE"}
GOOD = '{"id": 1, "amount": 12345678901234567890.10, "posted": "2014-01-31", "name": "M\\u00fcller\\n"}'


def test_lines_and_arrays_land_alike_and_no_number_goes_through_a_float(tmp_path: Path) -> None:
    expected = [(1, "12345678901234567890.10", "2014-01-31", "Müller\n")]
    for format_, content in (("jsonl", f"\ufeff\n{GOOD}\n"), ("json", f"\ufeff[\n{GOOD}]\n")):
        (batch,) = land(tmp_path, "a.json", content, format_, columns=COLUMNS).current
        assert rows(tmp_path, batch, "id, amount::VARCHAR, posted::VARCHAR, name") == expected
    assert left_over(tmp_path) == []


def test_a_bad_record_keeps_its_row_column_reason_and_raw_text(tmp_path: Path) -> None:
    bad = [
        '{"id": 2, "amount": 1.239}',
        '{"id": 3, "amount": ',
        "[1]",
        '{"id": 4, "id": 5}',
        '{"id": NaN}',
        '{"id": "x", "posted": "2014-02-31"}',
        '{"id": 6, "name": "\\ud800"}',
        '{"id": 6, "name": "\\u0000"}',
    ]
    content = "\n".join([GOOD, *bad[:3], "", *bad[3:], *[GOOD] * 8])
    (batch,) = land(tmp_path, "a.jsonl", content, "jsonl", columns=COLUMNS).current
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (17, 9, 8)
    found = rejects(tmp_path, batch)
    assert [(row, text) for row, *_, text in found] == list(zip([2, 3, 4, 6, 7, 8, 9, 10], bad, strict=True))
    assert [column for _, column, *_ in found] == ["amount", None, None, None, None, "id, posted", None, None]
    said = ["1.239", "not JSON", "no columns", "'id' stands twice", "NaN", "2014-02-31", "UTF-8", "NUL"]
    assert [text in reason for text, (*_, reason, _) in zip(said, found, strict=True)] == [True] * 8
    assert [row for (row,) in rows(tmp_path, batch, "source_row")] == [1, *range(11, 19)]


def test_in_an_array_the_row_is_the_objects_place(tmp_path: Path) -> None:
    content = f'[{GOOD},\n\n5, {{"id": 2,\n"amount": 1.239}},{GOOD},{GOOD}]'
    (batch,) = land(tmp_path, "a.json", content, "json", columns=COLUMNS).current
    assert [(row, text) for row, *_, text in rejects(tmp_path, batch)] == [
        (2, "5"),
        (3, '{"id": 2,\n"amount": 1.239}'),
    ]
    assert rows(tmp_path, batch, "source_row") == [(1,), (4,), (5,)]


def test_what_is_nested_is_kept_as_its_json_text(tmp_path: Path) -> None:
    content = '{"id": 1, "lines": [{"amount": 1.10, "ok": true, "no": null, "t": "\\"ü"}]}\n{"id": 2, "ok": false}'
    (batch,) = land(tmp_path, "a.jsonl", content, "jsonl", columns={"id": "INTEGER"}).current
    assert rows(tmp_path, batch, "id, lines, ok") == [
        (1, '[{"amount": 1.10, "ok": true, "no": null, "t": "\\"ü"}]', None),
        (2, None, "false"),
    ]


def test_bytes_that_are_not_utf_8_are_quarantined(tmp_path: Path) -> None:
    content = f"{GOOD}\n".encode() + b'{"name": "M\xfcller"}\n' + GOOD.encode()
    (batch,) = land(tmp_path, "a.jsonl", content, "jsonl", columns=COLUMNS).current
    ((row, _, reason, text),) = rejects(tmp_path, batch)
    assert (row, text) == (2, '{"name": "M\\xfcller"}')
    assert "UTF-8" in reason


def test_packed_json_and_declared_dates_are_read(tmp_path: Path) -> None:
    packed = gzip.compress(b'{"on": "31.01.2014"}\n{"on": "-"}')
    options = {"date_format": "%d.%m.%Y", "null_strings": ["-"]}
    (batch,) = land(tmp_path, "a.jsonl.gz", packed, "jsonl", columns={"on": "DATE"}, json=options).current
    assert rows(tmp_path, batch, '"on"::VARCHAR') == [("2014-01-31",), (None,)]


def test_an_empty_array_lands_no_rows_with_the_declared_columns(tmp_path: Path) -> None:
    result = land(tmp_path, "a.json", "[]", "json", columns=COLUMNS)
    assert result.warnings == ["a.json: the file has no rows"]
    assert [column.name for column in result.current[0].columns] == list(COLUMNS)


@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.integers() | st.text(max_size=5), min_size=3)),
    st.sampled_from(["json", "jsonl"]),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_texts_come_back_as_they_were(tmp_path: Path, records: list[dict[str, Any]], format_: str) -> None:
    kept = [record for record in records if not any("\0" in str(value) for value in record.values())]
    content = json.dumps(kept) if format_ == "json" else "".join(json.dumps(record) + "\n" for record in kept) or "\n"
    (batch,) = land(tmp_path, "a.json", content, format_, columns=dict.fromkeys("abc", "VARCHAR")).current
    assert rows(tmp_path, batch, "a, b, c") == [
        tuple(None if record[name] is None else str(record[name]) for name in "abc") for record in kept
    ]
