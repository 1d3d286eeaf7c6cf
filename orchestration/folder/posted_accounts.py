"""Which accounts were posted on, by what has landed already, that no statement line is known for."""

from collections.abc import Sequence
from pathlib import Path

import duckdb

from orchestration.company.declaration import Company
from orchestration.company.errors import Fault
from orchestration.company.tables import CompanyFiles, write_company
from orchestration.folder.model_sql import ModelTrial
from orchestration.folder.models import Model
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.warehouse.raw_views import register_raw_views

_POSTED = ("journal_line", "reported_balance", "budget_line")
_MOST = 50


def accounts_without_line(
    company: Company, files: CompanyFiles, systems: Sequence[SourceSystem], models: Sequence[Model], lake: Path
) -> list[Fault]:
    """Return a fault for each account that has postings in the lake and no line; none where nothing has landed."""
    store = RawLake(lake)
    landed = [system for system in systems if any(store.current(system.name, table.name) for table in system.tables)]
    if not landed:
        return []
    connection = duckdb.connect()
    write_company(connection, company, files)
    register_raw_views(connection, store, systems)
    tried = ModelTrial(company.folder, systems, connection, models).try_all()
    posting = [model for model in models if model.contract_table in _POSTED and model.name in tried.columns]
    if not posting:
        return []
    union = " union all by name ".join(
        f"select {_ledger(tried.columns[model.name])} as ledger_id, source_system, account_code, count(*) as rows "
        f'from models."{model.name}" group by all'
        for model in posting
    )
    found = connection.execute(
        f"""
        select source_system, account_code, sum(rows)::bigint as rows from ({union}) as posted
        where account_code is not null
            and not exists (
                select 1 from company.account as known
                where known.account_code = posted.account_code and known.line_code is not null
                    and coalesce(known.source_system, posted.source_system) = posted.source_system
                    and coalesce(known.ledger_id, posted.ledger_id, '') = coalesce(posted.ledger_id, '')
            )
            and not exists (
                select 1 from company.account_rule as rule
                where starts_with(posted.account_code, rule.account_prefix)
                    and coalesce(rule.source_system, posted.source_system) = posted.source_system
            )
        group by all order by all
        """
    ).fetchall()
    file = company.folder / "accounts.csv"
    lines = {account.account_code: account.line for account in files.accounts}
    faults = [
        Fault(
            file, lines.get(code), f"account {code} of {system} has {rows:,} postings and no line; give it a line_code"
        )
        for system, code, rows in found[:_MOST]
    ]
    if len(found) > _MOST:
        faults.append(Fault(file, None, f"{len(found) - _MOST} more accounts have postings and no line"))
    return faults


def _ledger(columns: dict[str, str]) -> str:
    return "ledger_id" if "ledger_id" in columns else "null::varchar"
