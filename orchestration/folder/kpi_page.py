"""Writes docs/kpi-dictionary.md with the lines of the layout by function: `python -m orchestration.folder.kpi_page`."""

from orchestration.company.statement_lines import product_layout
from orchestration.kpis.dictionary import load_dictionary
from orchestration.kpis.document import dictionary_page
from orchestration.settings import PRODUCT


def main() -> None:
    """Write the page into the project's docs."""
    dictionary = load_dictionary(statement_lines=product_layout("by_function"))
    page = PRODUCT / "docs" / "kpi-dictionary.md"
    page.write_text(dictionary_page(dictionary), encoding="utf-8")


if __name__ == "__main__":
    main()
