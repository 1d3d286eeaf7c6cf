"""What the warehouse holds before dbt runs: views over the lake's current batches, the company's tables, the KPIs."""

from orchestration.company.declaration import load_company
from orchestration.company.lists import write_lists
from orchestration.company.statement_lines import layout_file, product_lines, read_layout
from orchestration.company.tables import read_files, write_company
from orchestration.kpis.dictionary import Dictionary, caveats_of, load_dictionary
from orchestration.kpis.warehouse_rows import write_dictionary
from orchestration.settings import Settings
from orchestration.sources.declaration.ready_systems import account_map
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.warehouse.connect import Limits, open_warehouse
from orchestration.warehouse.raw_views import register_raw_views


def prepare_warehouse(installation: Settings) -> list[str]:
    """Register the raw views, write the company's tables and the dictionary; return the names of the views.

    Raises the errors of `load_company`, `read_files`, `load_dictionary`, `load_declarations`, `open_warehouse` and
    `register_raw_views`.
    """
    company = load_company(installation.company_dir)
    systems = load_declarations(installation.declarations)
    files = read_files(company, {system.name: file for system in systems if (file := account_map(system.ready))})
    dictionary = dictionary_of(installation)
    connection = open_warehouse(installation.warehouse, limits=Limits.of(installation))
    try:
        views = register_raw_views(connection, RawLake(installation.raw_lake), systems, as_of=installation.as_of)
        write_dictionary(connection, dictionary)
        write_company(connection, company, files)
        write_lists(connection, installation.company_dir)
    finally:
        connection.close()
    return views


def dictionary_of(installation: Settings) -> Dictionary:
    """Return the installation's KPI dictionary. Raises as `load_dictionary`."""
    return load_dictionary(
        caveats_file=caveats_of(installation.company_dir),
        statement_lines=read_layout(layout_file(load_company(installation.company_dir)))[0],
        lines_elsewhere=product_lines(),
    )
