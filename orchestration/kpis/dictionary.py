"""The KPI dictionary: what each KPI is called, means, and is computed from.

One definition serves the mart, the report, the checks and the docs. This module reads `dictionary/*.yaml` and
a company's `kpis/caveats.yaml`, validates them, and says in words what is wrong. It computes no KPI: the dbt model
`kpi_value` does, from the terms that `warehouse_rows` turns the definitions into.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, Protocol, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from orchestration.errors import TieoutError, field_fault, yaml_fault

DICTIONARY_FOLDER = Path(__file__).parent / "dictionary"

PeriodType = Literal["month", "quarter", "ytd", "year", "ttm"]
Unit = Literal["currency", "ratio", "days", "times", "count", "hours", "seconds"]
MeasureKind = Literal["flow", "balance"]
POLARITY = {"higher": 1, "lower": -1, "neutral": 0}


class DictionaryError(TieoutError):
    """The dictionary says something that cannot be; the message names the file and the entry."""


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Line(Protocol):
    """A line of a statement in some layout: a measure, too."""

    @property
    def statement(self) -> str:
        """The statement that it is in."""

    @property
    def line_code(self) -> str:
        """Its code."""

    @property
    def line_name(self) -> str:
        """Its name."""


Model = TypeVar("Model", bound=_Entry)

Needs = dict[str, tuple[str, ...]]
"""Columns of tables of the contract, by table."""


class Measure(_Entry):
    """A quantity that KPIs are computed from, at the grain entity by closing."""

    id: str
    name: str
    kind: MeasureKind
    unit: Unit
    description: str
    needs: tuple[Needs, ...] = Field(
        default=(), description="What it is made of: all of one of these. Of a statement's line: the ledger."
    )
    roles: tuple[str, ...] = Field(default=(), description="The roles of the statement's lines that it is the sum of.")
    statement: Literal["profit_and_loss", "balance_sheet", "cash_flow"] | None = None
    side: Literal["debit", "credit"] = Field(default="credit", description="Of roles: which side counts positive.")

    @model_validator(mode="after")
    def _has_a_statement_for_its_roles(self) -> "Measure":
        if bool(self.roles) != bool(self.statement):
            raise ValueError("roles and statement go together: a role is one of the lines of a statement")
        return self


class Term(_Entry):
    """One summand of a numerator or denominator."""

    measure: str
    weight: int = 1
    over: Literal["flow", "average", "closing", "opening"] = "flow"
    times_days: bool = False
    scenario: Literal["actual", "budget"] | None = None


class Caveat(_Entry):
    """What distorts some KPIs of one company's data."""

    kpis: tuple[str, ...]
    text: str


class Component(_Entry):
    """One summand of a KPI that is a sum of other KPIs."""

    kpi: str
    weight: int = 1


class KpiDefinition(_Entry):
    """One KPI. Either `numerator` (and `denominator`) or `components` says how it is computed."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    area: str
    owner: str
    audience: str
    description: str
    formula: str
    unit: Unit
    polarity: Literal["higher", "lower", "neutral"]
    periods: tuple[PeriodType, ...] = ("month", "quarter", "ytd", "year", "ttm")
    default_period: PeriodType = "month"
    numerator: tuple[Term, ...] = ()
    denominator: tuple[Term, ...] = ()
    components: tuple[Component, ...] = ()
    domain: Literal["positive", "any"] = "positive"
    """What the denominator may be; outside of it the KPI has no value."""
    minimum: Decimal | None = None
    """The smallest denominator, in absolute terms, for which the KPI means something."""
    standard: str | None = None
    notes: str | None = None
    caveat: str | None = None

    @model_validator(mode="after")
    def _is_computable(self) -> "KpiDefinition":
        if bool(self.numerator) == bool(self.components):
            raise ValueError("give either numerator (and denominator) or components, one of the two")
        if self.components and self.denominator:
            raise ValueError("a KPI made of components has no denominator")
        if self.default_period not in self.periods:
            raise ValueError(f"default_period {self.default_period} is not among periods {', '.join(self.periods)}")
        return self

    @property
    def additivity(self) -> str:
        """How the KPI adds up: `additive`, `semi_additive` (a balance), `ratio` or `composite`."""
        if self.components:
            return "composite"
        if self.denominator:
            return "ratio"
        return "additive" if all(term.over == "flow" for term in self.numerator) else "semi_additive"


@dataclass(frozen=True)
class Dictionary:
    """The whole dictionary, validated."""

    kpis: tuple[KpiDefinition, ...]
    measures: tuple[Measure, ...]

    def kpi(self, kpi_id: str) -> KpiDefinition:
        """Return the KPI called `kpi_id`; DictionaryError when there is none."""
        for definition in self.kpis:
            if definition.id == kpi_id:
                return definition
        raise DictionaryError(f"no KPI is called {kpi_id}; `kpi.kpi_definition` lists those that are")


def load_dictionary(
    folder: Path = DICTIONARY_FOLDER,
    caveats_file: Path | None = None,
    *,
    statement_lines: Iterable[Line],
    lines_elsewhere: Iterable[Line] = (),
) -> Dictionary:
    """Read and validate the dictionary, with the caveats that the data of a company need.

    `statement_lines` are those of the company's layout: each is a measure too, a balance on the balance sheet and a
    flow elsewhere. A measure of roles is there where the layout has no line of its id, so that every layout has it. A
    KPI may speak of `lines_elsewhere` too, which only other layouts have; it is then empty.
    DictionaryError names the file and the entry that is wrong.
    """
    measures = list(_statement_measures(statement_lines))
    of_lines = {measure.id for measure in measures}
    definitions: list[KpiDefinition] = []
    files: dict[str, Path] = {}
    for file in sorted(folder.glob("*.yaml")):
        content = _read_yaml(file)
        needs = content.get("needs", {})
        for entry in _entries(content, "measures", file):
            known = {"needs": needs[entry["id"]]} if isinstance(entry, dict) and entry.get("id") in needs else {}
            measure = _build(Measure, entry | known, file)
            if not (measure.roles and measure.id in of_lines):  # the layout has a line that is called so
                measures.append(measure)
        shared = {key: content[key] for key in ("area", "owner", "audience") if key in content}
        for entry in _entries(content, "kpis", file):
            definition = _build(KpiDefinition, shared | entry, file)
            if definition.id in files:
                raise DictionaryError(f"{file}, {definition.id}: is defined in {files[definition.id]} already")
            files[definition.id] = file
            definitions.append(definition)
    if caveats_file is not None:
        definitions = _with_caveats(definitions, caveats_file)
    dictionary = Dictionary(kpis=tuple(definitions), measures=tuple(measures))
    _check_references(dictionary, files, _statement_measures(lines_elsewhere))
    return dictionary


def caveats_of(company: Path) -> Path | None:
    """Return the file of what distorts the KPIs of a company's data, None where nothing is known to."""
    file = company / "kpis" / "caveats.yaml"
    return file if file.exists() else None


