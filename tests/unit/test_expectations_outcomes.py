"""From a validation result to what a person reads."""

import datetime
from decimal import Decimal

import pytest

from expectations.outcomes import SAMPLE_ROWS, Finding, judged, not_evaluated, raised, scalar
from expectations.results import CheckResult
from expectations.suites import Expectation, Suite

NO_EXCEPTION = {"raised_exception": False, "exception_message": None}


def expectation(**changes: object) -> Expectation:
    content: dict[str, object] = {
        "id": "stock_is_not_negative",
        "type": "expect_column_values_to_be_between",
        "severity": "warn",
        "why": "Nobody has fewer than no bicycles.",
    }
    return Expectation.model_validate(content | changes)


def sql_expectation(**changes: object) -> Expectation:
    return expectation(type=None, query="select * from {batch} where name <> '{{}}';", **changes)


def judge(rule: Expectation, *, success: bool, result: dict[str, object], observed: object = None) -> CheckResult:
    suite = Suite(
        table="core.stock",
        asset=["core", "stock"],
        key=["product_key", "day"],
        description="Stock.",
        expectations=[rule],
    )
    return judged(suite, rule, Finding(success, result, NO_EXCEPTION), scalar(observed))


def rows_result(count: int, of_all: int) -> dict[str, object]:
    return {
        "element_count": of_all,
        "unexpected_count": count,
        "partial_unexpected_index_list": [{"balance": -number, "product_key": number} for number in range(count)],
        "unexpected_index_query": "select product_key from core.stock where balance < 0;",
    }


def test_failing_rows_are_counted_shown_and_findable():
    result = judge(expectation(), success=False, result=rows_result(30, 1200))
    assert result.status == "warn"
    assert (result.observed, result.failing_rows, len(result.sample_rows)) == (30, 30, SAMPLE_ROWS)
    assert result.query == "select product_key from core.stock where balance < 0;"
    assert result.message == (
        "core.stock: 'Stock is not negative' does not hold. 30 of 1,200 rows (2.50 %) break it. "
        "First: product_key=0, balance=0; product_key=1, balance=-1; product_key=2, balance=-2. "
        "Nobody has fewer than no bicycles."
    )


def test_the_key_columns_of_a_failing_row_come_first():
    result = judge(expectation(), success=False, result=rows_result(1, 2))
    assert list(result.sample_rows[0]) == ["product_key", "balance"]


def test_tolerated_failing_rows_are_named_in_a_pass():
    result = judge(expectation(), success=True, result=rows_result(1, 100))
    assert (result.status, result.failing_rows) == ("pass", 1)
    assert "1 of 100 rows (1.00 %) breaks it, as many as the rule tolerates" in result.message


def test_a_query_without_failing_rows_holds():
    result = judge(sql_expectation(), success=True, result={"observed_value": 0, "unexpected_rows": []})
    assert (result.status, result.failing_rows, result.sample_rows) == ("pass", 0, ())
    assert result.query == "select * from core.stock where name <> '{}'"


def test_the_observed_value_of_a_query_can_be_a_rate():
    found = {"observed_value": 1, "unexpected_rows": [{"rate": Decimal("0.0512")}]}
    result = judge(sql_expectation(), success=False, result=found, observed=Decimal("0.0512"))
    assert (result.observed, result.failing_rows) == ("0.0512", 1)
    assert "1 row breaks it. Observed: 0.0512. First: rate=0.0512." in result.message


def test_a_rule_about_the_table_shows_its_value_and_no_rows():
    result = judge(expectation(severity="error"), success=False, result={"observed_value": 1234567})
    assert (result.status, result.observed, result.failing_rows, result.query) == ("fail", 1234567, None, None)
    assert "Observed: 1,234,567." in result.message


def test_values_outside_a_set_are_the_observed_value():
    result = judge(expectation(), success=False, result={"observed_value": None, "partial_unexpected_list": ["x", "y"]})
    assert result.observed == "not expected: x, y"


@pytest.mark.parametrize(
    "exception_info",
    [
        {
            "raised_exception": True,
            "exception_message": "Binder Error: no column x\nCandidates: y",
            "exception_traceback": "",
        },
        {"metric 1": {"raised_exception": True, "exception_message": "Binder Error: no column x\nCandidates: y"}},
    ],
)
def test_an_expectation_that_raised_fails_with_its_message_even_if_it_says_success(exception_info):
    rule = sql_expectation(severity="error")
    suite = Suite(table="core.stock", asset=["core"], key=["a"], description="Stock.", expectations=[rule])
    result = judged(suite, rule, Finding(True, {}, exception_info))
    assert (result.status, result.failing_rows) == ("fail", None)
    assert "could not be evaluated: Binder Error: no column x Candidates: y. " in result.message
    assert "expectations/suites/core.stock.yaml" in result.message


def test_nothing_raised_is_no_exception():
    assert raised(NO_EXCEPTION) is None
    assert raised({}) is None


def test_a_check_that_could_not_run_is_an_error_whatever_its_severity():
    rule = expectation(severity="warn")
    suite = Suite(table="core.stock", asset=["core"], key=["a"], description="Stock.", expectations=[rule])
    found = not_evaluated(suite, rule, "there is no table")
    assert (found.severity, found.status) == ("error", "fail")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Decimal("0.10"), "0.10"),
        (datetime.date(2013, 11, 29), "2013-11-29"),
        (datetime.datetime(2013, 11, 29, 8, tzinfo=datetime.UTC), "2013-11-29T08:00:00+00:00"),
        ([1, Decimal("2.5")], "1, 2.5"),
        (None, None),
        (True, True),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_values_are_told_exactly(value: object, expected: object):
    assert scalar(value) == expected
