"""The command `tieout`: run the main job, make a report, show the state. Every verb is one function elsewhere.

Only here and in the assets are errors turned into one line for a person; anything else that goes wrong is a defect.
"""

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from orchestration.address_space import Needs, require_address_space
from orchestration.errors import TieoutError
from orchestration.folder.commands import add_commands
from orchestration.settings import settings

if TYPE_CHECKING:
    from orchestration.refresh import Outcome

SimulatedFormat = Literal["parquet", "csv"]

_INTERRUPTED = 130
"""The exit code of what a signal ended, as shells have it."""
_STARTED = time.perf_counter()

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="A reporting warehouse for companies whose finance and operations numbers must agree.",
)

source_app = typer.Typer(no_args_is_help=True, help="Work on source systems.")
app.add_typer(source_app, name="source")
add_commands(app)


@app.command()
def run(
    *,
    timings: Annotated[bool, typer.Option("--timings", help="Show where the time went.")] = False,
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="YYYY-MM-DDTHH:MMZ",
            help="A time with zone, such as 2014-01-15T00:00Z: land nothing, and build a warehouse, mart and report "
            "of their own from what was known then, below data/as_of.",
        ),
    ] = None,
) -> None:
    """Run the main job through Dagster: land, build, check, publish, report."""
    if as_of is not None:
        from orchestration.warehouse.as_of import as_of_time  # noqa: PLC0415 - DuckDB takes time to import

        os.environ["TIEOUT_AS_OF"] = as_of_time(as_of).isoformat()
        settings.cache_clear()
    outcome = _refresh()
    if timings:
        outcome.print_timings(started=_STARTED)
    if outcome.failures:
        from orchestration.status import print_publication, quarantined  # noqa: PLC0415

        if outcome.is_published:  # what warns of the figures, quarantine too, is told though a later step failed
            print_publication(settings())
            _fail("\n".join(outcome.failures))
        _fail("\n".join([*outcome.failures, *quarantined(settings(), outcome.failures)]))
    _print_summary(changed=outcome.has_changed)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context) -> None:
    """Run dbt on this company, such as `tieout dbt build --select journal_line+`: its project, its warehouse."""
    from orchestration.transform.dbt_process import run_dbt  # noqa: PLC0415 - Dagster takes seconds to import

    raise typer.Exit(run_dbt(settings(), context.args))


@app.command()
def land(
    system: Annotated[str | None, typer.Argument(help="A source system; all of them unless given.")] = None,
) -> None:
    """Land the sources, and build nothing of them: for seeing what becomes of their rows."""
    outcome = _refresh(landing_only=True, system=system)
    from orchestration.status import print_sources  # noqa: PLC0415

    print_sources(settings(), system)
    if outcome.failures:
        _fail("\n".join(outcome.failures))


@app.command()
def report(
    closing: Annotated[
        str | None,
        typer.Option(metavar="YYYY-MM", help="The closing to report, such as 2013-11; the latest otherwise."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="The folder to deliver to; the archive otherwise.")] = None,
) -> None:
    """Make the monthly performance report from the published mart."""
    from orchestration.reports.deliver import deliver_to_folder  # noqa: PLC0415 - charts take seconds to import
    from orchestration.reports.document import build_monthly_report  # noqa: PLC0415
    from orchestration.reports.render import render_html  # noqa: PLC0415

    document = build_monthly_report(settings().published_mart, closing)
    delivery = deliver_to_folder(render_html(document), document, output or settings().reports)
    typer.echo(f"{delivery.path} ({'delivered' if delivery.is_new else 'unchanged'})")


@app.command()
def status() -> None:
    """Show each source's newest batch against its promise, and what is published."""
    from orchestration.status import print_status  # noqa: PLC0415

    print_status(settings())


@app.command()
def trace(
    entity: Annotated[str, typer.Argument(help="The entity, as company.yaml names it.")],
    closing: Annotated[str, typer.Argument(help="The closing, such as 2025-12.")],
    account: Annotated[str, typer.Argument(help="The account's id or code; or results_of_earlier_years and the like.")],
    *,
    department: Annotated[str | None, typer.Option(help="One department; all of them unless given.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many lines to show, the largest first.")] = 20,
) -> None:
    """Show the journal lines that a figure of the trial balance is the sum of."""
    from orchestration.status import print_traced  # noqa: PLC0415 - DuckDB takes time to import
    from orchestration.warehouse.trace import trace as traced  # noqa: PLC0415

    print_traced(traced(settings().warehouse, entity, closing, account, department=department, limit=limit))


@app.command()
def quarantine(
    source: Annotated[
        str | None, typer.Argument(metavar="[SYSTEM[.TABLE]]", help="A source system, or one table of it.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many rows to show.")] = 50,
) -> None:
    """List the rows that could not be landed: file, place (line, row or key), column, reason, raw text."""
    from orchestration.status import print_quarantine  # noqa: PLC0415

    print_quarantine(settings(), source, limit)


