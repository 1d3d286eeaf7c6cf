"""Making a company's folder: `tieout init`. Nothing that is there is ever overwritten."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.company.errors import CompanyError, Fault
from orchestration.folder.audit_company import audit_company
from orchestration.folder.new_company import NewCompany, files_of
from orchestration.settings import COMPANY_FILE
from orchestration.sources.inspection.look import inspect_source, page


@dataclass(frozen=True)
class MadeFolder:
    """A folder that was made: what was written, and what was found at the source that it was made from."""

    folder: Path
    written: list[Path]
    told: list[str] = field(default_factory=list)


def make_folder(
    folder: Path,
    *,
    origin: str | None = None,
    name: str | None = None,
    currency: str | None = None,
    only: Sequence[str] = (),
) -> MadeFolder:
    """Make a company's folder, with drafts for a source that is looked at where `origin` names one.

    `only` are patterns of its files or relations.

    Raises `CompanyError` where a file that would be written is there already, and the errors of `inspect_source`;
    nothing is written then.
    """
    folder = folder.resolve()
    if currency is not None and not re.fullmatch(r"[A-Z]{3}", currency):
        raise CompanyError(
            [Fault(Path("--currency"), None, f"{currency!r} is no currency: three capital letters, as EUR")]
        )
    _refuse_what_is_there(folder, {COMPANY_FILE: ""})
    company_name = name or re.sub(r"[_-]+", " ", folder.name).strip().title() or "Company"
    told: list[str] = []
    if origin is not None and (found := audit_company(Path(origin).expanduser(), folder, name, currency)):
        files = files_of(found.company, found.accounts) | found.files
        told = found.told
    else:
        files = files_of(NewCompany(company_name, currency))
        if origin is not None:
            inspection = inspect_source(origin, None, folder, only=only)
            files |= {str(draft.path): draft.text for draft in inspection.drafts}
            told = [page(inspection)]
    _refuse_what_is_there(folder, files)
    written = []
    for place, text in files.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    return MadeFolder(folder, written, told)


def _refuse_what_is_there(folder: Path, files: Mapping[str, str]) -> None:
    there = [
        Fault(folder / place, None, "is there already, and nothing is overwritten")
        for place in files
        if (folder / place).exists()
    ]
    if there:
        raise CompanyError(there)
