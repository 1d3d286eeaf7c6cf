"""What a company declares, as the typed tables of schema `company` in the warehouse: dbt's source of the same name.

Everything that is a name or a code stays text. Nothing of the sources' data is here, and no amount but tolerances.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from orchestration.company.accounts import Account, AccountRule, read_account_rules, read_accounts
from orchestration.company.calendar_kinds import Own
from orchestration.company.calendars import Period, fiscal_periods
from orchestration.company.closing_days import read_closing_days
from orchestration.company.company_yaml import LONG_AGO, Company, Entity
from orchestration.company.csv_rows import CsvFile, read_csv
from orchestration.company.errors import CompanyError, Fault
from orchestration.company.statement_lines import StatementLine, layout_file, read_layout
from orchestration.company.table_definitions import TABLES, CompanyTable
from orchestration.company.tie_outs import TieOutRule, read_tie_outs

SCHEMA = "company"
_LIST_NAME = re.compile(r"[a-z][a-z0-9_]*")
Row = tuple[object, ...]


@dataclass(frozen=True)
class CompanyFiles:
    """The files beside company.yaml, read."""

    accounts: tuple[Account, ...]
    account_rules: tuple[AccountRule, ...]
    statement_lines: tuple[StatementLine, ...]
    tie_outs: tuple[TieOutRule, ...]
    periods: Mapping[str, tuple[Period, ...]]
    """The fiscal periods of each calendar; none where a mapping model gives them."""
    lists: Mapping[str, CsvFile]


def read_files(company: Company, account_maps: Mapping[str, Path] | None = None) -> CompanyFiles:
    """Read the files beside company.yaml. Raises `CompanyError` with all faults of all files.

    `account_maps` are the maps by prefix of the ready systems that the company has, by the system's name.
    """
    files, faults = read_all(company, account_maps)
    if faults:
        raise CompanyError(faults)
    return files


def read_all(company: Company, account_maps: Mapping[str, Path] | None = None) -> tuple[CompanyFiles, list[Fault]]:
    """Return what could be read of the files beside company.yaml, and all that is wrong with them."""
    lines, faults = read_layout(layout_file(company))
    accounts, wrong = read_accounts(company.folder / "accounts.csv", lines)
    faults += wrong
    rules: list[AccountRule] = []
    for system, file in (account_maps or {}).items():
        found, wrong = read_account_rules(file, system, lines)
        rules += found
        faults += wrong
    tie_outs, wrong = read_tie_outs(company.folder / "tie_outs.csv", lines)
    faults += wrong
    periods: dict[str, tuple[Period, ...]] = {}
    for name, segments in company.all_calendars.items():
        of_file = [segment.file for segment in segments if isinstance(segment, Own) and segment.file]
        if of_file:
            days, wrong = read_closing_days(company.folder / of_file[0])
            periods[name] = tuple(days)
            faults += wrong
        else:
            periods[name] = tuple(fiscal_periods(segments))
    lists = {file.stem: read_csv(file) for file in list_files(company)}
    for name, content in lists.items():
        faults += content.faults
        if not _LIST_NAME.fullmatch(name) or name in TABLES:
            why = "is a table of the product's" if name in TABLES else "has other than lower-case letters, digits and _"
            faults.append(Fault(content.file, None, f"the list's name {name!r} {why}; take another"))
    return CompanyFiles(tuple(accounts), tuple(rules), tuple(lines), tuple(tie_outs), periods, lists), faults


def list_files(company: Company) -> list[Path]:
    """Return the lists of a company: each is a table of text."""
    return sorted((company.folder / "lists").glob("*.csv"))


def company_tables(company: Company) -> dict[str, CompanyTable]:
    """Return the tables of schema `company`: the product's, and the company's lists. Without reading any rows."""
    lists = {}
    for file in list_files(company):
        columns = dict.fromkeys(read_csv(file).columns, "varchar")
        lists[file.stem] = CompanyTable(f"The company's list lists/{file.name}, as text.", columns)
    return TABLES | lists


def company_rows(company: Company, files: CompanyFiles) -> dict[str, list[Row]]:
    """Return the rows of each table of schema `company`, in the order of its columns."""
    group = company.group
    policy, closing = company.rates, company.closing
    rows: dict[str, list[Row]] = {
        "company": [(company.name, company.description, group.id, group.currency, company.time_zone, company.layout)],
        "entity": list(_entities(company)),
        "ownership": [row for entity in company.entities for row in _shares(company, entity)],
        "fiscal_period": [
            (
                calendar,
                period.period_id,
                period.fiscal_year,
                period.fiscal_period,
                period.fiscal_quarter,
                period.starts_on,
                period.ends_on,
                period.periods_in_year,
                period.weeks,
                period.label,
            )
            for calendar, periods in files.periods.items()
            for period in periods
        ],
        "account": [
            (
                account.source_system,
                account.account_id,
                account.account_code,
                account.line_code,
                account.credit_line_code,
                account.cash_flow_line_code,
                account.currency_method,
                account.is_intercompany,
                account.note,
                account.line,
            )
            for account in files.accounts
        ],
        "account_rule": [
            (
                rule.source_system,
                rule.account_prefix,
                rule.line_code,
                rule.credit_line_code,
                rule.cash_flow_line_code,
                rule.currency_method,
                rule.note,
            )
            for rule in files.account_rules
        ],
        "statement_line": [
            (
                line.statement,
                line.line_code,
                line.parent_line_code,
                line.line_name,
                line.line_order,
                line.line_level,
                line.is_subtotal,
                line.presentation_sign,
                line.role,
            )
            for line in files.statement_lines
        ],
        "rate_policy": [(policy.missing, policy.max_age_days, policy.average)],
        "closing_policy": [(closing.kind, closing.days, closing.closed_through)],
        "tie_out_rule": [
            (
                rule.tie_out_id,
                rule.tie_out_name,
                rule.amount_a_name,
                rule.amount_b_name,
                rule.is_expected_to_tie,
                rule.tolerance,
                rule.tolerance_reason,
                rule.owner,
                rule.explanation,
                rule.off_reason,
                rule.line_code,
                rule.channel,
            )
            for rule in files.tie_outs
        ],
        "tie_out_need": [
            (rule.tie_out_id, number, table)
            for rule in files.tie_outs
            for number, tables in enumerate(rule.needs, start=1)
            for table in tables
        ],
        "source_extent": [
            (said.system, said.source, said.entity, said.first_on, said.last_on, said.ended)
            for said in company.coverage
        ],
    }
    for name, content in files.lists.items():
        rows[name] = [tuple(row.get(column) for column in content.columns) for row in content.rows]
    return rows


def write_company(connection: duckdb.DuckDBPyConnection, company: Company, files: CompanyFiles) -> None:
    """Replace the tables of schema `company` by what the company declares; tables of lists that are gone go, too."""
    rows = company_rows(company, files)
    tables = company_tables(company)
    connection.execute(f"create schema if not exists {SCHEMA}")
    present = connection.execute(
        f"select table_name from duckdb_tables() where schema_name = '{SCHEMA}' and database_name = current_database()"
    ).fetchall()
    for (name,) in present:
        if name not in tables:
            connection.execute(f'drop table {SCHEMA}."{name}"')
    for name, table in tables.items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in table.columns.items())
        connection.execute(f'create or replace table {SCHEMA}."{name}" ({columns})')
        # Query parameters would make DuckDB import pandas, which takes a second.
        objects = json.dumps([dict(zip(table.columns, map(_plain, row), strict=True)) for row in rows[name]])
        structure = json.dumps([table.columns])
        connection.execute(
            f'insert into {SCHEMA}."{name}" '
            f"select unnest(from_json('{_quoted(objects)}', '{_quoted(structure)}'), recursive := true)"
        )


def _entities(company: Company) -> Iterator[Row]:
    group, zone, calendar = company.group, company.time_zone, company.calendar_of_group
    yield (group.id, group.name or company.name, None, group.currency, calendar, zone, None, None, True, False)
    for entity in company.entities:
        yield (
            entity.id,
            entity.name,
            company.parent_of(entity),
            entity.currency or group.currency,
            entity.calendar or calendar,
            entity.time_zone or zone,
            entity.joined_on,
            entity.left_on,
            False,
            entity.has_ledger,
        )


def _shares(company: Company, entity: Entity) -> Iterator[Row]:
    since = entity.joined_on or LONG_AGO
    parent = company.parent_of(entity)
    if entity.ownership is None:
        yield entity.id, parent, since, Decimal(1)
        return
    for share in entity.ownership:
        yield entity.id, share.owner or parent, share.valid_from or since, share.share


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _quoted(text: str) -> str:
    return text.replace("'", "''")
