"""What a person at a terminal is told.

The headline KPIs, what is published, how fresh the sources are, and which rows are in quarantine.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from orchestration.reports.headline import headline
from orchestration.settings import Settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.errors import printable
from orchestration.sources.lake.quarantine import quarantine
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.warehouse.connect import open_mart
from orchestration.warehouse.errors import MartMissing
from orchestration.warehouse.freshness import source_freshness
from orchestration.warehouse.landing_checks import landing_checks
from orchestration.warehouse.trace import LINE_COLUMNS, Traced

_SECONDS_PER_HOUR = 3600
_SUITES = "great_expectations"
_MOST_OF_SUITES = 5
_MOST_KPIS = 6


def print_headline(installation: Settings) -> None:
    """Print the headline KPIs of the latest closed period with their change to the period before."""
    kpis = headline(installation.published_mart)
    table = Table(title=f"Group, {kpis[0].closing}", title_justify="left", box=None, pad_edge=False)
    table.add_column("KPI")
    table.add_column("value", justify="right")
    table.add_column("change to the closing before", justify="right")
    for kpi in kpis:
        table.add_row(kpi.name, f"{kpi.value} {kpi.unit}".strip(), kpi.change)
    Console(highlight=False).print(table)


def print_publication(installation: Settings) -> None:
    """Print what is published: how many checks passed, what warns of money, and where the mart and the report are.

    What landing left out and what dbt's tests found in the books is told whole. Of the suites' findings some have
    a line each, those of what is published before those of what it is made of, and the rest is counted. What is no
    fault is a line without the mark: notes, rows that are known, KPIs that nobody keeps data for.
    """
    connection = open_mart(installation.published_mart)
    try:
        publication_id, passed, warned, failed = connection.execute(
            "select publication_id, checks_passed, checks_warned, checks_failed from meta.publication "
            "order by published_at desc limit 1"
        ).fetchone() or (None, 0, 0, 0)
        warnings = connection.execute(
            "select engine, message from meta.check_result where status <> 'pass' order by engine desc, "
            "list_position(['finance', 'kpi', 'operations', 'core'], split_part(table_name, '.', 1)) nulls last, "
            "failing_rows desc nulls last, table_name, check_id"
        ).fetchall()
        notes = connection.execute(
            "select message from meta.check_result where engine = 'dbt' and status = 'pass' and message is not null "
            "order by table_name, check_id"
        ).fetchall()
        (known,) = connection.execute(
            "select count(*) from meta.check_result "
            "where engine = 'great_expectations' and status = 'pass' and failing_rows > 0"
        ).fetchone() or (0,)
        without_source = connection.execute(
            "select kpi_name from kpi.kpi_definition where not has_source order by kpi_name"
        ).fetchall()
    finally:
        connection.close()
    checks = f"{passed} of {passed + warned + failed} checks passed"
    if warned:
        checks += f", {warned} with warnings"
    of_suites = [str(message) for engine, message in warnings if engine == _SUITES]
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"\n{checks} (publication {publication_id})")
    for engine, message in warnings:
        if engine != _SUITES:
            console.print(f"⚠ {printable(message)}", markup=False)
    for message in of_suites[:_MOST_OF_SUITES]:
        console.print(f"⚠ {printable(_in_short(message))}", markup=False)
    if of_suites:
        more = len(of_suites) - _MOST_OF_SUITES
        which = f"and {more} more of the quality suites" if more > 0 else "these of the quality suites"
        console.print(
            f"  {which}: all of them in meta.check_result and {installation.data_docs / 'index.html'}", markup=False
        )
    for (note,) in notes:
        console.print(f"  {printable(note)}", markup=False)
    if known:
        are = "1 rule of the quality suites is" if known == 1 else f"{known} rules of the quality suites are"
        console.print(f"  {are} broken by known or tolerated rows only: meta.check_result says which")
    if without_source:
        first = ", ".join(str(name) for (name,) in without_source[:_MOST_KPIS])
        others = f" and {len(without_source) - _MOST_KPIS} more" if len(without_source) > _MOST_KPIS else ""
        console.print(f"  no source: {first}{others} (kpi.kpi_definition)", markup=False)
    console.print(f"mart    {installation.published_mart}")
    console.print(f"report  {installation.reports / 'latest.html'}")


def _in_short(message: str) -> str:
    """Return what does not hold and how many rows break it, without the rows, what was observed and the reason."""
    told, _, _ = message.partition(" First: ")
    told, _, _ = told.partition(" Observed: ")
    return told


def quarantined(installation: Settings, failures: Sequence[str]) -> list[str]:
    """Return a warning per source table of which rows are in quarantine now, published or not.

    A table whose quarantine is among the `failures` that are told already has none.
    """
    told = "\n".join(failures)
    lake, systems = RawLake(installation.raw_lake), load_declarations(installation.declarations)
    found = landing_checks(lake, systems, as_of=installation.as_of)
    return [
        f"⚠ {check.message}"
        for check in found
        if check.message and f"{check.check_id} on {check.table_name} " not in told
    ]


def print_status(installation: Settings) -> None:
    """Print a line per source table, as `print_sources` does, and the publication."""
    print_sources(installation)
    try:
        print_publication(installation)
    except MartMissing as missing:
        Console(highlight=False).print(f"\n{missing}")


def print_sources(installation: Settings, system: str | None = None) -> None:
    """Print a line per source table, of all systems or one: batch, rows, quarantined, age against its promise."""
    now = datetime.now(UTC)
    table = Table(box=None, pad_edge=False)
    for column, justify in (("source", "left"), ("batch", "left"), ("rows", "right"), ("quarantined", "right")):
        table.add_column(column, justify=justify, overflow="fold")  # type: ignore[arg-type]
    table.add_column("age", justify="right")
    table.add_column("promise", justify="right")
    lake, systems = RawLake(installation.raw_lake), load_declarations(installation.declarations)
    chosen = [declared for declared in systems if system in {None, declared.name}]
    for source in source_freshness(lake, chosen, as_of=installation.as_of):
        age = (now - source.known_at).total_seconds() / _SECONDS_PER_HOUR if source.known_at else None
        fresh = source.is_fresh(now)
        table.add_row(
            f"{source.source_system}.{source.source_table}",
            source.batch_id or "never landed",
            f"{source.row_count:,}",
            f"{source.quarantined_count:,}",
            "" if age is None else f"{age:,.1f} h",
            "none" if source.max_age_hours is None else f"{source.max_age_hours:g} h{'' if fresh else ' LATE'}",
        )
    Console().print(table)


def print_quarantine(installation: Settings, selected: str | None, limit: int) -> None:
    """Print the rows in quarantine (file, place, column, reason, raw text), at most `limit` of them, or that none is.

    `selected` is `system` or `system.table`. Raises as `quarantine`.
    """
    lake, systems = RawLake(installation.raw_lake), load_declarations(installation.declarations)
    found = quarantine(lake, systems, selected=selected, limit=limit, as_of=installation.as_of)
    console = Console(highlight=False)
    if not found.row_count:
        console.print(f"No row{f' of {selected}' if selected else ''} is in quarantine.")
        return
    table = Table(box=None, pad_edge=False)
    for column in ("source", "file", "place", "column", "reason", "raw text"):
        table.add_column(column, overflow="fold")
    for row in found.rows:
        cells = (row.source_file, row.place, row.column_name or "", row.reason, row.raw_text)
        table.add_row(f"{row.system}.{row.table}", *(Text(printable(cell)) for cell in cells))
    console.print(table)
    console.print(
        f"\n{len(found.rows)} of {found.row_count} rows in quarantine. Mend the file, or the types and options in "
        "defs.yaml, and run again: the rows re-enter."
    )


def print_traced(traced: Traced) -> None:
    """Print a figure of the trial balance and the lines that it is the sum of, the largest first."""
    table = Table(box=None, pad_edge=False)
    for column in LINE_COLUMNS:
        table.add_column(column, overflow="fold", justify="right" if column == "amount" else "left")
    for line in traced.lines:
        table.add_row(*("" if cell is None else Text(_spelled(cell)) for cell in line))
    console = Console(highlight=False)
    console.print(table)
    console.print(
        f"\n{len(traced.lines):,} of {traced.line_count:,} lines; their sum is {traced.line_sum:,.2f}, the figure is "
        f"{traced.figure:,.2f} {traced.currency_code}"
    )


def _spelled(cell: object) -> str:
    return f"{cell:,.2f}" if isinstance(cell, Decimal) else printable(str(cell))
