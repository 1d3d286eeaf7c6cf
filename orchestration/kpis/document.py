"""The KPI dictionary as a page for people: docs/kpi-dictionary.md."""

from itertools import groupby

from orchestration.kpis.dictionary import Dictionary, KpiDefinition, Term

_PERIODS = {
    "month": "closing",
    "quarter": "fiscal quarter",
    "ytd": "year to date",
    "year": "fiscal year",
    "ttm": "twelve closings",
}
_POLARITY = {"higher": "higher is better", "lower": "lower is better", "neutral": "neither higher nor lower is better"}
_OVER = {"average": "average of ", "closing": "closing ", "opening": "opening "}


def dictionary_page(dictionary: Dictionary) -> str:
    """Return the dictionary as Markdown: a section per area, an entry per KPI."""
    lines = [
        "# KPI dictionary",
        "",
        "Made from `orchestration/kpis/dictionary/` by `make docs`; edit the definitions there. The mart, the report "
        "and the checks use the same definitions.",
        "",
    ]
    names = {definition.id: definition.name for definition in dictionary.kpis}
    measures = {measure.id: measure.name for measure in dictionary.measures}
    for area, definitions in groupby(sorted(dictionary.kpis, key=lambda kpi: kpi.area), key=lambda kpi: kpi.area):
        lines += [f"## {area.capitalize()}", ""]
        for definition in definitions:
            lines += _entry(definition, names, measures)
    return "\n".join(lines)


def _entry(definition: KpiDefinition, names: dict[str, str], measures: dict[str, str]) -> list[str]:
    periods = ", ".join(_PERIODS[period] for period in definition.periods)
    lines = [
        f"### {definition.name}",
        f"`{definition.id}`. {definition.description}",
        "",
        f"- Formula: {definition.formula}",
        f"- Computed as: {_computation(definition, names, measures)}",
        f"- Unit: {definition.unit}; {_POLARITY[definition.polarity]}; {definition.additivity.replace('_', '-')}",
        f"- Periods: {periods}; best read by {_PERIODS[definition.default_period]}",
        f"- Owner: {definition.owner}; for: {definition.audience}",
    ]
    lines += [f"- Standard: {definition.standard}"] if definition.standard else []
    lines += [f"- Note: {definition.notes}"] if definition.notes else []
    return [*lines, ""]


def _computation(definition: KpiDefinition, names: dict[str, str], measures: dict[str, str]) -> str:
    if definition.components:
        parts = [(component.weight, names[component.kpi]) for component in definition.components]
        return _sum(parts)
    numerator = _sum([(term.weight, _term(term, measures)) for term in definition.numerator])
    if not definition.denominator:
        return numerator
    denominator = _sum([(term.weight, _term(term, measures)) for term in definition.denominator])
    return f"({numerator}) / ({denominator})"


def _term(term: Term, measures: dict[str, str]) -> str:
    scenario = f" ({term.scenario})" if term.scenario else ""
    days = " × days" if term.times_days else ""
    return f"{_OVER.get(term.over, '')}{measures[term.measure]}{scenario}{days}"


def _sum(parts: list[tuple[int, str]]) -> str:
    text = ""
    for weight, name in parts:
        sign = "−" if weight < 0 else "+"
        factor = "" if abs(weight) == 1 else f"{abs(weight)} × "
        text += f" {sign} {factor}{name}" if text or weight < 0 else f"{factor}{name}"
    return text.strip()
