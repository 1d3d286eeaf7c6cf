"""What can be wrong with a company's folder: a list of faults, each with its file and line, raised all at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from orchestration.errors import TieoutError


@dataclass(frozen=True, order=True)
class Fault:
    """One mistake. `line` counts from 1; None where the mistake is about the file or the folder as a whole."""

    file: Path
    line: int | None
    message: str
    """What is wrong, and what is allowed."""

    def in_folder(self, folder: Path) -> str:
        """Return the fault as text, with its file relative to the company's folder where it is inside."""
        file = self.file.relative_to(folder) if self.file.is_relative_to(folder) else self.file
        return f"{file}:{self.line}: {self.message}" if self.line else f"{file}: {self.message}"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}" if self.line else f"{self.file}: {self.message}"


class CompanyError(TieoutError):
    """A company's folder says something that cannot be; the message names file, line, field, what is allowed."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(dict.fromkeys(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))
