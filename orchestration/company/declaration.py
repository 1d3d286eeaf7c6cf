"""Reading a company's `company.yaml`, with all its faults at once. The rows that it becomes belong in `tables`."""

from pathlib import Path

from pydantic import ValidationError

from orchestration.company.company_yaml import Company, CompanyDeclaration
from orchestration.company.consistency import inconsistencies
from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import read_yaml
from orchestration.settings import COMPANY_FILE

__all__ = ["Company", "load_company"]


def load_company(folder: Path) -> Company:
    """Read the company.yaml of a folder.

    Raises `CompanyError` with all its faults: file, line, field, what is allowed. The CSV files beside it are read by
    `orchestration.company.tables`.
    """
    file = folder / COMPANY_FILE
    if not file.is_file():
        raise CompanyError(
            [Fault(file, None, "is not there. A company's folder has one; `tieout init DIR` makes a folder.")]
        )
    document = read_yaml(file)
    try:
        declared = CompanyDeclaration.model_validate(document.value)
    except ValidationError as error:
        raise CompanyError(document.faults(error, CompanyDeclaration)) from error
    company = Company.of(declared, folder.resolve())
    if faults := list(inconsistencies(company, document)):
        raise CompanyError(faults)
    return company
