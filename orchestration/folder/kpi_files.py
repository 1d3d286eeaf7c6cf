"""A company's files of KPIs, checked with their lines: own KPIs and measures, and caveats of the product's."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import LocatedYaml, Place, read_yaml
from orchestration.kpis.dictionary import Dictionary, KpiDefinition, Measure

_KEYS = ("area", "owner", "audience", "measures", "kpis", "caveats")


class _Caveat(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kpis: list[str]
    text: str


def kpi_faults(folder: Path, dictionary: Dictionary) -> list[Fault]:
    """Return what is wrong with the files of kpis/ beside the product's dictionary."""
    faults: list[Fault] = []
    known = {definition.id for definition in dictionary.kpis}
    measures = {measure.id: measure for measure in dictionary.measures}
    documents: list[tuple[LocatedYaml, dict[str, Any]]] = []
    for file in sorted((folder / "kpis").glob("*.yaml")):
        try:
            document = read_yaml(file)
        except CompanyError as error:
            faults += error.faults
            continue
        content = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
        if not isinstance(content, dict):
            faults.append(Fault(file, 1, f"must be a mapping; allowed: {', '.join(_KEYS)}"))
            continue
        faults += [
            Fault(file, document.line((key,)), f"{key}: is not known here; allowed: {', '.join(_KEYS)}")
            for key in content
            if key not in _KEYS
        ]
        documents.append((document, content))
    definitions: list[tuple[LocatedYaml, Place, KpiDefinition]] = []
    for document, content in documents:
        shared = {key: content[key] for key in ("area", "owner", "audience") if key in content}
        for place, entry in _entries(content, "measures"):
            found = _made(document, Measure, entry, place, faults)
            if found:
                measures[found.id] = found
        for place, entry in _entries(content, "kpis"):
            merged = shared | entry if isinstance(entry, dict) else entry
            definition = _made(document, KpiDefinition, merged, place, faults)
            if definition:
                if definition.id in known:
                    where = document.line((*place, "id"))
                    faults.append(
                        Fault(document.file, where, f"id: there is a KPI {definition.id} already; ids are unique")
                    )
                known.add(definition.id)
                definitions.append((document, place, definition))
    for document, place, definition in definitions:
        faults += _reference_faults(document, place, definition, measures, known)
    for document, content in documents:
        faults += _caveat_faults(document, content, known, faults)
    return faults


def _entries(content: dict[str, Any], key: str) -> Iterator[tuple[Place, Any]]:
    entries = content.get(key) or []
    yield from (
        ((key, number), entry) for number, entry in enumerate(entries if isinstance(entries, list) else [entries])
    )


def _made(document: LocatedYaml, model: type[Any], entry: object, place: Place, faults: list[Fault]) -> Any:
    try:
        return model.model_validate(entry)
    except ValidationError as error:
        faults += document.faults(error, model, under=place)
        return None


def _reference_faults(
    document: LocatedYaml, place: Place, definition: KpiDefinition, measures: dict[str, Measure], known: set[str]
) -> Iterator[Fault]:
    for part in ("numerator", "denominator"):
        for number, term in enumerate(getattr(definition, part)):
            line = document.line((*place, part, number, "measure"))
            measure = measures.get(term.measure)
            if measure is None:
                yield Fault(
                    document.file,
                    line,
                    f"no measure is called {term.measure}; measures are the statements' lines, those of the product's "
                    "measures.yaml and of kpis/",
                )
            elif (measure.kind == "flow") != (term.over == "flow"):
                allowed = "flow" if measure.kind == "flow" else "average, closing or opening"
                yield Fault(document.file, line, f"{term.measure} is a {measure.kind}; `over` must be {allowed}")
    for number, component in enumerate(definition.components):
        if component.kpi not in known:
            line = document.line((*place, "components", number, "kpi"))
            yield Fault(document.file, line, f"no KPI is called {component.kpi}")


def _caveat_faults(
    document: LocatedYaml, content: dict[str, Any], known: set[str], faults: list[Fault]
) -> Iterator[Fault]:
    for place, entry in _entries(content, "caveats"):
        caveat = _made(document, _Caveat, entry, place, faults)
        for number, kpi_id in enumerate(caveat.kpis if caveat else ()):
            if kpi_id not in known:
                yield Fault(document.file, document.line((*place, "kpis", number)), f"there is no KPI called {kpi_id}")
