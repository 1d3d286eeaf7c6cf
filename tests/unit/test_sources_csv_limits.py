"""A field too long to be read is found on its line, whatever stands in it, and no sound file is refused."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.errors import UnreadableSourceError
from orchestration.sources.formats import csv_limits
from orchestration.sources.formats.csv_limits import line_at_byte, refuse_overlong_records

LIMIT = 60


def written(rows: list[list[str]], *, quote_all: bool) -> tuple[str, list[tuple[int, int]]]:
    """Return the rows as CSV, with each record's first line and its length."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL)
    records = []
    for row in rows:
        before = text.getvalue()
        writer.writerow(row)
        records.append((before.count("\n") + 1, len(text.getvalue()) - len(before)))
    return text.getvalue(), records


@given(
    st.lists(st.lists(st.text(alphabet='ab,"\n', max_size=9), min_size=2, max_size=2), max_size=40),
    st.text(alphabet='ab,"\n', min_size=1, max_size=6),
    st.booleans(),
    st.integers(0, 40),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_field_too_long_is_named_by_its_line_and_nothing_else_is_refused(
    tmp_path: Path, rows: list[list[str]], unit: str, quote_all: bool, place: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_limits, "LONGEST_RECORD", LIMIT)
        patch.setattr(csv_limits, "_STRETCH", LIMIT // 2 - 1)
        file = tmp_path / "a.csv"
        text, _ = written(rows, quote_all=quote_all)
        file.write_text(text)
        refuse_overlong_records(file, file, CsvOptions())
        long = [*rows[:place], ["x", unit * LIMIT * 3], *rows[place:]]
        text, records = written(long, quote_all=quote_all)
        file.write_text(text)
        (line,) = [line for line, length in records if length > LIMIT]
        with pytest.raises(UnreadableSourceError, match=f"a.csv, line {line}: the record"):
            refuse_overlong_records(file, file, CsvOptions())


def test_a_byte_is_found_on_its_physical_line(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("a\n\nbc\n")
    assert [line_at_byte(file, offset) for offset in range(6)] == [1, 1, 2, 3, 3, 3]
