"""Where Tieout keeps things, and its limits. Every value can be set by an environment variable `TIEOUT_<NAME>`.

Secrets come from the environment only; none has a default here.
"""

import re
from datetime import UTC
from functools import lru_cache
from pathlib import Path

from pydantic import AwareDatetime, Field, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from orchestration.errors import TieoutError, field_fault

PRODUCT = Path(__file__).resolve().parent.parent
"""The folder that the product's packages, its dbt project and its ready systems are in."""

COMPANY_FILE = "company.yaml"
"""What makes a folder a company's."""


class SettingsError(TieoutError):
    """A setting has a value that cannot be; the message names its environment variable and what is allowed."""


class Settings(BaseSettings):
    """Paths and limits of one company's installation."""

    model_config = SettingsConfigDict(env_prefix="TIEOUT_", extra="ignore")

    company: Path | None = Field(
        default=None, description="The company's folder; unless given, the folder one stands in, or one above it."
    )
    data_dir: Path | None = Field(default=None, description="Where everything is written; <company>/data.")
    memory_limit: str = Field(
        default="1.5GB",
        description="DuckDB's memory limit, for each connection that writes; what needs more goes through the disk.",
    )
    as_of: AwareDatetime | None = Field(
        default=None,
        description="A time with zone: build from the batches known then, apart from what is current; nothing lands.",
    )
    settle_seconds: float = Field(
        default=5, ge=0, description="How long a source file must be untouched before it is read; landing waits for it."
    )
    wait_minutes: float = Field(
        default=60, ge=0, description="How long a run waits for another one that is at work, before it gives up."
    )
    threads: int = Field(default=2, ge=1, description="DuckDB's threads.")

    @field_validator("memory_limit")
    @classmethod
    def _is_memory(cls, given: str) -> str:
        if not re.fullmatch(r"\d+(\.\d+)? ?[KMGT]i?B", given.strip(), re.IGNORECASE):
            raise ValueError("write a number and its unit, such as 1GB or 1536MiB")
        return given.strip()

    def memory_share(self, parts: int) -> str:
        """Return the memory limit of each of several connections that share it, as DuckDB spells it."""
        number, unit = re.split(r"(?=[ KMGT])", self.memory_limit.upper(), maxsplit=1)
        return f"{float(number) / parts:.3f}{unit}"

    @property
    def company_dir(self) -> Path:
        """The company's folder; relative source paths start here. Raises SettingsError where no company is chosen."""
        if self.company is not None:
            folder = self.company.expanduser().resolve()
            if not (folder / COMPANY_FILE).is_file():
                raise SettingsError(f"TIEOUT_COMPANY is {str(self.company)!r}: there is no {COMPANY_FILE} in it.")
            return folder
        if around := _company_around(Path.cwd()):
            return around
        raise SettingsError(
            f"No company is chosen: {Path.cwd()} is in no company's folder. Stand in one, or name it with "
            "TIEOUT_COMPANY=<folder>; `tieout init <folder>` makes one."
        )

    @property
    def has_company(self) -> bool:
        """Whether a company is chosen, be it there or not."""
        return self.company is not None or _company_around(Path.cwd()) is not None

    @property
    def data(self) -> Path:
        """The folder that everything is written below."""
        return (self.data_dir or self.company_dir / "data").resolve()

    @property
    def built(self) -> Path:
        """The folder of what is made from the lake: the data folder, or `as_of/<time>` in it for a rebuilt past."""
        return self.data / "as_of" / f"{self.as_of.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}" if self.as_of else self.data

    @property
    def raw_lake(self) -> Path:
        """Immutable typed Parquet batches: `<system>/<table>/batch=<id>/`."""
        return self.data / "raw"

    @property
    def warehouse(self) -> Path:
        """The DuckDB file that dbt builds in. One process writes it; nobody else reads it."""
        return self.built / "warehouse" / "warehouse.duckdb"

    @property
    def published_mart(self) -> Path:
        """The DuckDB file that readers open, replaced atomically."""
        return self.built / "published" / "mart.duckdb"

    @property
    def reports(self) -> Path:
        """Finished reports."""
        return self.built / "reports"

    @property
    def data_docs(self) -> Path:
        """Great Expectations' Data Docs (HTML)."""
        return self.built / "data_docs"

    @property
    def state(self) -> Path:
        """What one step of a run hands to the next."""
        return self.built / "state"

    @property
    def dbt_target(self) -> Path:
        """What dbt parses and builds of this company: its manifest, its results, and its models in SQL."""
        return self.built / "dbt"

    @property
    def declarations(self) -> Path:
        """The folder that declares the source systems: one folder with a defs.yaml for each."""
        return self.company_dir / "sources"

    @property
    def dbt_project(self) -> Path:
        """The product's dbt project, which takes the company's models in."""
        return PRODUCT / "dbt_project"


def _company_around(place: Path) -> Path | None:
    return next((folder for folder in (place, *place.parents) if (folder / COMPANY_FILE).is_file()), None)


@lru_cache
def settings() -> Settings:
    """Return this process's settings, read from the environment once. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("; ".join(map(_told, error.errors()))) from None


def _told(fault: ErrorDetails) -> str:
    variable = f"TIEOUT_{'_'.join(map(str, fault['loc'])).upper()}"
    return f"{variable} is {fault['input']!r}: {field_fault(fault)}"
