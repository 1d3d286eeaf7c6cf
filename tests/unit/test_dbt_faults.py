"""What dbt says of a fault: the fault alone."""

import pytest

from orchestration.transform.faults import dbt_fault, indented

PARSED = """13:23:10  Running with dbt=1.11.16
13:23:11  Unable to do partial parsing because saved manifest not found. Starting full parse.
13:23:13  [WARNING]: Did not find matching node for patch with name 'x'
13:23:13  Encountered an error:
Compilation Error
  Model 'model.tieout.supplier' depends on a node named 'suplier' which was not found
"""
CRASHED = """The dbt CLI process with command `dbt build` failed with exit code `2`. Check the stdout in the Dagster compute logs.

Errors parsed from dbt logs:

Encountered an error:
Not implemented Error: Cannot switch temporary directory after the current one has been used

Traceback (most recent call last):
  File "dbt/cli/requires.py", line 182, in wrapper
    result, success = func(*args, **kwargs)
_duckdb.NotImplementedException: Not implemented Error: Cannot switch temporary directory
"""
TRACE_ONLY = """Traceback (most recent call last):
  File "dbt/cli/main.py", line 1, in <module>
    import dbt
ModuleNotFoundError: No module named 'dbt'
"""


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (
            PARSED,
            "Compilation Error\n  Model 'model.tieout.supplier' depends on a node named 'suplier' which was not found",
        ),
        (CRASHED, "Not implemented Error: Cannot switch temporary directory after the current one has been used"),
        (TRACE_ONLY, "ModuleNotFoundError: No module named 'dbt'"),
        ("13:23:10  killed", "killed"),
        ("", "it does not say why; see dbt.log in its target folder"),
    ],
)
def test_the_fault_is_left_of_what_dbt_says(said: str, fault: str) -> None:
    assert dbt_fault(said) == fault


def test_a_text_is_indented_line_by_line() -> None:
    assert indented("a\nb") == "  a\n  b"
