"""A value is taken as its declared type only if nothing of it is lost."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.sources.declaration.format_options import CsvOptions
from orchestration.sources.declaration.tables import SourceColumn
from orchestration.sources.rows import typed_values
from orchestration.sources.rows.typed_values import typed_columns, typed_rows
from orchestration.sources.sql import literal

GERMAN = CsvOptions(delimiter=";", decimal=",", thousands=".", date_format="%d.%m.%Y")


def read(
    value: str, kind: str, csv: CsvOptions | None = None, source: str = "VARCHAR", rounding: str = "exact"
) -> object:
    """Return the typed value; "quarantined" if it does not fit."""
    column = SourceColumn.model_validate({"type": kind, "rounding": rounding})
    columns = typed_columns([("a", source)], {"a": column}, csv or CsvOptions())
    rows = f"(SELECT CAST({literal(value)} AS {source}) AS a)"
    found = duckdb.connect().execute(f"SELECT typed_0, __problems FROM ({typed_rows(columns, rows)})").fetchall()
    ((typed, problems),) = found
    return typed if problems is None else "quarantined"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1.239", "DECIMAL(18,2)"),
        ("1e3", "DECIMAL(18,2)"),
        ("12345678901234567", "DECIMAL(18,2)"),
        ("1.234,56", "DECIMAL(18,2)"),
        ("6.7", "BIGINT"),
        ("0x1F", "BIGINT"),
        ("1e3", "BIGINT"),
        ("1_000", "BIGINT"),
        ("300", "UTINYINT"),
        ("-1", "UINTEGER"),
        ("abc", "INTEGER"),
        (" ", "INTEGER"),
        ("1e400", "DOUBLE"),
        ("nan", "DOUBLE"),
        ("2014-02-31", "DATE"),
        ("31.01.2014", "DATE"),
        ("2014-01-01 10:00:00", "DATE"),
        ("infinity", "DATE"),
        ("2014-1-1 x", "DATE"),
        ("2014-1-1 5", "DATE"),
        ("10:00:00 x", "TIME"),
        ("2014-01-01 10:00:00", "TIME"),
        ("10:00:00.1234567", "TIME"),
        ("1_000.5", "DOUBLE"),
        ("2014-1-1 0:0:0.1234567", "TIMESTAMP"),
        ("2014-01-01 00:00:00.1234567", "TIMESTAMP"),
        ("9999-12-31 23:59:59.9999999", "TIMESTAMP"),
        ("maybe", "BOOLEAN"),
    ],
)
def test_text_that_would_lose_something_is_quarantined(value: str, kind: str) -> None:
    assert read(value, kind) == "quarantined"


@pytest.mark.parametrize(
    ("value", "kind", "typed"),
    [
        ("1.2300", "DECIMAL(18,2)", "1.23"),
        (".00", "DECIMAL(8,2)", "0.00"),
        ("-7", "DECIMAL(18,2)", "-7.00"),
        ("3.00", "BIGINT", "3"),
        ("007", "INTEGER", "7"),
        ("2014-01-15", "DATE", "2014-01-15"),
        ("2014-01-15 00:00:00", "DATE", "2014-01-15"),
        (" 2014-1-5 ", "DATE", "2014-01-05"),
        ("9:30", "TIME", "09:30:00"),
        ("23:59:59.1234560", "TIME", "23:59:59.123456"),
        ("2014-02-08 10:01:36.827000000", "TIMESTAMP", "2014-02-08 10:01:36.827000"),
        ("9999-12-31 23:59:59.0000000", "TIMESTAMP", "9999-12-31 23:59:59"),
        ("1", "BOOLEAN", "True"),
    ],
)
def test_text_that_fits_is_taken(value: str, kind: str, typed: str) -> None:
    assert str(read(value, kind)) == typed


def test_a_decimal_comma_and_a_declared_date_format_are_read_as_declared() -> None:
    assert read("1.234,56", "DECIMAL(18,2)", GERMAN) == Decimal("1234.56")
    assert read("1.234,567", "DECIMAL(18,2)", GERMAN) == "quarantined"
    assert str(read("15.01.2014", "DATE", GERMAN)) == "2014-01-15"
    assert read("31.02.2014", "DATE", GERMAN) == "quarantined"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12))
def test_a_decimal_in_text_is_taken_exactly_or_not_at_all(amount: Decimal) -> None:
    typed = read(f"{amount:f}", "DECIMAL(18,2)")
    assert typed == (amount if amount == round(amount, 2) else "quarantined")


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_cents_that_went_through_a_float_come_back_exactly(cents: int) -> None:
    amount = Decimal(cents) / 100
    assert read(repr(float(amount)), "DECIMAL(18,2)", source="DOUBLE") == amount


def test_a_float_with_more_digits_is_quarantined_unless_rounding_is_declared() -> None:
    rate = "1.00040016006403"
    assert read(rate, "DECIMAL(18,12)", source="DOUBLE") == "quarantined"
    assert read(rate, "DECIMAL(18,12)", source="DOUBLE", rounding="half_even") == Decimal("1.000400160064")


def test_a_moment_with_a_time_is_no_date_in_parquet_either() -> None:
    assert read("2014-01-01 10:00:00", "DATE", source="TIMESTAMP") == "quarantined"
    assert str(read("2014-01-01 00:00:00", "DATE", source="TIMESTAMP")) == "2014-01-01"


@pytest.mark.parametrize(
    ("value", "in_utc"),
    [
        ("2026-01-02T12:30:00+02:00", "2026-01-02 10:30:00"),
        ("2026-01-02 12:30:00.250000-0530", "2026-01-02 18:00:00.250000"),
        ("2026-01-01T00:30:00+01", "2025-12-31 23:30:00"),
        ("2026-01-02T12:30:00.25Z", "2026-01-02 12:30:00.250000"),
        ("2026-01-02 12:30", "2026-01-02 12:30:00"),
        ("2026-01-02", "2026-01-02 00:00:00"),
        ("2026-01-02T12:30:00.2500001+02:00", "quarantined"),
        ("2026-02-31T12:30:00+02:00", "quarantined"),
    ],
)
def test_a_timestamp_with_an_offset_lands_in_utc(value: str, in_utc: str) -> None:
    assert str(read(value, "TIMESTAMP")) == in_utc


NUMBERS = st.from_regex(r"\s?[+-]?[0-9_]{0,4}[.,']?[0-9]{0,5}(e-?[0-9])?\s?", fullmatch=True)
MOMENTS = st.datetimes().map(str) | st.dates().map(str)


@given(
    st.one_of(
        NUMBERS,
        MOMENTS,
        MOMENTS.map(lambda text: text + "0"),
        st.text(max_size=8),
        st.sampled_from(["0x1F", "infinity"]),
    ),
    st.sampled_from(["TINYINT", "BIGINT", "DECIMAL(5,2)", "DECIMAL(18,0)", "DOUBLE", "DATE", "TIME", "TIMESTAMP"]),
    st.sampled_from([CsvOptions(), GERMAN]),
)
def test_what_surely_fits_fits(value: str, kind: str, csv: CsvOptions) -> None:
    """The quick test that most texts pass takes nothing that the thorough one would refuse."""
    value = value.replace("\0", "")
    quick = read(value, kind, csv)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed_values, "_surely_fits", lambda *_: None)
        assert read(value, kind, csv) == quick


@pytest.mark.parametrize("value", ["12.34", "1.2.3,5", "1.23.456", ".5", "1.234,5x"])
def test_a_thousands_mark_stands_before_three_digits_or_the_number_is_none(value: str) -> None:
    assert read(value, "DECIMAL(18,2)", GERMAN) == "quarantined"
    assert read(value, "DOUBLE", GERMAN) == "quarantined"


@pytest.mark.parametrize(("value", "typed"), [("1.234,56", "1234.56"), ("-12.345.678", "-12345678.00"), (",5", "0.50")])
def test_a_thousands_mark_in_its_place_is_read(value: str, typed: str) -> None:
    assert str(read(value, "DECIMAL(18,2)", GERMAN)) == typed


def test_indian_groups_are_read_and_a_point_is_no_decimal_comma() -> None:
    assert str(read("12,34,567.5", "DECIMAL(18,2)", CsvOptions(thousands=","))) == "1234567.50"
    assert read("7.50", "DECIMAL(18,2)", CsvOptions(decimal=",")) == "quarantined"


@pytest.mark.parametrize(
    ("value", "kind", "csv"),
    [
        ("14-01-31", "DATE", CsvOptions()),
        ("14-01-31 10:00:00", "TIMESTAMP", CsvOptions()),
        ("31.01.14", "DATE", GERMAN),
        ("31.01.2014", "DATE", CsvOptions(date_format="%d.%m.%y")),
    ],
)
def test_a_year_has_the_digits_that_are_declared(value: str, kind: str, csv: CsvOptions) -> None:
    assert read(value, kind, csv) == "quarantined"


@pytest.mark.parametrize("value", ["9999-12-31 00:00:00.0000000", "0001-01-01 00:00:00.0000000"])
def test_the_last_and_first_days_of_all_are_timestamps_to_the_seventh_digit(value: str) -> None:
    assert str(read(value, "TIMESTAMP")) == value[:19]


@pytest.mark.parametrize(
    ("value", "kind", "source", "reason"),
    [
        ("2004-12-31", "DATE", "VARCHAR", "below the minimum 2005-01-01"),
        ("2005-01-01", "DATE", "VARCHAR", None),
        ("2030-12-31", "DATE", "DATE", None),
        ("2031-01-01", "DATE", "DATE", "above the maximum 2030-12-31"),
        ("2031-01-01 00:00:00", "DATE", "TIMESTAMP", "above the maximum 2030-12-31"),
        ("2014-02-31", "DATE", "VARCHAR", "does not fit DATE"),
        (None, "DATE", "VARCHAR", None),
        ("2030-12-31 00:00:01", "TIMESTAMP", "VARCHAR", "above the maximum 2030-12-31"),
    ],
)
def test_a_value_outside_of_the_declared_range_is_a_problem_with_its_reason(
    value: str | None, kind: str, source: str, reason: str | None
) -> None:
    column = SourceColumn.model_validate({"type": kind, "minimum": "2005-01-01", "maximum": "2030-12-31"})
    assert_problem(value, source, column, reason)


@pytest.mark.parametrize("kind", ["INTEGER", "DECIMAL(9,2)", "DOUBLE"])
@pytest.mark.parametrize(
    ("value", "reason"), [("-1", "below the minimum 0"), ("0", None), ("100", None), ("101", "100")]
)
def test_numbers_have_a_range_too(kind: str, value: str, reason: str | None) -> None:
    column = SourceColumn.model_validate({"type": kind, "minimum": 0, "maximum": 100})
    assert_problem(value, "VARCHAR", column, reason)
    assert_problem(value, kind, column, reason)


def assert_problem(value: str | None, source: str, column: SourceColumn, reason: str | None) -> None:
    columns = typed_columns([("a", source)], {"a": column}, CsvOptions())
    rows = f"(SELECT CAST({'NULL' if value is None else literal(value)} AS {source}) AS a)"
    ((problems,),) = duckdb.execute(f"SELECT __problems FROM ({typed_rows(columns, rows)})").fetchall()
    assert (problems is None) == (reason is None)
    assert reason is None or reason in problems[0]["reason"]
