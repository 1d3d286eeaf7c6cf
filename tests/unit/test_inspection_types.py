"""The types and options that follow from how a table's texts are written."""

from collections.abc import Sequence

import duckdb
import pytest

from orchestration.sources.inspection.found import FoundColumn
from orchestration.sources.inspection.keys import cursor_of, key_of, repetition
from orchestration.sources.inspection.profile import typed_column, with_figures
from orchestration.sources.inspection.shapes import shapes_of
from orchestration.sources.inspection.text_types import TextTypes, text_types


def types_of(**columns: Sequence[str | None]) -> TextTypes:
    connection = duckdb.connect()
    named = ", ".join(f'unnest($c{n}::VARCHAR[]) AS "{name}"' for n, name in enumerate(columns))
    connection.execute(f"CREATE TABLE t AS SELECT {named}", {f"c{n}": list(v) for n, v in enumerate(columns.values())})
    return text_types(connection, "t", [shapes_of(connection, "t", name) for name in columns])


def type_of(values: Sequence[str | None], name: str = "x") -> str:
    return types_of(**{name: values}).columns[0].type


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["1", "-22"], "INTEGER"),
        (["1", "123456789012"], "BIGINT"),
        (["12345678901234567890"], "DECIMAL(28, 0)"),
        (["1.5", "2"], "DECIMAL(18, 2)"),
        (["1.123"], "DECIMAL(18, 4)"),
        (["12345678901234567.25"], "DECIMAL(28, 2)"),
        (["007", "12"], "VARCHAR"),
        (["+4912345"], "VARCHAR"),
        (["12,50-"], "VARCHAR"),
        (["1e5", "2.5"], "DOUBLE"),
        (["true", "false"], "BOOLEAN"),
        (["Y", "N", None], "BOOLEAN"),
        (["yes"], "BOOLEAN"),
        (["T"], "VARCHAR"),
        (["Y", "T"], "VARCHAR"),
        (["0", "1"], "INTEGER"),
        (["2014-01-31", "2014-02-28"], "DATE"),
        (["2014-01-31 08:00:00", "2014-02-28"], "TIMESTAMP"),
        (["2014-01-31T08:00:00Z"], "TIMESTAMP"),
        (["08:00"], "VARCHAR"),
        (["abc", "1"], "VARCHAR"),
        ([None, ""], "VARCHAR"),
    ],
)
def test_a_column_gets_the_strictest_type_that_loses_nothing(values: list[str | None], expected: str) -> None:
    assert type_of(values) == expected


def test_a_name_can_say_that_digits_are_no_number_or_will_have_a_fraction() -> None:
    assert type_of(["4711", "12"], "PLZ") == "VARCHAR"
    assert type_of(["4711", "12"], "net_amount") == "DECIMAL(18, 2)"
    assert type_of(["100"], "cost_center") == "VARCHAR"
    assert type_of(["0", "1"], "ActiveFlag") == "BOOLEAN"
    assert type_of(["0", "2"], "ActiveFlag") == "INTEGER"


def test_marks_of_numbers_are_the_tables() -> None:
    found = types_of(a=["1.234,56", "-0,5"], b=["1.234", "12.000"], c=["7", "8"])
    assert {name: guess.value for name, guess in found.options.items()} == {"decimal": ",", "thousands": "."}
    assert [column.type for column in found.columns] == ["DECIMAL(18, 2)", "INTEGER", "INTEGER"]


def test_thousands_with_commas_and_with_apostrophes() -> None:
    assert {n: g.value for n, g in types_of(a=["1,234.50", "12"]).options.items()} == {"thousands": ","}
    assert {n: g.value for n, g in types_of(a=["1'234.50", "12.5"]).options.items()} == {"thousands": "'"}


def test_the_order_of_day_and_month_follows_from_the_values_or_from_the_shorter_time_they_spread_over() -> None:
    assert types_of(d=["31/12/2013", "01/02/2014"]).options["date_format"].value == "%d/%m/%Y"
    assert types_of(d=["12/31/2013", "01/02/2014"]).options["date_format"].value == "%m/%d/%Y"
    ambiguous = types_of(d=["03/01/2014", "03/02/2014", "03/05/2014"]).options["date_format"]
    assert ambiguous.value == "%m/%d/%Y"
    assert "%d/%m/%Y would fit as well" in ambiguous.because


def test_days_as_digits_are_days_if_their_name_says_so() -> None:
    found = types_of(posting_date=["20140131", "20140228"])
    assert (found.columns[0].type, found.options["date_format"].value) == ("DATE", "%Y%m%d")
    assert type_of(["20140131", "20140228"], "customer_id") == "INTEGER"
    assert type_of(["20149931", "20140228"], "posting_date") == "INTEGER"


def test_a_second_format_of_days_stays_text() -> None:
    found = types_of(a=["31.01.2014", "28.02.2014"], b=["2014/01/31", None])
    assert [column.type for column in found.columns] == ["DATE", "VARCHAR"]
    assert "cast in staging" in found.columns[1].because


def test_a_time_with_an_offset_is_read_with_it() -> None:
    found = types_of(t=["2014-01-31T08:00:00+01:00"])
    assert (found.columns[0].type, found.options["timestamp_format"].value) == ("TIMESTAMP", "%Y-%m-%dT%H:%M:%S%z")


