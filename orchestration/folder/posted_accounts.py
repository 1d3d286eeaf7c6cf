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
_NO_CHART = "select null as source_system, null as account_id, null as account_code, null as line_code"


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
    charts = [model for model in models if model.contract_table == "account" and model.name in tried.columns]
    posted = " union all by name ".join(
        f"select source_system, {_account_id(tried.columns[model.name])} as account_id, "
        f"min(account_code::varchar) as account_code, count(*) as rows, sum(amount) as amount "
        f'from models."{model.name}" group by all'
        for model in posting
    )
    chart = " union all by name ".join(
        f"select source_system, {_account_id(tried.columns[model.name])} as account_id, "
        f"account_code::varchar as account_code, "
        f'{_or_null("line_code", tried.columns[model.name])} as line_code from models."{model.name}"'
        for model in charts
    )
    found = connection.execute(
        f"""
        with chart as ({chart or _NO_CHART}),
        accounts as (
            select
                posted.source_system, posted.account_id, sum(posted.rows)::bigint as rows, sum(posted.amount) as amount,
                coalesce(min(chart.account_code), min(posted.account_code)) as account_code,
                min(chart.line_code) as line_code
            from ({posted}) as posted
            left join chart on chart.source_system = posted.source_system and chart.account_id = posted.account_id
            where posted.account_id is not null
            group by all
        ),
        named as (
            select source_system, account_id, account_code from chart
            union
            select source_system, account_id, account_code from accounts
        ),
        shared as (
            select source_system, account_code from named group by all having count(distinct account_id) > 1
        ),
        coded as (
            select accounts.*, shared.account_code is not null as is_shared_code
            from accounts
            left join shared using (source_system, account_code)
        )
        select source_system, account_id, account_code, rows, amount, is_shared_code from coded
        where line_code is null
            and not exists (
                select 1 from company.account as known
                where known.line_code is not null
                    and coalesce(known.source_system, coded.source_system) = coded.source_system
                    and (
                        known.account_id = coded.account_id
                        or (known.account_id is null and known.account_code = coded.account_code and not is_shared_code)
                    )
            )
            and not exists (
                select 1 from company.account_rule as rule
                where starts_with(coded.account_code, rule.account_prefix)
                    and coalesce(rule.source_system, coded.source_system) = coded.source_system
            )
        order by source_system, account_code, account_id
        """
    ).fetchall()
    file = company.folder / "accounts.csv"
    lines = {account.account_id or account.account_code: account.line for account in files.accounts}
    faults = [
        Fault(
            file,
            lines.get(identity, None if is_shared else lines.get(code)),
            f"account {code} of {system} has {rows:,} postings ({amount:,.2f}) and no line; give it a line_code"
            + (f", by account_id {identity}: its code is of several accounts" if is_shared else ""),
        )
        for system, identity, code, rows, amount, is_shared in found[:_MOST]
    ]
    if len(found) > _MOST:
        faults.append(Fault(file, None, f"{len(found) - _MOST} more accounts have postings and no line"))
    return faults


def _account_id(columns: dict[str, str]) -> str:
    code = "account_code::varchar"
    return f"coalesce(account_id::varchar, {code})" if "account_id" in columns else code


def _or_null(column: str, columns: dict[str, str]) -> str:
    return column if column in columns else "null::varchar"
