"""The commands on a company's folder: `tieout check` and `tieout init`. Thin: what they do is elsewhere in the room."""

from pathlib import Path
from typing import Annotated

import typer

FolderArgument = Annotated[
    Path | None, typer.Argument(metavar="[DIR]", help="The company's folder; the one that is chosen unless given.")
]


def add_commands(app: typer.Typer) -> None:
    """Give the command line the commands of this room."""
    app.command("check")(check)


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
