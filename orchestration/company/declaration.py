"""Reading a company's `company.yaml`, with all its faults at once. The rows that it becomes belong in `tables`."""

from pathlib import Path

from pydantic import ValidationError

from orchestration.company.company_yaml import LAYOUT_NAMES, Company, CompanyDeclaration, Group
from orchestration.company.consistency import inconsistencies
from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import read_yaml
from orchestration.settings import COMPANY_FILE

__all__ = ["Company", "load_company", "read_company"]


def load_company(folder: Path) -> Company:
    """Read the company.yaml of a folder.

    Raises `CompanyError` with all its faults: file, line, field, what is allowed. The CSV files beside it are read by
    `orchestration.company.tables`.
    """
    company, faults = read_company(folder)
    if faults or company is None:
        raise CompanyError(faults)
    return company


def read_company(folder: Path) -> tuple[Company | None, list[Fault]]:
    """Return a company as its company.yaml says it, or all that is wrong with that.

    Of one with faults there is only the layout, by which the files beside it are judged: None where it is not known.
    """
    file = folder / COMPANY_FILE
    if not file.is_file():
        return None, [Fault(file, None, "is not there. A company's folder has one; `tieout init DIR` makes a folder.")]
    try:
        document = read_yaml(file)
    except CompanyError as error:
        return None, list(error.faults)
    try:
        declared = CompanyDeclaration.model_validate(document.value)
    except ValidationError as error:
        return _laid_out(folder, document.value), document.faults(error, CompanyDeclaration)
    company = Company.of(declared, folder.resolve())
    if faults := list(inconsistencies(company, document)):
        return _laid_out(folder, document.value), faults
    return company, []


def _laid_out(folder: Path, said: object) -> Company | None:
    layout = said.get("layout", LAYOUT_NAMES[0]) if isinstance(said, dict) else None
    if layout not in LAYOUT_NAMES:
        return None
    nobody = Group.model_construct(currency="")
    declared = CompanyDeclaration.model_construct(name="", group=nobody, entities=(), layout=layout)
    return Company.of(declared, folder.resolve())
