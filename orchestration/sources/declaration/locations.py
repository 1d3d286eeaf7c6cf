"""Where a source system is that is no local folder: files elsewhere, a database, an HTTP API.

Reading them belongs in their modules.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_WRITTEN_PASSWORD = re.compile(r"password\s*=\s*(?!\s|\$\{)|://[^/@:\s]*:(?!\$\{)[^/@\s]+@", re.IGNORECASE)
_PASSWORD_IN_ROOT = re.compile(r"://[^/@]*:[^/@]*@")
_SECRET_OPTION = re.compile(
    r"secret|passw|passphrase|pwd|token|credential|signature|connection_string|(^|_)(key|auth|sas|pat)(_|$)",
    re.IGNORECASE,
)
_PUBLIC_OPTIONS = {"host_key", "key_filename", "account_name"}
_REFERENCES_ONLY = re.compile(r"(\$\{\w+\})+")


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


def is_url(root: str) -> bool:
    """Return whether a root names files elsewhere, as s3://bucket/folder does, and not a folder."""
    return _URL.match(root) is not None


def check_storage(root: str, storage: Mapping[str, object] | None) -> None:
    """Raise `ValueError` where a root holds a password, an option is a written secret, or a folder has options."""
    if is_url(root) and _PASSWORD_IN_ROOT.search(root):
        raise ValueError("root holds a password; declare it as storage: {password: ${VARIABLE}}")
    if storage is None:
        return
    if not (is_url(root) or "${" in root):
        raise ValueError("storage is for a root such as s3://bucket/folder or sftp://host/folder")
    for name, value in options_in(storage):
        option = name.rsplit(".", 1)[-1]
        is_secret = _SECRET_OPTION.search(option) and option not in _PUBLIC_OPTIONS
        if (is_secret and not _REFERENCES_ONLY.fullmatch(value)) or _WRITTEN_PASSWORD.search(value):
            raise ValueError(f"storage.{name} is a secret; write ${{VARIABLE}} there and set that where Tieout runs")


def options_in(storage: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Return every text in storage options with its dotted name; numbers and switches are no texts."""
    if isinstance(storage, str):
        yield name, storage
    elif isinstance(storage, Mapping):
        for key, value in storage.items():
            yield from options_in(value, f"{name}.{key}" if name else str(key))
    elif isinstance(storage, list | tuple):
        for value in storage:
            yield from options_in(value, name)
