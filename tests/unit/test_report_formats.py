"""Numbers in print: figures, signs, units, and what is said when there is none."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestration.analysis.variance import Effect, variance
from orchestration.reports import formats
from orchestration.reports.formats import MILLIONS, ONES, THOUSANDS


@pytest.mark.parametrize(
    ("value", "unit", "printed"),
    [
        ("3571492.52", "currency", "3,571"),
        ("40483.11", "currency", "40.5"),
        ("-886000", "currency", "−886"),
        ("0.649198", "ratio", "64.9"),
        ("0.0387", "ratio", "3.87"),
        ("1", "ratio", "100"),
        ("125.41", "days", "125"),
        ("47.329", "days", "47.3"),
        ("3.078", "times", "3.08"),
        ("2341", "count", "2,341"),
        ("0", "ratio", "0.000"),
    ],
)
def test_a_kpi_is_printed_to_three_figures_and_counts_are_whole(value: str, unit: str, printed: str) -> None:
    assert formats.kpi_value(Decimal(value), unit, THOUSANDS) == printed


@pytest.mark.parametrize(
    ("change", "value", "unit", "printed"),
    [
        ("-239937", "3571492", "currency", "−240"),
        ("-0.0364", "0.6492", "ratio", "−3.6"),
        ("0.0026", "0.0387", "ratio", "+0.26"),
        ("-0.54", "125.4", "days", "−0.5"),
        ("0", "2341", "count", "0"),
        ("101", "2341", "count", "+101"),
    ],
)
def test_a_variance_carries_its_sign(change: str, value: str, unit: str, printed: str) -> None:
    assert formats.kpi_change(Decimal(change), Decimal(value), unit, THOUSANDS) == printed


def test_the_scale_is_by_the_largest_amount() -> None:
    assert formats.scale_for([]) == ONES
    assert formats.scale_for([Decimal(5), None, Decimal(-1_999_999)]) == ONES
    assert formats.scale_for([Decimal(5), Decimal(-2_000_000)]) == THOUSANDS
    assert formats.scale_for([Decimal(1_999_999_999)]) == THOUSANDS
    assert formats.scale_for([Decimal(2_000_000_000)]) == MILLIONS
    assert (ONES.unit("USD"), THOUSANDS.unit("EUR"), MILLIONS.unit("CAD")) == ("USD", "k EUR", "m CAD")


def test_what_rounds_to_nothing_has_no_sign() -> None:
    assert formats.signed(Decimal("-0.4")) == "0"
    assert formats.signed(Decimal("0.04"), 1) == "0.0"
    assert formats.number(Decimal("-0.4")) == "0"


@given(st.decimals(-(10**12), 10**12, places=2), st.integers(0, 3))
def test_a_printed_number_is_within_half_a_unit_of_its_value(value: Decimal, decimals: int) -> None:
    printed = Decimal(formats.number(value, decimals).replace(",", "").replace(formats.MINUS, "-"))
    assert abs(printed - value) <= Decimal("0.5").scaleb(-decimals)


@given(st.decimals(-(10**12), 10**12, places=6))
def test_the_exact_form_loses_nothing(value: Decimal) -> None:
    assert Decimal(formats.exact(value)) == value
    assert "E" not in formats.exact(value)


@pytest.mark.parametrize(
    ("actual", "base", "relative"),
    [
        ("5", "0", None),
        ("5", "-5", None),
        ("-5", "5", None),
        ("5", "0.4", None),
        ("5", "4", "0.25"),
        ("-5", "-4", "-0.25"),
    ],
)
def test_a_share_of_a_base_near_zero_or_of_the_other_sign_is_not_meaningful(
    actual: str, base: str, relative: str | None
) -> None:
    result = variance(Decimal(actual), Decimal(base), polarity=1)
    assert result.relative == (None if relative is None else Decimal(relative))
    assert formats.signed_share(None) == "n.m."


@pytest.mark.parametrize(("polarity", "rise"), [(1, Effect.GOOD), (-1, Effect.BAD), (0, Effect.NEUTRAL)])
def test_polarity_decides_what_a_rise_means(polarity: int, rise: Effect) -> None:
    assert variance(Decimal(2), Decimal(1), polarity=polarity).effect is rise
    assert variance(Decimal(1), Decimal(1), polarity=polarity).effect is Effect.NEUTRAL


def test_ratios_vary_in_points_not_in_percent_of_themselves() -> None:
    result = variance(Decimal("0.6"), Decimal("0.5"), polarity=1, is_ratio=True)
    assert (result.absolute, result.relative) == (Decimal("0.1"), None)
    assert formats.change_unit("ratio", None, THOUSANDS) == "pp"
