"""The results of the checks that publishing relies on: what they look like, reading them, and whether they forbid it.

Belongs here: the hand-over from dbt and Great Expectations. Running the checks does not.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, ValidationError

from orchestration.warehouse.errors import CheckResultsUnusable, PublicationBlocked

_SAMPLE_SHOWN = 5


class CheckRow(BaseModel):
    """One check of the warehouse that is to be published; a row of `meta.check_result`."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    check_id: str
    engine: str = Field(description="dbt, great_expectations or landing")
    table_name: str = Field(description="schema.table; of landing, system.table")
    severity: Literal["error", "warn"] = Field(description="error: a failure forbids publishing")
    status: Literal["pass", "warn", "fail"]
    observed: JsonValue = None
    failing_rows: int | None = None
    message: str | None = None
    sample_rows: list[dict[str, JsonValue]] = Field(default_factory=list, description="some failing rows, or keys")

    @property
    def blocks(self) -> bool:
        """Whether this result forbids publishing."""
        return self.severity == "error" and self.status == "fail"

    @property
    def observed_text(self) -> str | None:
        """The observed value as text; what is no text already, as JSON."""
        if self.observed is None or isinstance(self.observed, str):
            return self.observed
        return json.dumps(self.observed, sort_keys=True)


_ROWS = TypeAdapter(list[CheckRow])


def read_check_results(files: Sequence[Path], *, built_at: datetime | None = None) -> list[CheckRow]:
    """Read the checks' hand-over files, each a JSON list of `CheckRow`, into one list.

    `built_at`: when the warehouse was last written (UTC). Results from before then speak of another warehouse.
    Raises `CheckResultsUnusable` if a file is missing, is not such a list, or is older: no results are never a pass.
    """
    rows: list[CheckRow] = []
    for file in files:
        try:
            written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            rows += _ROWS.validate_json(file.read_bytes())
        except FileNotFoundError as error:
            raise CheckResultsUnusable(
                f"There are no check results at {file}, so nothing is published. "
                "Run `tieout run`: it checks before it publishes."
            ) from error
        except (ValidationError, OSError) as error:
            raise CheckResultsUnusable(
                f"The check results at {file} cannot be used, so nothing is published: {_reason(error)}. "
                "Run `tieout run`, which writes them again."
            ) from error
        if built_at is not None and written_at < built_at:
            raise CheckResultsUnusable(
                f"The check results at {file} ({written_at:%Y-%m-%d %H:%M:%S} UTC) are older than the warehouse "
                f"({built_at:%Y-%m-%d %H:%M:%S} UTC), so nothing is published. "
                "Run `tieout run`, which checks what it has built."
            )
    return rows


def refuse_if_blocked(checks: Iterable[CheckRow], published: Path) -> None:
    """Do nothing if publishing to `published` is allowed.

    Raises `PublicationBlocked` if a check of severity error failed, naming each one, its table, its number of failing
    rows and some of them.
    """
    blocking = sorted((check for check in checks if check.blocks), key=lambda check: (check.table_name, check.check_id))
    if not blocking:
        return
    count = "1 blocking check" if len(blocking) == 1 else f"{len(blocking)} blocking checks"
    raise PublicationBlocked(
        "\n".join(
            [
                f"Not published: {count} failed.",
                *(_describe(check) for check in blocking),
                f"{published} stays as it was. Mend the data, or the check, and run `tieout run` again.",
            ]
        )
    )


def _describe(check: CheckRow) -> str:
    failing = ""
    if check.failing_rows is not None:
        failing = f", {check.failing_rows:,} failing {'row' if check.failing_rows == 1 else 'rows'}"
    message = f": {check.message}" if check.message else ""
    sample = [f"    {described(row)}" for row in check.sample_rows[:_SAMPLE_SHOWN]]
    if sample and (more := max(check.failing_rows or 0, len(check.sample_rows)) - len(sample)) > 0:
        sample.append(f"    and {more:,} more")
    return "\n".join([f"- {check.check_id} on {check.table_name} ({check.engine}){failing}{message}", *sample])


def described(row: Mapping[str, JsonValue]) -> str:
    """Return a failing row as its test words it (a column `message`), else as its columns and their values."""
    if isinstance(message := row.get("message"), str):
        return message
    return ", ".join(f"{column} = {_value(value)}" for column, value in row.items())


def _value(value: JsonValue) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        return f"{where}: {first['msg']}" if where else first["msg"]
    return str(error)