@source_app.command("inspect")
def source_inspect(
    where: Annotated[
        str, typer.Argument(metavar="PATH_OR_URL", help="A folder, a file, or the URL of a database or an API.")
    ],
    name: Annotated[str | None, typer.Option(help="The system's name; made of the place unless given.")] = None,
    *,
    write: Annotated[
        bool,
        typer.Option(
            "--write",
            help="Write the drafts into the company's folder, never over a file; new tables of a system that is there "
            "are added to it.",
        ),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Which files or relations: names or patterns such as 'sales.*', with commas between them. "
            "May be repeated."
        ),
    ] = None,
    header: Annotated[
        str | None, typer.Option(help="For an API: a header to send, such as 'Authorization: Bearer ${ERP_TOKEN}'.")
    ] = None,
    sample_mb: Annotated[int, typer.Option(min=1, help="How much of each table to look at, in MB.")] = 64,
) -> None:
    """Look at a source and draft its declaration, staging models and expectation suites, for a person to edit."""
    from orchestration.sources.inspection.adding import write_drafts  # noqa: PLC0415 - DuckDB takes time to import
    from orchestration.sources.inspection.look import inspect_source, page  # noqa: PLC0415

    # To look at a source is what one does first: only writing needs a company's folder.
    root = settings().company_dir if write or settings().has_company else Path.cwd()
    inspection = inspect_source(where, name, root, sample_mb=sample_mb, only=only or (), header=header)
    typer.echo(page(inspection))
    if write:
        written = write_drafts(inspection.system, root)
        if written.kept:
            typer.echo(f"declared already and left as they are: {', '.join(written.kept)}")
        for path in written.paths:
            typer.echo(f"wrote {path}")
        return
    for draft in inspection.drafts:
        typer.echo(f"\n# ---- {draft.path}\n{draft.text}", nl=False)
    typer.echo("\nNothing was written; --write writes these files.")


@app.command()
def simulate(
    context: typer.Context,
    out: Annotated[Path | None, typer.Option(help="The folder to write to; an earlier simulation there goes.")] = None,
    *,
    years: Annotated[int, typer.Option(help="Fiscal years from 2023 on, 1 to 10.")] = 3,
    scale: Annotated[float, typer.Option(help="Size: 1 is 470,000 journal lines in three years.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Another number, another company of the same kind.")] = 7,
    dirty: Annotated[bool, typer.Option("--dirty", help="Plant malformed rows (CSV only), duplicates, drift.")] = False,
    format_: Annotated[SimulatedFormat, typer.Option("--format", help="How the files are written.")] = "parquet",
    until: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], metavar="YYYY-MM-DD", help="Only what had been delivered by this day."),
    ] = None,
    daily: Annotated[int, typer.Option(help="Days at the end that have a file each; the rest is by month.")] = 7,
    without: Annotated[
        list[str] | None, typer.Option(help="Leave out a planted effect, as if it had not been. May be repeated.")
    ] = None,
    into: Annotated[
        str | None, typer.Option(help="Fill a database instead: postgresql://user@host/database or sqlite:///file.")
    ] = None,
) -> None:
    """Make the simulated company: its source files and its true numbers, or a database as an ERP has it."""
    from orchestration.simulation import simulate as simulation  # noqa: PLC0415 - NumPy and DuckDB take time to import
    from orchestration.simulation.database import fill_database  # noqa: PLC0415

    if (out is None) == (into is None):
        _fail("tieout: say either --out DIR or --into URL.")
    options = simulation.Options(
        years=years,
        scale=scale,
        seed=seed,
        is_dirty=dirty,
        kind=format_,
        until=until.date() if until else None,
        daily=daily,
        without=tuple(without or ()),
    )
    if into is not None:
        for parameter, option in (("format_", "--format"), ("daily", "--daily")):
            source = context.get_parameter_source(parameter)
            if source is not None and source.name != "DEFAULT":
                _fail(f"tieout: {option} is about files; leave it out with --into.")
        filled = fill_database(into, options)
        typer.echo(
            f"{filled.address}: {filled.tables:,} tables, {filled.rows:,} rows, of them {filled.journal_lines:,} "
            "journal lines; a database has no true numbers beside it, --out writes them"
        )
    elif out is not None:
        outcome = simulation.simulate(out, options)
        typer.echo(
            f"{outcome.folder}: {outcome.files:,} files, {outcome.rows:,} rows, of them {outcome.journal_lines:,} "
            f"journal lines; the true numbers are in {outcome.folder / 'truth'}"
        )
        if dirty and format_ == "parquet":
            typer.echo("Parquet has duplicates and drift only; malformed rows come with --format csv.")


def _refresh(*, landing_only: bool = False, system: str | None = None) -> "Outcome":
    require_address_space(Needs.LANDING if landing_only else Needs.CHARTS)
    from orchestration.project_files import read_project_files  # noqa: PLC0415 - DuckDB takes time to import

    read_project_files(settings())
    from orchestration.transform.dbt_at_work import begin_parsing  # noqa: PLC0415

    begin_parsing(settings(), then_build=not landing_only)
    from orchestration.refresh import refresh  # noqa: PLC0415 - Dagster takes seconds to import

    try:
        return refresh(settings(), landing_only=landing_only, system=system)
    except KeyboardInterrupt:
        typer.echo("tieout: interrupted; what is published stays, and the next run does the rest.", err=True)
        raise typer.Exit(_INTERRUPTED) from None


def _print_summary(*, changed: bool) -> None:
    from orchestration.status import print_headline, print_publication  # noqa: PLC0415

    if not changed:
        typer.echo("Nothing changed: the published mart and the report are of these sources and this code.")
    print_headline(settings())
    print_publication(settings())


def _fail(message: str) -> None:
    typer.echo(_safe(message), err=True)
    raise typer.Exit(1)


def _safe(message: str) -> str:
    """Return a message in which nothing that came out of a source can steer the terminal."""
    from orchestration.sources.errors import printable  # noqa: PLC0415

    return "\n".join(map(printable, message.splitlines()))


def main() -> None:
    """Run the command line; what a person can mend is one message and exit code 1."""
    try:
        app()
    except TieoutError as error:
        typer.echo(_safe(f"tieout: {error}"), err=True)
        sys.exit(1)
    except Exception as error:
        from orchestration.outside import outside_fault  # noqa: PLC0415 - DuckDB takes time to import

        if refused := outside_fault(error):
            typer.echo(_safe(f"tieout: {refused}"), err=True)
            sys.exit(1)
        raise


if __name__ == "__main__":
    main()
