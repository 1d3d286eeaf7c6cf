"""From what Great Expectations found to a CheckResult that a person can read.

What belongs here: taking values, failing rows and errors out of a validation result, and the wording of the message.
Not here: running anything. The validation results come in as plain dictionaries, so this module imports no engine.
"""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from expectations.results import CheckResult, Scalar
from expectations.suites import Expectation, Suite

SAMPLE_ROWS = 10
_ROWS_IN_MESSAGE = 3
_ERROR_LENGTH = 300


@dataclass(frozen=True)
class Finding:
    """What one validation result says, before it is worded."""

    success: bool
    result: Mapping[str, Any]
    exception_info: Mapping[str, Any]


def not_evaluated(suite: Suite, expectation: Expectation, reason: str) -> CheckResult:
    """Return the failure of a check that could not be evaluated: an error whatever its severity, never a pass.

    What is not known to be a small thing must not be taken for one, and a warning would stand in the report for ever.
    `reason` says what happened; the message adds which check, and where it is declared.
    """
    return CheckResult(
        check_id=expectation.id,
        table=suite.table,
        asset_key=tuple(suite.asset),
        severity="error",
        passed=False,
        description=expectation.sentence,
        query=filled(suite, expectation.query),
        message=(
            f"{suite.table}: '{expectation.sentence}' could not be evaluated: {reason.rstrip('.?')}. "
            f"It is declared in {suite.file_name}."
        ),
    )


def judged(suite: Suite, expectation: Expectation, finding: Finding, observed: Scalar = None) -> CheckResult:
    """Return the CheckResult of one evaluated expectation.

    `observed` overrides the value that Great Expectations reports (see `Expectation.observe`). A finding that carries
    an exception becomes a failure with the exception's first lines.
    """
    error = raised(finding.exception_info)
    if error is not None:
        return not_evaluated(suite, expectation, error)
    result = finding.result
    failing_rows, sample, query = _failing_rows(suite, expectation, result)
    passed = finding.success or bool(expectation.known and failing_rows and failing_rows <= expectation.known.rows)
    if observed is None:
        observed = _observed(result, failing_rows)
    return CheckResult(
        check_id=expectation.id,
        table=suite.table,
        asset_key=tuple(suite.asset),
        severity=expectation.severity,
        passed=passed,
        description=expectation.sentence,
        observed=observed,
        failing_rows=failing_rows,
        sample_rows=sample,
        query=query,
        message=_message(suite, expectation, passed, observed, failing_rows, sample, result),
    )


def raised(exception_info: Mapping[str, Any]) -> str | None:
    """Return the first lines of the exception that an expectation raised, None if it raised none.

    Great Expectations reports either one `{raised_exception, exception_message}` or one such mapping per failed metric.
    """
    reports = [exception_info, *(value for value in exception_info.values() if isinstance(value, Mapping))]
    for report in reports:
        if report.get("raised_exception"):
            lines = str(report.get("exception_message") or "an exception without a message").strip().splitlines()
            return " ".join(line.strip() for line in lines[:3] if line.strip())[:_ERROR_LENGTH]
    return None


def scalar(value: object) -> Scalar:
    """Return `value` as JSON can hold it: decimals as their exact text, dates as ISO text."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case Decimal():
            return str(value)
        case datetime.date() | datetime.time():
            return value.isoformat()
        case list() | tuple():
            return ", ".join(str(scalar(item)) for item in value)
        case _ if hasattr(value, "item"):  # a number of numpy
            return scalar(value.item())
        case _:
            return str(value)


def _failing_rows(
    suite: Suite, expectation: Expectation, result: Mapping[str, Any]
) -> tuple[int | None, tuple[dict[str, Scalar], ...], str | None]:
    """Return how many rows fail, some of them, and the query for all; nothing where the rule is about the table."""
    if expectation.query is not None:
        return (
            int(result["observed_value"]),
            _sample(suite, result.get("unexpected_rows")),
            filled(suite, expectation.query),
        )
    if "unexpected_index_query" in result:
        query = str(result["unexpected_index_query"]).strip()
        return int(result["unexpected_count"] or 0), _sample(suite, result.get("partial_unexpected_index_list")), query
    return None, (), None


def _sample(suite: Suite, rows: Sequence[Mapping[str, Any]] | None) -> tuple[dict[str, Scalar], ...]:
    """Return the first failing rows, their key columns first."""
    sample = []
    for row in (rows or [])[:SAMPLE_ROWS]:
        names = [name for name in suite.key if name in row] + [name for name in row if name not in suite.key]
        sample.append({name: scalar(row[name]) for name in names})
    return tuple(sample)


def _observed(result: Mapping[str, Any], failing_rows: int | None) -> Scalar:
    if result.get("observed_value") is not None:
        return scalar(result["observed_value"])
    if failing_rows is not None:
        return failing_rows
    unexpected = result.get("partial_unexpected_list")
    return f"not expected: {scalar(unexpected)}" if unexpected else None


def _message(
    suite: Suite,
    expectation: Expectation,
    success: bool,
    observed: Scalar,
    failing_rows: int | None,
    sample: Sequence[Mapping[str, Scalar]],
    result: Mapping[str, Any],
) -> str:
    """Say what is wrong, how much of it, which rows, and why it matters; of known rows who knows them, and why."""
    known = expectation.known if failing_rows else None
    holds = ("holds but for what is known" if known else "holds") if success else "does not hold"
    sentences = [f"{suite.table}: '{expectation.sentence}' {holds}"]
    if failing_rows:
        of_all = result.get("element_count")
        of_how_many = f" of {of_all:,}" if of_all else ""
        rows = f"{failing_rows:,}{of_how_many} {'row' if failing_rows == 1 and not of_all else 'rows'}"
        share = f" ({100 * failing_rows / of_all:.2f} %)" if of_all else ""
        tolerated = "" if known or not success else ", as many as the rule tolerates"
        sentences.append(f"{rows}{share} break{'s' * (failing_rows == 1)} it{tolerated}")
    if known:
        sentences.append(f"{known.rows:,} are known (owner: {known.owner}): {known.reason}")
    if observed is not None and observed != failing_rows:
        sentences.append(f"Observed: {_readable(observed)}")
    if not success:
        if sample:
            shown = "; ".join(
                ", ".join(f"{name}={value}" for name, value in row.items()) for row in sample[:_ROWS_IN_MESSAGE]
            )
            sentences.append(f"First: {shown}")
        sentences.append(expectation.why)
    return " ".join(sentence.rstrip(".") + "." for sentence in sentences)


def _readable(value: Scalar) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else str(value)


def filled(suite: Suite, query: str | None) -> str | None:
    """Return the query with the table's name in it, as a person can run it."""
    return None if query is None else query.format(batch=suite.table).rstrip("; \n")
