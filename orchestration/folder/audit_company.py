"""A company made of its audit files, FEC or SIE: all that the files say of it, so that nothing is left to write."""

from dataclasses import dataclass, field
from pathlib import Path

from orchestration.folder.new_company import NewCompany


@dataclass(frozen=True)
class AuditCompany:
    """What audit files say of their company, and the files that follow from it."""

    company: NewCompany
    files: dict[str, str]
    accounts: str | None
    told: list[str] = field(default_factory=list)


def audit_company(place: Path, folder: Path, name: str | None, currency: str | None) -> AuditCompany | None:  # noqa: ARG001
    """Return what the audit files at a place say; None where there are none."""
    return None
