"""The suites as people write them: `suites/<schema>.<table>.yaml`, read and validated.

Those that hold for one company's data only are in its own folder, `<company>/suites/`.

What belongs here: the form of a suite file and the errors about it. Not here: running anything (`runner`), and nothing
that imports Great Expectations, because Dagster reads the suites each time it loads its definitions.
"""

from pathlib import Path
from typing import Annotated, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints, ValidationError, model_validator

from orchestration.errors import TieoutError, field_fault, yaml_fault

SUITES_FOLDER = Path(__file__).resolve().parent / "suites"

Severity = Literal["error", "warn"]
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
_Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class SuiteError(TieoutError):
    """A suite file is wrong. The message names each file, expectation and field, and what was expected there."""


class Known(BaseModel):
    """Failing rows that somebody has looked at and lives with: no more than `rows` of them are no warning."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: Annotated[int, Field(ge=1, strict=True, description="How many rows are known; one more is a finding again.")]
    reason: _Text = Field(description="What they are, and why they may stay.")
    owner: _Text = Field(description="Who has looked at them, and answers for them.")


class Expectation(BaseModel):
    """One rule about one table: one of Great Expectations' own types, or a query that returns the failing rows."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Name = Field(description="A sentence in snake_case, unique over all suites: the name of the Dagster check.")
    severity: Severity = Field(description="error: a failure blocks publishing. warn: it is reported.")
    why: _Text = Field(description="Why the rule is there, and what to think of when it fails.")
    type: Annotated[str, StringConstraints(pattern=r"^expect_[a-z0-9_]+$")] | None = Field(
        default=None, description="A type of Great Expectations, e.g. expect_column_values_to_be_between."
    )
    kwargs: dict[str, JsonValue] = Field(default_factory=dict, description="The arguments of `type`.")
    query: _Text | None = Field(
        default=None,
        description="SQL that returns the failing rows; {batch} stands for the table, {{ and }} for braces.",
    )
    observe: _Text | None = Field(
        default=None, description="SQL that returns the one value to report as observed; {batch} stands for the table."
    )

    known: Known | None = Field(
        default=None, description="Failing rows that are no finding; not for a rule about the table as a whole."
    )

    @model_validator(mode="after")
    def _is_one_kind(self) -> Self:
        if (self.type is None) == (self.query is None):
            raise ValueError("give either `type` with `kwargs`, or `query`")
        if self.type is not None and "regex" in self.type:
            raise ValueError(
                "Great Expectations has no regular expressions for DuckDB: use a `query` with regexp_full_match"
            )
        if self.query is not None and self.kwargs:
            raise ValueError("`kwargs` belong to `type`; a `query` takes none")
        for name, sql in (("query", self.query), ("observe", self.observe)):
            if sql is not None:
                _check_placeholders(name, sql)
        return self

    @property
    def sentence(self) -> str:
        """The rule in words: its id as a sentence."""
        return self.id.replace("_", " ").capitalize()


class Suite(BaseModel):
    """The expectations about one table."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    table: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")] = Field(
        description="The checked table: schema.table."
    )
    asset: list[_Text] = Field(min_length=1, description="The Dagster asset key that the checks belong to.")
    key: list[_Text] = Field(min_length=1, description="The columns that name a row, shown for failing rows.")
    description: _Text
    expectations: list[Expectation] = Field(min_length=1)
    folder: str = Field(default="expectations/suites", description="The folder of its file; set on reading.")

    @property
    def schema_name(self) -> str:
        """The table's schema."""
        return self.table.split(".")[0]

    @property
    def table_name(self) -> str:
        """The table's name without its schema."""
        return self.table.split(".")[1]

    @property
    def file_name(self) -> str:
        """The file that declares this suite, as people know it."""
        return str(Path(self.folder, f"{self.table}.yaml"))


def load_suites(folder: Path = SUITES_FOLDER, company: Path | None = None) -> list[Suite]:
    """Read every suite file of `folder`, the product's, and of the company's folder `company`, in order of their names.

    Returns one Suite per file. Raises SuiteError, naming every mistake in every file, when a file is no YAML, a field
    is missing, unknown or wrong, a file is not named after its table, or an id is used twice.
    """
    mistakes: list[str] = []
    suites: list[Suite] = []
    for file in sorted([*folder.glob("*.yaml"), *(company.glob("*.yaml") if company else ())]):
        try:
            suites.append(_read_suite(file))
        except SuiteError as error:
            mistakes.append(str(error))
    first_use: dict[str, str] = {}
    for suite in suites:
        for expectation in suite.expectations:
            used_in = first_use.setdefault(expectation.id, suite.table)
            if used_in is not suite.table or _count(suite, expectation.id) > 1:
                mistakes.append(
                    f"{suite.table}.yaml, expectation '{expectation.id}', field 'id': is also used in {used_in}.yaml; "
                    "ids are unique over all suites, because each is the name of a check"
                )
    if not suites and not mistakes:
        mistakes.append(f"{folder}: has no suite (*.yaml)")
    if mistakes:
        told = "".join(f"\n  {line}" for mistake in dict.fromkeys(mistakes) for line in mistake.splitlines())
        raise SuiteError(f"The expectation suites below {folder} cannot be read; mend them and run again.{told}")
    return suites


def _read_suite(file: Path) -> Suite:
    name = "/".join(file.parts[-2:])
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SuiteError(f"{name}: is not valid YAML: {yaml_fault(error)}") from error
    if not isinstance(content, dict):
        raise SuiteError(f"{name}: must be a mapping with table, asset, key, description and expectations")
    try:
        suite = Suite.model_validate(content)
    except ValidationError as error:
        raise SuiteError("\n".join(_mistakes(name, content, error))) from error
    if file.name != f"{suite.table}.yaml":
        raise SuiteError(f"{name}, field 'table': is {suite.table}, so the file must be named {suite.table}.yaml")
    return suite.model_copy(update={"folder": "/".join(file.parent.parts[-2:])})


def _mistakes(file_name: str, content: dict[str, object], error: ValidationError) -> list[str]:
    """One line per mistake: file, expectation (by its id where it has one), field, what is wrong and what was given."""
    lines = []
    for mistake in error.errors(include_url=False):
        place = list(mistake["loc"])
        where = [file_name]
        if place[:1] == ["expectations"] and len(place) > 1:
            where.append(f"expectation {_label(content['expectations'], place[1])}")
            place = place[2:]
        if place:
            where.append(f"field '{'.'.join(str(part) for part in place)}'")
        given = "" if isinstance(mistake["input"], dict | list) else f" (given: {mistake['input']!r})"
        lines.append(f"{', '.join(where)}: {field_fault(mistake)}{given}")
    return lines


def _label(expectations: object, position: int | str) -> str:
    if isinstance(expectations, list) and isinstance(position, int):
        item = expectations[position]
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            return f"'{item['id']}'"
        return f"number {position + 1}"
    return str(position)


def _check_placeholders(name: str, sql: str) -> None:
    try:
        rest = sql.format(batch="")
    except (KeyError, IndexError, ValueError) as error:
        raise ValueError(f"`{name}` has a brace that is not {{batch}}; write braces of SQL twice ({error})") from error
    if rest == sql:
        raise ValueError(f"`{name}` must name the checked table as {{batch}}")


def _count(suite: Suite, expectation_id: str) -> int:
    return sum(expectation.id == expectation_id for expectation in suite.expectations)
