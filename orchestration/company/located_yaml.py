"""YAML whose every value knows its line, and whose scalars stay text: `0170`, `NO` and `1e5` are what was written.

Types are given by the pydantic model that takes the values, not guessed by YAML.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from orchestration.company.errors import CompanyError, Fault

Place = tuple[int | str, ...]


@dataclass
class LocatedYaml:
    """A YAML document: its values, and the line of each."""

    file: Path
    value: Any
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, place: Sequence[int | str]) -> int:
        """Return the line of a value, or of the nearest thing around it that is there."""
        return self.lines.get(self.known(place), 1)

    def known(self, place: Sequence[int | str]) -> Place:
        """Return the part of a pydantic location that the file has: tags of unions and what is missing are left out."""
        found: Place = ()
        for part in place:
            if (*found, part) in self.lines:
                found = (*found, part)
        return found

    def faults(
        self,
        error: ValidationError,
        model: type[BaseModel],
        *,
        under: Place = (),
        shows: Callable[[Place, object], bool] = lambda _place, value: isinstance(value, str),
    ) -> list[Fault]:
        """Return what pydantic found while it made `model`, each with its line, its field and what is allowed.

        `under` is where in the file the model's values are; `shows` says which value may be told.
        """
        schema = model.model_json_schema()
        findings = error.errors(include_url=False)
        of_items = {tuple(finding["loc"][:length]) for finding in findings for length in range(len(finding["loc"]))}
        return [
            self._fault(finding, schema, under, shows)
            for finding in findings
            if not (finding["type"] == "too_short" and tuple(finding["loc"]) in of_items)  # its items are at fault
        ]

    def _fault(
        self, finding: Mapping[str, Any], schema: dict[str, Any], under: Place, shows: Callable[[Place, object], bool]
    ) -> Fault:
        place = (*under, *finding["loc"])
        known = self.known(place)
        missing = [str(part) for part in place if part not in known][-1:] if finding["type"] == "missing" else []
        where = ".".join([*map(str, known), *missing])
        given = finding["input"]
        shown = f" (it is {given!r})" if not missing and shows(place, given) else ""
        message = f"{_in_words(finding)}{shown}"
        if finding["type"] == "extra_forbidden":
            message = f"is not known here; allowed: {', '.join(_fields(schema, finding['loc'][:-1]))}"
        return Fault(self.file, self.line(place), f"{where}: {message}" if where else message)


def read_yaml(file: Path) -> LocatedYaml:
    """Read a file of one YAML document. Raises `CompanyError` if it is no YAML, or says one key twice."""
    try:
        node = yaml.compose(file.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise CompanyError([Fault(file, line, f"this is not YAML: {error.problem or error}")]) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CompanyError([Fault(file, None, f"this is not YAML: {error}")]) from error
    except OSError as error:
        raise CompanyError([Fault(file, None, f"cannot be read: {error.strerror}")]) from error
    document = LocatedYaml(file, None)
    faults: list[Fault] = []
    document.value = {} if node is None else _value(node, (), document, faults, ())
    if faults:
        raise CompanyError(faults)
    return document


def _value(
    node: yaml.Node, place: Place, document: LocatedYaml, faults: list[Fault], above: tuple[yaml.Node, ...]
) -> Any:
    if any(node is other for other in above):
        faults.append(Fault(document.file, node.start_mark.line + 1, "an alias stands within what it stands for"))
        return None
    above = (*above, node)
    document.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Any] = {}
        for key, child in node.value:
            name = str(key.value)
            if name in mapping:
                faults.append(Fault(document.file, key.start_mark.line + 1, f"{name}: is said twice; keep one"))
                continue
            document.lines[(*place, name)] = key.start_mark.line + 1
            mapping[name] = _value(child, (*place, name), document, faults, above)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(child, (*place, number), document, faults, above) for number, child in enumerate(node.value)]
    is_plain = getattr(node, "style", None) is None
    return None if is_plain and node.value in {"", "~", "null"} else node.value


def _in_words(finding: Mapping[str, Any]) -> str:
    kind, context = finding["type"], finding.get("ctx", {})
    match kind:
        case "missing":
            return "is missing"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "must be a mapping, lines of name: value"
        case "union_tag_not_found":
            return f"{str(context['discriminator']).strip(chr(39))} is missing"
        case "union_tag_invalid":
            field = context["discriminator"].strip("'")
            return f"{field} is {context['tag']!r}; allowed: {context['expected_tags']}"
        case "literal_error":
            return f"allowed: {context['expected']}"
    return str(finding["msg"]).removeprefix("Value error, ")


def _fields(schema: dict[str, Any], place: Sequence[int | str]) -> list[str]:
    """Return the names that a mapping at a pydantic location may have, from the model's JSON schema."""
    found = _unfolded(schema, schema)
    for part in place:
        deeper: list[dict[str, Any]] = []
        for one in found:
            if isinstance(part, int):
                deeper += _unfolded(one.get("items", {}), schema)
            elif part in one.get("properties", {}):
                deeper += _unfolded(one["properties"][part], schema)
            elif isinstance(one.get("additionalProperties"), dict):
                deeper += _unfolded(one["additionalProperties"], schema)
            elif part in {one.get("properties", {}).get("kind", {}).get("const")}:
                deeper.append(one)
        found = deeper
    return list(dict.fromkeys(name for one in found for name in one.get("properties", {})))


def _unfolded(part: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    if "$ref" in part:
        return _unfolded(schema["$defs"][part["$ref"].rsplit("/", 1)[-1]], schema)
    choices = part.get("anyOf", part.get("oneOf"))
    return [one for choice in choices for one in _unfolded(choice, schema)] if choices else [part]
