"""The company that this process works on."""

from functools import lru_cache

from orchestration.company.declaration import Company, load_company
from orchestration.settings import settings


@lru_cache
def company() -> Company:
    """Return the company that the settings choose, read once. Raises the errors of `load_company` and `company_dir`."""
    return load_company(settings().company_dir)
