"""Which accounts were posted on, by what has landed already, that no line is known for, or that a row names in vain."""

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
_NO_CHART = (
    "select null as source_system, null as account_id, null as account_code, null as account_name, null as line_code"
)

_IS_OF_SYSTEM = "coalesce({0}.source_system, coded.source_system) = coded.source_system"
_WITHOUT_LINE = f"""
    select source_system, account_id, account_code, rows, amount, is_shared_code from coded
    where rows > 0 and line_code is null
        and not exists (
            select 1 from company.account as known
            where known.line_code is not null and {_IS_OF_SYSTEM.format("known")}
                and (
                    known.account_id = coded.account_id
                    or (known.account_id is null and known.account_code = coded.account_code and not is_shared_code)
                )
        )
        and not exists (
            select 1 from company.account_rule as rule
            where starts_with(coded.account_code, rule.account_prefix) and {_IS_OF_SYSTEM.format("rule")}
        )
    order by source_system, account_code, account_id
"""
_AMBIGUOUS = f"""
    select declared.line_number, declared.account_code, coded.source_system, string_agg(
        concat_ws(
            ' ', coded.account_id, nullif(coded.account_name, coded.account_code),
            '(' || coalesce(format('{{:,}}', coded.rows), 'no') || ' postings)'
        ), ', ' order by coded.rows desc nulls last, coded.account_id
    )
    from company.account as declared
    join coded on declared.account_code = coded.account_code and {_IS_OF_SYSTEM.format("declared")}
    left join (select distinct source_system, account_id from company.account where account_id is not null) as own
        on own.account_id = coded.account_id and {_IS_OF_SYSTEM.format("own")}
    where declared.account_id is null and declared.line_code is not null and coded.is_shared_code
    group by all
    having bool_or(coded.rows > 0 and own.account_id is null)
    order by declared.line_number
"""


def accounts_without_line(
    company: Company, files: CompanyFiles, systems: Sequence[SourceSystem], models: Sequence[Model], lake: Path
) -> list[Fault]:
    """Return a fault for each account that has postings in the lake and no line, and for each row that names several.

    None where nothing has landed.
    """
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
        f"account_code::varchar as account_code, account_name::varchar as account_name, "
        f'{_or_null("line_code", tried.columns[model.name])} as line_code from models."{model.name}"'
        for model in charts
    )
    connection.execute(
        f"""
        create temporary table coded as
        with chart as ({chart or _NO_CHART}),
        named as (
            select
                coalesce(chart.source_system, posted.source_system) as source_system,
                coalesce(chart.account_id, posted.account_id) as account_id,
                coalesce(min(chart.account_code), min(posted.account_code)) as account_code,
                min(chart.account_name) as account_name,
                min(chart.line_code) as line_code,
                sum(posted.rows)::bigint as rows,
                sum(posted.amount) as amount
            from chart
            full join ({posted}) as posted
                on chart.source_system = posted.source_system and chart.account_id = posted.account_id
            where coalesce(chart.account_id, posted.account_id) is not null
            group by all
        )
        select *, count(*) over (partition by source_system, account_code) > 1 as is_shared_code from named
        """
    )
    file = company.folder / "accounts.csv"
    faults = [
        Fault(
            file,
            line,
            f"account_code: {code!r} is of several accounts of {system}, so the row names none of them; in its place, "
            f"give each a row with its account_id: {accounts}",
        )
        for line, code, system, accounts in connection.execute(_AMBIGUOUS).fetchall()
    ]
    named_in_vain = {fault.line for fault in faults}
    lines = {account.account_id or account.account_code: account.line for account in files.accounts}
    found = connection.execute(_WITHOUT_LINE).fetchall()
    told = [
        Fault(
            file,
            lines.get(identity, None if is_shared else lines.get(code)),
            f"account {code} of {system} has {rows:,} postings ({amount:,.2f}) and no line; give it a line_code"
            + (f", by account_id {identity}: its code is of several accounts" if is_shared else ""),
        )
        for system, identity, code, rows, amount, is_shared in found
        if not (is_shared and lines.get(code) in named_in_vain)
    ]
    faults += told[:_MOST]
    if len(told) > _MOST:
        faults.append(Fault(file, None, f"{len(told) - _MOST} more accounts have postings and no line"))
    return faults


def _account_id(columns: dict[str, str]) -> str:
    code = "account_code::varchar"
    return f"coalesce(account_id::varchar, {code})" if "account_id" in columns else code


def _or_null(column: str, columns: dict[str, str]) -> str:
    return column if column in columns else "null::varchar"
