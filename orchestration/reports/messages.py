"""The sentences at the top of the report: a number, what it is compared with, its cause, what it means. All generated.

Every number in them comes from the document's own parts, printed by `formats`, so that it equals the one in the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from orchestration.analysis.control_limits import Signal
from orchestration.reports import formats
from orchestration.reports.kpi_lines import Comparison, KpiLine, State
from orchestration.reports.period import Period
from orchestration.reports.profit_bridge import ProfitBridge
from orchestration.reports.quality import Quality
from orchestration.reports.statements import NO_BUDGET, Amount, Column, Statement

CAUSES_NAMED = 3
SIGNAL_WORDS = {
    Signal.ROUTINE: "within usual range",
    Signal.ABOVE: "above usual range",
    Signal.BELOW: "below usual range",
    Signal.NEAR_UPPER: "often near upper limit",
    Signal.NEAR_LOWER: "often near lower limit",
    Signal.RUN_ABOVE: "eight closings high",
    Signal.RUN_BELOW: "eight closings low",
}


@dataclass(frozen=True)
class Message:
    """One message: a few words that say what it is about, and a sentence."""

    subject: str
    text: str


def write_messages(
    period: Period,
    scale: formats.Scale,
    lines: dict[str, KpiLine],
    profit_and_loss: Statement,
    profit_bridge: ProfitBridge | None,
    quality: Quality,
) -> tuple[Message, ...]:
    """Return the messages, the most important first; what there is no data for is left out or said to be missing."""
    written = (
        _profit(lines.get("operating_profit"), profit_bridge, scale),
        _year(period, profit_and_loss, scale),
        _level("Gross margin", lines.get("gross_margin_pct"), period, scale),
        _cash(lines, period, scale),
        _signals(lines.values()),
        _trust(quality, scale),
        _missing(lines.values(), profit_and_loss),
    )
    return tuple(message for message in written if message)


def _profit(line: KpiLine | None, causes: ProfitBridge | None, scale: formats.Scale) -> Message | None:
    if line is None or line.actual.value is None:
        return None
    text = f"{_value(line, scale)}{_signal(line)}; there is no earlier closing to compare it with."
    if causes:
        unit = scale.unit(causes.currency)
        bars = causes.bridge.bars
        named = ", ".join(
            f"{_in_a_sentence(bar.name)} {formats.signed_amount(bar.printed, scale)}" for bar in bars[:CAUSES_NAMED]
        )
        change = causes.bridge.printed_end - causes.bridge.printed_start
        others = change - sum((bar.printed for bar in bars[:CAUSES_NAMED]), Decimal(0))
        rest = f", all other lines {formats.signed_amount(others, scale)}" if bars[CAUSES_NAMED:] else ""
        text = (
            f"{_value(line, scale)}, {formats.signed_amount(change, scale)} {unit} on "
            f"{causes.base.label}: effect of {named}{rest}{_on_budget(line, scale)}{_signal(line, '; ')}."
        )
    return Message("Operating profit", text)


def _year(period: Period, statement: Statement, scale: formats.Scale) -> Message | None:
    parts = []
    for code, words in (
        ("net_sales", "revenue"),
        ("operating_profit", "operating profit"),
        ("net_income", "net income"),
    ):
        actual = _amount(statement, code, Column("year_to_date", "actual"))
        base = _amount(statement, code, Column("year_to_date", "prior_year"))
        if actual is None or actual.value is None:
            continue
        against = ""
        if base and base.variance:
            relative = base.variance.relative
            against = f" ({formats.signed_share(relative)}{' %' if relative is not None else ''})"
        unit = scale.unit(statement.currency)
        parts.append(f"{words} {formats.amount(actual.value, scale)} {unit}{against}")
    if not parts:
        return None
    compared = f", against FY{period.current.fiscal_year - 1} to the same closing" if "(" in parts[0] else ""
    text = f"{', '.join(parts)}{compared}; closing {period.current.fiscal_period} of the year."
    return Message(f"{period.year} to date", f"{text[0].upper()}{text[1:]}")


def _level(subject: str, line: KpiLine | None, period: Period, scale: formats.Scale) -> Message | None:
    if line is None or line.actual.value is None:
        return None
    return Message(subject, f"{_value(line, scale)}{_against(line, period, scale)}{_signal(line)}.")


def _cash(lines: dict[str, KpiLine], period: Period, scale: formats.Scale) -> Message | None:
    flow, cycle = lines.get("free_cash_flow"), lines.get("ccc")
    parts = []
    if flow and flow.actual.value is not None:
        parts.append(f"free cash flow {_value(flow, scale)}{_signal(flow)}")
    if cycle and cycle.actual.value is not None:
        days = [
            f"{kpi_id.upper()} {formats.kpi_value(line.actual.value, 'days', scale)}"
            for kpi_id in ("dso", "dio", "dpo")
            if (line := lines.get(kpi_id)) and line.actual.value is not None
        ]
        part = " (part period)" if cycle.actual.state is State.PARTIAL else _against(cycle, period, scale)
        made_of = f" ({', '.join(days)})" if days else ""
        parts.append(f"cash conversion cycle {_value(cycle, scale)}{part}{made_of}")
    text = "; ".join(parts)
    return Message("Cash", f"{text[0].upper()}{text[1:]}.") if text else None


def _signals(lines: Iterable[KpiLine]) -> Message | None:
    judged = [line for line in lines if line.expected]
    if not judged:
        return None
    signals = [line for line in judged if line.expected and line.expected.signal is not Signal.ROUTINE]
    if not signals:
        return Message("Signals", f"None: all {len(judged)} KPIs with limits vary as they have done before.")
    named = []
    for signal, words in SIGNAL_WORDS.items():
        names = [
            _in_a_sentence(line.definition.name) for line in signals if line.expected and line.expected.signal is signal
        ]
        if names:
            named.append(f"{words}: {', '.join(names)}")
    rest = len(judged) - len(signals)
    text = f"{'; '.join(named)}. The other {rest} KPIs with limits vary as they have done before."
    return Message("Signals", f"{text[0].upper()}{text[1:]}")


def _trust(quality: Quality, scale: formats.Scale) -> Message:
    expected = [rule for rule in quality.rules if rule.is_expected_to_tie]
    tied, count = sum(rule.tied_now for rule in expected), sum(rule.count_now for rule in expected)
    broken = [gap for gap in quality.gaps if gap.is_expected_to_tie]
    known = [gap for gap in quality.gaps if not gap.is_expected_to_tie and gap.difference is not None]
    unknown = [gap for gap in quality.gaps if gap.difference is None]
    text = f"{tied} of {count} pairs of amounts that must tie at this closing do"
    text += "; what does not is in the tie-outs." if broken else "."
    largest = known[0] if known else None
    if largest and largest.difference is not None:
        unit, widest = (scale.unit(largest.currency), scale) if largest.currency else ("units", formats.ONES)
        text += (
            f" {len(known)} comparisons of the ledger with other records do not tie and are not expected to; "
            f"the widest is {_in_a_sentence(largest.name)}, {formats.signed_amount(largest.difference, widest)} {unit}."
        )
    if unknown:
        text += f" Of {len(unknown)} comparisons one side is not known."
    return Message("Tie-outs", text)


def _missing(lines: Iterable[KpiLine], statement: Statement) -> Message | None:
    lines = list(lines)
    parts = [note for note in statement.notes if note == NO_BUDGET]
    for state, words in ((State.NO_SOURCE, "No source"), (State.NO_DATA, "No data for this closing")):
        names = [line.definition.name for line in lines if line.actual.state is state]
        if names:
            parts.append(f"{words}: {', '.join(names)}.")
    return Message("Not in this report", " ".join(parts)) if parts else None


def _in_a_sentence(name: str) -> str:
    """Lower the first letter of a name unless it is an abbreviation."""
    return name if name[:2].isupper() else f"{name[:1].lower()}{name[1:]}"


def _amount(statement: Statement, code: str, column: Column) -> Amount | None:
    if column not in statement.columns:
        return None
    index = statement.columns.index(column)
    return next((row.amounts[index] for row in statement.rows if row.line_code == code), None)


def _value(line: KpiLine, report: formats.Scale) -> str:
    scale = formats.kpi_scale(line, report)
    unit = formats.kpi_unit(line.definition.unit, line.currency, scale)
    return f"{formats.reading(line.actual, line.definition.unit, scale)} {unit}".strip()


def _against(line: KpiLine, period: Period, scale: formats.Scale) -> str:
    label = period.prior_year.label if period.prior_year else ""
    return _difference(line, line.prior_year, scale, ", ", label) + _on_budget(line, scale, ", ")


def _on_budget(line: KpiLine, scale: formats.Scale, joiner: str = "; ") -> str:
    return _difference(line, line.budget, scale, joiner, "budget")


def _difference(line: KpiLine, comparison: Comparison, report: formats.Scale, joiner: str, base: str) -> str:
    change, actual, scale = comparison.variance, line.actual.value, formats.kpi_scale(line, report)
    if change is None or actual is None:
        return ""
    unit = formats.change_unit(line.definition.unit, line.currency, scale)
    return f"{joiner}{formats.kpi_change(change.absolute, actual, line.definition.unit, scale)} {unit} on {base}"


def _signal(line: KpiLine, joiner: str = ", ") -> str:
    return f"{joiner}{SIGNAL_WORDS[line.expected.signal]}" if line.expected else ""
