"""The elements of an array are read as they are written, wherever the pieces of the file end; a part of one is not."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from orchestration.sources.formats import json_arrays
from orchestration.sources.formats.json_arrays import JsonFaultError, array_elements

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(st.lists(VALUES, max_size=6), st.integers(1, 30), st.booleans(), st.sampled_from([None, 1]), st.data())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_stream_gives_what_the_whole_file_says_and_refuses_every_part_of_it(
    tmp_path: Path, values: list[object], piece: int, is_ascii: bool, indent: int | None, data: st.DataObject
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_arrays, "_CHUNK", piece)
        file = tmp_path / "a.json"
        wrapped = {"meta": {"n": [1]}, "result": {"x": 1, "items": values, "z": [1]}, "after": "é"}
        for path, whole in ((None, values), ("result.items", wrapped)):
            text = json.dumps(whole, ensure_ascii=is_ascii, indent=indent)
            file.write_text(text, encoding="utf-8")
            assert [json.loads(element) for element in array_elements(file, path)] == values
            file.write_text(text[: data.draw(st.integers(0, len(text) - 1))], encoding="utf-8")
            with pytest.raises(JsonFaultError):
                list(array_elements(file, path))


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_text('\ufeff[1.10, 12345678901234567890.10 ,{"a": 1e-2}]', encoding="utf-8")
    assert list(array_elements(file, None)) == ["1.10", "12345678901234567890.10", '{"a": 1e-2}']
