"""Checking a company's folder without running it: everything in it is read, and every mistake is told at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from orchestration.company.accounts import Account
from orchestration.company.calendar_kinds import Own
from orchestration.company.contract import contract
from orchestration.company.declaration import Company, read_company
from orchestration.company.errors import Fault
from orchestration.company.statement_lines import StatementLine, layout_file, product_lines, read_layout
from orchestration.company.table_definitions import TABLES
from orchestration.company.tables import CompanyFiles, read_all, write_company
from orchestration.folder.declarations import Declarations, read_declarations
from orchestration.folder.kpi_files import kpi_faults
from orchestration.folder.model_sql import ModelTrial, TriedModels, create_source_tables
from orchestration.folder.models import Model, models_of_ready_systems, name_faults, own_models, product_models
from orchestration.folder.places import line_of
from orchestration.folder.posted_accounts import accounts_without_line
from orchestration.folder.property_files import property_faults, singular_test_faults
from orchestration.folder.suite_files import suite_faults
from orchestration.kpis.dictionary import Dictionary, DictionaryError, load_dictionary
from orchestration.settings import COMPANY_FILE
from orchestration.sources.declaration.ready_systems import account_map
from orchestration.sources.declaration.systems import SourceSystem


@dataclass
class CheckedFolder:
    """What is in a company's folder, as far as it could be read, and all that is wrong with it."""

    folder: Path
    faults: list[Fault] = field(default_factory=list)
    company: Company | None = None
    systems: Sequence[SourceSystem] = ()
    models: Sequence[Model] = ()
    supplied: dict[str, set[str]] = field(default_factory=dict)
    """The columns that some mapping model gives, by table of the contract."""
    dictionary: Dictionary | None = None
    statement_lines: Sequence[StatementLine] = ()
    used_lines: set[str] | None = None
    """The lines that some account has; None where the accounts are not known."""
    undecided: Sequence[Account] = ()
    """Accounts in accounts.csv that nobody has given a line."""


def check_folder(folder: Path, lake: Path | None = None) -> CheckedFolder:
    """Read everything in a company's folder and say what is wrong. With `lake`, posted accounts are looked at, too."""
    folder = folder.resolve()
    checked = CheckedFolder(folder)
    faults = checked.faults
    declared = read_declarations(folder / "sources")
    systems = declared.systems
    faults += declared.faults
    files: CompanyFiles | None = None
    files_are_sound = False
    company, wrong_company = read_company(folder)
    faults += wrong_company
    checked.company = company if not wrong_company else None
    if company is not None:
        maps = {system.name: path for system in systems if (path := account_map(system.ready))}
        files, wrong = read_all(company, maps)
        faults += wrong
        files_are_sound = not wrong
        checked.undecided = [account for account in files.accounts if account.line_code is None]
        checked.statement_lines = files.statement_lines
        if files.accounts or files.account_rules:
            checked.used_lines = {account.line_code for account in files.accounts if account.line_code}
            checked.used_lines |= {rule.line_code for rule in files.account_rules}
            checked.used_lines |= {account.credit_line_code for account in files.accounts if account.credit_line_code}
            checked.used_lines |= {rule.credit_line_code for rule in files.account_rules if rule.credit_line_code}
        checked.dictionary = _dictionary(company, files_are_sound, faults)
        if checked.dictionary:
            faults += kpi_faults(folder, checked.dictionary)
    checked.systems = systems
    checked.models = [*own_models(folder), *models_of_ready_systems(systems)]
    faults += name_faults(checked.models, [*(system.name for system in systems), *declared.unread])
    faults += _calendar_faults(checked)
    _check_models(checked, declared, files if files_are_sound else None)
    if lake is not None and not faults and checked.company and files:
        faults += accounts_without_line(checked.company, files, systems, checked.models, lake)
    checked.faults = sorted(dict.fromkeys(faults), key=lambda fault: (str(fault.file), fault.line or 0))
    return checked


def _calendar_faults(checked: CheckedFolder) -> Iterator[Fault]:
    """Yield the calendars whose closing days a mapping model gives that is not there."""
    names = {model.name for model in checked.models}
    for calendar, segments in checked.company.calendars.items() if checked.company else ():
        for segment in segments:
            if isinstance(segment, Own) and segment.model and segment.model not in names:
                file = checked.folder / COMPANY_FILE
                line = line_of(file, rf"\b{segment.model}\b")
                yield Fault(file, line, f"calendars.{calendar}.model: there is no model {segment.model} in models/")


def _check_models(checked: CheckedFolder, declared: Declarations, files: CompanyFiles | None) -> None:
    with duckdb.connect() as connection:
        create_source_tables(connection, declared.systems)
        if checked.company and files:
            write_company(connection, checked.company, files)
        else:
            _empty_company_tables(connection)
        trial = ModelTrial(checked.folder, declared.systems, connection, checked.models, unread=declared.unread)
        tried = trial.try_all()
        names = {model.name for model in checked.models}
        checked.faults += tried.faults
        checked.faults += singular_test_faults(checked.folder, trial, names | product_models() | set(contract().tables))
    checked.faults += suite_faults(checked.folder, tried.columns, names)
    checked.faults += property_faults(checked.folder, names)
    checked.supplied = _supplied(checked.models, tried)


def _dictionary(company: Company, files_are_sound: bool, faults: list[Fault]) -> Dictionary | None:
    """Return the product's dictionary on the company's layout; a layout that it does not fit is a fault."""
    try:
        return load_dictionary(statement_lines=read_layout(layout_file(company))[0], lines_elsewhere=product_lines())
    except (DictionaryError, KeyError) as error:
        if files_are_sound:  # else the layout's own faults are told
            faults.append(Fault(layout_file(company), None, f"the KPIs do not fit this layout: {error}"))
        return None


def _empty_company_tables(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("create schema if not exists company")
    for name, table in TABLES.items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
        connection.execute(f'create table company."{name}" ({columns})')


def _supplied(models: Sequence[Model], tried: TriedModels) -> dict[str, set[str]]:
    supplied: dict[str, set[str]] = {}
    for model in models:
        if model.contract_table and model.name in tried.columns:
            supplied.setdefault(model.contract_table, set()).update(tried.columns[model.name])
    return supplied