def _statement_measures(lines: Iterable[Line]) -> Iterator[Measure]:
    for line in lines:
        yield Measure(
            id=line.line_code,
            name=line.line_name,
            kind="balance" if line.statement == "balance_sheet" else "flow",
            unit="currency",
            description=f"Line of the {line.statement.replace('_', ' ')}.",
        )


def _read_yaml(file: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise DictionaryError(f"{file} is not YAML: {yaml_fault(error)}") from error
    if not isinstance(content, dict):
        raise DictionaryError(f"{file} must be a mapping with the keys measures, kpis or caveats")
    return content


def _entries(content: dict[str, Any], key: str, file: Path) -> list[dict[str, Any]]:
    """Return the entries below a key, none if it is not there."""
    entries = content.get(key) or []
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise DictionaryError(f"{file}, {key}: must be a list of entries with keys and values, indented below it")
    return entries


def _build(model: type[Model], entry: dict[str, Any], file: Path) -> Model:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc']) or 'entry'}: {field_fault(problem)}"
            for problem in error.errors()
        )
        raise DictionaryError(f"{file}, {entry.get('id', entry)}: {problems}") from error


def _with_caveats(definitions: list[KpiDefinition], caveats_file: Path) -> list[KpiDefinition]:
    texts: dict[str, str] = {}
    known = {definition.id for definition in definitions}
    for entry in _entries(_read_yaml(caveats_file), "caveats", caveats_file):
        caveat = _build(Caveat, entry, caveats_file)
        for kpi_id in caveat.kpis:
            if kpi_id not in known:
                raise DictionaryError(f"{caveats_file}: there is no KPI called {kpi_id}")
            texts[kpi_id] = f"{texts[kpi_id]} {caveat.text}" if kpi_id in texts else caveat.text
    return [definition.model_copy(update={"caveat": texts.get(definition.id)}) for definition in definitions]


def _check_references(dictionary: Dictionary, files: dict[str, Path], elsewhere: Iterable[Measure]) -> None:
    measures = {measure.id: measure for measure in elsewhere}
    measures |= {measure.id: measure for measure in dictionary.measures}
    for definition in dictionary.kpis:
        place = f"{files[definition.id]}, {definition.id}"
        for term in (*definition.numerator, *definition.denominator):
            measure = measures.get(term.measure)
            if measure is None:
                raise DictionaryError(
                    f"{place}: no measure is called {term.measure}; measures are the lines of the statements' layout "
                    "and the entries of measures.yaml"
                )
            if (measure.kind == "flow") != (term.over == "flow"):
                allowed = "flow" if measure.kind == "flow" else "average, closing or opening"
                raise DictionaryError(f"{place}: {term.measure} is a {measure.kind}; `over` must be {allowed}")
        for component in definition.components:
            if component.kpi not in files:
                raise DictionaryError(f"{place}: no KPI is called {component.kpi}")
