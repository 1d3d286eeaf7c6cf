"""The commands on a company's folder: `tieout check` and `tieout init`. Thin: what they do is elsewhere in the room."""

from pathlib import Path
from typing import Annotated

import typer

FolderArgument = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="The company's folder; the one that is chosen unless given.")
]


def add_commands(app: typer.Typer) -> None:
    """Give the command line the commands of this room."""
    app.command("init")(init)
    app.command("check")(check)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    *,
    origin: Annotated[
        str | None, typer.Option("--from", metavar="PATH_OR_URL", help="A source to look at and draft from.")
    ] = None,
    name: Annotated[str | None, typer.Option(help="The company's name; made of the folder's, or the source's.")] = None,
    currency: Annotated[str | None, typer.Option(help="The group's currency, such as EUR.")] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(help="With --from: which files or relations, as of `tieout source inspect`. May be repeated."),
    ] = None,
) -> None:
    """Make a company's folder; with --from, drafts for a source, or for audit files (FEC, SIE) all that is needed."""
    from orchestration.folder.check import check_folder  # noqa: PLC0415 - DuckDB takes time to import
    from orchestration.folder.init import make_folder  # noqa: PLC0415
    from orchestration.folder.report import told  # noqa: PLC0415

    made = make_folder(folder, origin=origin, name=name, currency=currency, only=only or ())
    for line in made.told:
        typer.echo(line)
    typer.echo(f"made {made.folder}: {len(made.written)} files")
    for path in made.written:
        typer.echo(f"  {path.relative_to(made.folder)}")
    checked = check_folder(made.folder)
    for line in told(checked):
        typer.echo(line)
    typer.echo(f"Next: cd {folder}, look through company.yaml, then tieout check and tieout run.")
    if checked.faults:
        raise typer.Exit(1)


def check(
    folder: FolderArgument = None,
    *,
    page: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what the data can carry as a page in Markdown.")
    ] = None,
) -> None:
    """Check everything in a company's folder without running it: every mistake with file, line and what is allowed."""
    from orchestration.folder.check import check_folder  # noqa: PLC0415 - DuckDB takes time to import
    from orchestration.folder.report import carried_by, told  # noqa: PLC0415
    from orchestration.settings import settings  # noqa: PLC0415

    chosen = folder or settings().company_dir
    checked = check_folder(chosen, lake=lake_of(chosen))
    for line in told(checked):
        typer.echo(line)
    if page is not None and checked.company is not None and checked.dictionary is not None:
        from orchestration.folder.crosswalk import page as crosswalk_page  # noqa: PLC0415

        text = crosswalk_page(carried_by(checked), checked.supplied, checked.company.name)
        page.write_text(text, encoding="utf-8")
        typer.echo(f"wrote {page}")
    if checked.faults:
        raise typer.Exit(1)


def lake_of(folder: Path) -> Path:
    """Return where the raw lake of a company's folder is, whether or not it is there."""
    from orchestration.settings import Settings  # noqa: PLC0415

    return Settings(company=folder).raw_lake if (folder / "company.yaml").is_file() else folder / "data" / "raw"
