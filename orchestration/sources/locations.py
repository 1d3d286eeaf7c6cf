"""Where a source system is that is no folder: a database or an HTTP API. Reading them belongs in their modules."""

import re
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_WRITTEN_PASSWORD = re.compile(r"password\s*=\s*(?!\s|\$\{)|://[^/@:\s]*:(?!\$\{)[^/@\s]+@", re.IGNORECASE)


class Database(BaseModel):
    """A database, read through DuckDB's scanner for it, never written."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)

    kind: Literal["postgres", "sqlite", "mysql"] = Field(description="mysql: MySQL or MariaDB.")
    connection: str = Field(
        min_length=1,
        description="postgres, mysql: a connection string or URL, its secrets as ${VARIABLE}. "
        "sqlite: the file, relative to the project, absolute, or with ${VARIABLE}.",
    )

    @model_validator(mode="after")
    def _secret_from_the_environment(self) -> Self:
        if self.kind != "sqlite" and _WRITTEN_PASSWORD.search(self.connection):
            raise ValueError("connection holds a password; write ${VARIABLE} in its place and set that where it runs")
        return self