def test_texts_that_stand_for_nothing_are_declared_where_they_stand_among_numbers_or_say_nothing_else() -> None:
    found = types_of(amount=["1.50", "n/a", "-"], note=["-", "good", "NULL"])
    assert found.options["null_strings"].value == ["", "-", "NULL", "n/a"]
    assert found.columns[0].type == "DECIMAL(18, 2)"


def test_a_few_wrong_values_do_not_take_a_column_its_type() -> None:
    days = [f"2014-01-{day:02d}" for day in range(1, 31)]
    found = types_of(d=[*days, "2014-02-31"])
    assert (found.columns[0].type, found.columns[0].unfit) == ("DATE", 1)
    assert type_of([*days, *["soon"] * 5]) == "VARCHAR"
    assert type_of(["1", "2", "three"]) == "VARCHAR"


def table_of(query: str) -> tuple[duckdb.DuckDBPyConnection, tuple[FoundColumn, ...]]:
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE t AS {query}")
    described = connection.execute("DESCRIBE t").fetchall()
    columns = [typed_column(connection, "t", name, kind) for name, kind, *_ in described if name != "__file"]
    return connection, with_figures(connection, "t", columns)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("(1.5::DOUBLE), (2.25)", ("DECIMAL(18, 2)", "exact")),
        ("(0.1::DOUBLE + 0.2), (1.0)", ("DECIMAL(18, 2)", "half_even")),
        ("(1.0::DOUBLE / 3)", ("DOUBLE", "exact")),
        ("('nan'::DOUBLE), (1.5)", ("DOUBLE", "exact")),
    ],
)
def test_floats_become_decimals_if_that_is_what_they_mean(values: str, expected: tuple[str, str]) -> None:
    _, columns = table_of(f"SELECT * FROM (VALUES {values}) v(x)")
    assert (columns[0].type, columns[0].rounding) == expected


def test_other_types_of_a_source_become_types_that_can_be_landed() -> None:
    kinds = ["UUID", "INTEGER[]", "STRUCT(a INTEGER)", "BLOB", "TIMESTAMP_NS", "UHUGEINT", "DECIMAL(9,3)", "USMALLINT"]
    columns = [typed_column(duckdb.connect(), "t", "x", kind) for kind in kinds]
    expected = ["VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "TIMESTAMP", "VARCHAR", "DECIMAL(9, 3)", "USMALLINT"]
    assert [column.type for column in columns] == expected


def test_what_may_be_personal_has_no_range_and_no_values() -> None:
    _, columns = table_of(
        "SELECT 'M-' || i % 2 AS seller, DATE '1980-01-01' + i::INTEGER AS birth_date, 'S-' || i % 2 AS status, "
        "'a text ' || i % 2 AS remarks FROM range(100) r(i)"
    )
    seller, birth, status, remarks = columns
    assert seller.values == remarks.values == ()
    assert (birth.low, birth.high) == (None, None)
    assert status.values == ("S-0", "S-1")


def test_the_smallest_most_key_like_columns_are_the_key() -> None:
    connection, columns = table_of(
        "SELECT i // 2 AS order_no, i % 2 + 1 AS line_no, i AS amount_rank, i * 1.5 AS amount FROM range(50) r(i)"
    )
    assert key_of(connection, "t", columns, "order_line", by_file=False)[0] == ("order_no", "line_no")
    connection, columns = table_of(
        "SELECT i % 8 AS product_key, i // 3 AS order_number, i % 3 AS order_line_number FROM range(9) r(i)"
    )
    assert key_of(connection, "t", columns, "sale", by_file=False)[0] == ("order_number", "order_line_number")
    connection, columns = table_of("SELECT 'x' AS name, i AS ref, i AS invoice_id FROM range(50) r(i)")
    assert key_of(connection, "t", columns, "invoice", by_file=False)[0] == ("invoice_id",)


def test_a_column_with_a_gap_or_a_repetition_is_no_key() -> None:
    connection, columns = table_of("SELECT nullif(i, 3) AS id FROM range(50) r(i)")
    assert key_of(connection, "t", columns, "x", by_file=False) == ((), "")
    connection, columns = table_of("SELECT least(i, 48) AS id FROM range(50) r(i)")
    assert key_of(connection, "t", columns, "x", by_file=False) == ((), "")


@pytest.mark.parametrize(("shared", "is_newest_file"), [(45, True), (3, False)])
def test_keys_that_come_again_in_the_next_file_tell_snapshots_from_corrections(
    shared: int, is_newest_file: bool
) -> None:
    connection, columns = table_of(
        f"SELECT file AS __file, i + file * {50 - shared} AS id FROM range(3) f(file), range(50) r(i)"
    )
    assert key_of(connection, "t", columns, "x", by_file=False)[0] == ()
    assert key_of(connection, "t", columns, "x", by_file=True)[0] == ("id",)
    assert repetition(connection, "t", ["id"]).is_newest_file == is_newest_file


def test_the_cursor_is_when_a_row_was_changed_or_else_made() -> None:
    _, columns = table_of("SELECT now() AS created_at, now() AS last_update, now() AS sent_at, 1 AS updated")
    assert cursor_of(columns).name == "last_update"  # type: ignore[union-attr]
    assert cursor_of(columns[2:]) is None
