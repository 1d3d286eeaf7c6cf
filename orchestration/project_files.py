"""The files that people write: read without Dagster before anything runs, so that a mistake is said at once."""

from expectations.suites import load_suites
from orchestration.settings import Settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.warehouse.prepare import dictionary_of


def read_project_files(installation: Settings) -> None:
    """Read declarations, expectation suites and dictionary.

    Raises the `TieoutError` of whoever reads a file that has a mistake.
    """
    load_declarations(installation.declarations)
    load_suites(company=installation.company_dir / "suites")
    dictionary_of(installation)
