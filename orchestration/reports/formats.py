"""How numbers are printed: units, decimals, signs, the words for a number that is not there. Rounding is only here.

Amounts of money are in ones, thousands (k) or millions (m) of a currency code, one of them for the whole report.
Variances carry a sign, plain values only a minus.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orchestration.analysis.rounding import round_half_up
from orchestration.reports.kpi_lines import KpiLine, Reading, State

MINUS = "−"
NOT_MEANINGFUL = "n.m."
SIGNIFICANT_FIGURES = 3
CENTS = 2
HUNDRED = Decimal(100)
_WINDOWS = {
    "month": "the closing",
    "quarter": "quarter to date",
    "ytd": "year to date",
    "year": "fiscal year",
    "ttm": "twelve closings",
}
_UNITS = {"ratio": "%", "days": "days", "times": "×", "count": "", "hours": "h", "seconds": "s"}
_POINTS = "pp"


@dataclass(frozen=True)
class Scale:
    """What amounts of a report are divided by, the letter that says so, and its words."""

    letter: str
    divisor: Decimal
    words: str

    def unit(self, currency: str) -> str:
        """Return the unit's name, such as `k USD`."""
        return f"{self.letter} {currency}".strip()


ONES = Scale("", Decimal(1), "ones")
THOUSANDS = Scale("k", Decimal(1_000), "thousands (k)")
MILLIONS = Scale("m", Decimal(1_000_000), "millions (m)")


def scale_for(values: Iterable[Decimal | None]) -> Scale:
    """Return the scale for the largest of `values`: millions from two billion, thousands from two million, else ones.

    What most lines of a statement hold is a fiftieth of its largest amount or less: three to six digits are usual.
    """
    largest = max((abs(value) for value in values if value is not None), default=Decimal(0))
    return next((scale for scale in (MILLIONS, THOUSANDS) if largest >= 2_000 * scale.divisor), ONES)


def kpi_scale(line: KpiLine, report: Scale) -> Scale:
    """Return the scale of a KPI's amounts: the report's, but an amount per unit (per order, say) has its own."""
    return scale_for([line.actual.value]) if line.definition.additivity == "ratio" else report


def number(value: Decimal, decimals: int = 0) -> str:
    """Print `value` with a thousands separator; -0 is 0."""
    rounded = round_half_up(value, Decimal(1).scaleb(-decimals))
    return f"{abs(rounded) if rounded == 0 else rounded:,.{decimals}f}".replace("-", MINUS)


def signed(value: Decimal, decimals: int = 0) -> str:
    """Print `value` with its sign; what rounds to nothing has none."""
    text = number(value, decimals)
    return text if text.startswith(MINUS) or not any(digit in text for digit in "123456789") else f"+{text}"


def amount(value: Decimal, scale: Scale) -> str:
    """Print an amount in whole units of `scale`."""
    return number(value / scale.divisor)


def signed_amount(value: Decimal, scale: Scale) -> str:
    """Print a variance of amounts in whole units of `scale`."""
    return signed(value / scale.divisor)


def share(value: Decimal | None, decimals: int = 1) -> str:
    """Print a fraction as a percentage without the sign %; None is not meaningful."""
    return NOT_MEANINGFUL if value is None else number(value * HUNDRED, decimals)


def signed_share(value: Decimal | None, decimals: int = 1) -> str:
    """Print a relative variance, a fraction, as a percentage without the sign %; None is not meaningful."""
    return NOT_MEANINGFUL if value is None else signed(value * HUNDRED, decimals)


def kpi_unit(unit: str, currency: str | None, scale: Scale) -> str:
    """Return the unit that a KPI's value is printed in."""
    return scale.unit(currency or "") if unit == "currency" else _UNITS[unit]


def kpi_value(value: Decimal, unit: str, scale: Scale) -> str:
    """Print a KPI's value to three significant figures; counts are whole, and amounts have cents at most."""
    scaled = _scaled(value, unit, scale)
    return number(scaled, _decimals(scaled, unit))


def kpi_change(change: Decimal, value: Decimal, unit: str, scale: Scale) -> str:
    """Print a KPI's absolute variance with no more decimals than its `value`; points and days have at least one."""
    decimals = _decimals(_scaled(value, unit, scale), unit)
    if unit in ("ratio", "days"):
        decimals = max(1, min(decimals, _decimals(_scaled(change, unit, scale), unit)))
    return signed(_scaled(change, unit, scale), decimals)


def change_unit(unit: str, currency: str | None, scale: Scale) -> str:
    """Return the unit of a KPI's absolute variance: percentage points for ratios."""
    return _POINTS if unit == "ratio" else kpi_unit(unit, currency, scale)


def reading(value: Reading, unit: str, scale: Scale) -> str:
    """Print a reading, or the words for what is not there."""
    return str(value.state) if value.value is None else kpi_value(value.value, unit, scale)


def why_not_compared(actual: Reading, base: Reading) -> str:
    """Say in a word or two why two readings have no variance."""
    for side in (actual, base):
        if side.state is State.PARTIAL:
            return "part period"
    return "–"


def window(period_type: str) -> str:
    """Return the words for a KPI's window."""
    return _WINDOWS[period_type]


def date(day: dt.date) -> str:
    """Print a date, such as `29 Nov 2013`."""
    return f"{day.day} {day:%b %Y}"


def timestamp(moment: dt.datetime) -> str:
    """Print a UTC timestamp to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def exact(value: Decimal) -> str:
    """Print a value as the mart holds it, for a machine: no separators, no trailing zeros, no exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scaled(value: Decimal, unit: str, scale: Scale) -> Decimal:
    if unit == "currency":
        return value / scale.divisor
    return value * HUNDRED if unit == "ratio" else value


def _decimals(scaled: Decimal, unit: str) -> int:
    if unit == "count":
        return 0
    whole_digits = len(str(int(abs(scaled)))) if abs(scaled) >= 1 else 0
    return min(max(SIGNIFICANT_FIGURES - whole_digits, 0), CENTS if unit == "currency" else SIGNIFICANT_FIGURES)
