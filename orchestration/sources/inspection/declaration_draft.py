"""The text of a drafted defs.yaml: what was found as a declaration, each guess with its evidence in a comment."""

from pathlib import Path

from orchestration.sources.declaration.systems import COMPONENT_TYPE
from orchestration.sources.inspection.drafts import Draft, comment, inline, scalar
from orchestration.sources.inspection.found import FoundColumn, FoundSystem, FoundTable, Guess


def declaration_draft(system: FoundSystem) -> Draft:
    """Return the draft of a system's declaration."""
    return Draft(declaration_file(system), _text(system))


def declaration_file(system: FoundSystem) -> Path:
    """Return where a system is declared, below the company's folder."""
    return Path("sources") / system.name / "defs.yaml"


def _text(system: FoundSystem) -> str:
    lines = [
        "# Drafted by `tieout source inspect` from what was found; a comment says what a line rests on.",
        "# Check each guess, correct it, and take its comment away.",
        f"type: {COMPONENT_TYPE}",
        "attributes:",
        f"  name: {system.name}",
        f"  description: {scalar(system.description)}",
        '  owners: ["team:finance"]  # a guess: who answers for this system? e-mail addresses, or team:<name>',
        f"  group: sources_{system.name}",
    ]
    for name, guess in system.place.items():
        lines += _line(name, guess, 2)
    lines += _line("max_age_hours", system.max_age_hours, 2)
    for told in system.left_out:
        lines += comment(f"Left out: {told}", 2)
    lines.append("  tables:")
    for table in system.tables:
        lines += table_lines(table)
    return "\n".join(lines) + "\n"


def table_description(table: FoundTable) -> str:
    """Return the sentence on what a row of the table is."""
    return f"One row per {' and '.join(table.key) if table.key else 'row of the source; no key was found'}."


def column_description(column: FoundColumn) -> str:
    """Return what was seen in a column: its range or how many values it has; never a text."""
    if not column.rows or column.nulls == column.rows:
        return "Empty in what was looked at."
    filled = "always filled" if not column.nulls else f"empty in {column.nulls / column.rows:.0%} of the rows"
    if column.low is not None and column.low == column.high:
        return f"Seen: {column.low} throughout, {filled}."
    if column.low is not None:
        return f"Seen: {column.low} to {column.high}, {filled}."
    if column.values:
        return f"Seen: {', '.join(column.values)}; {filled}."
    values = "1 value" if column.distinct == 1 else f"{column.distinct:,} different values"
    return f"Seen: {values}, {filled}."


def _line(name: str, guess: Guess, indent: int) -> list[str]:
    line = f"{' ' * indent}{name}: {scalar(guess.value)}"
    return [f"{line}  # {guess.because}"] if guess.because else [line]


def table_lines(table: FoundTable) -> list[str]:
    """Return the lines that declare a table, as an entry of `tables`."""
    seen = f"{table.rows:,} rows" + ("" if table.is_whole else ", a part of what is there")
    lines = [*comment(f"Looked at: {seen}.", 4)]
    for told in table.notes:
        lines += comment(f"Note: {told}.", 4)
    for told in table.unfit_rows:
        lines += comment(f"Would go to quarantine: {told}.", 4)
    lines += [f"    - name: {table.name}", f"      description: {scalar(table_description(table))}"]
    lines += [f"      {name}: {scalar(value)}" for name, value in table.place.items()]
    if table.options:
        for name, guess in table.options.items():
            if guess.because:
                lines += comment(f"{name}: {guess.because}.", 6)
        lines.append(f"      {table.section}: {inline({name: guess.value for name, guess in table.options.items()})}")
    lines += _line("load", table.load, 6)
    for name, guess in table.more.items():
        lines += _line(name, guess, 6)
    if table.key:
        lines += _line("keys", Guess(list(table.key), table.key_because), 6)
    else:
        lines += comment("keys: no set of up to four columns is different and filled in every row.", 6)
    lines.append("      columns:")
    lines += [_column(column, is_key=column.name in table.key) for column in table.columns]
    return lines


def _column(column: FoundColumn, *, is_key: bool) -> str:
    said: dict[str, object] = {"type": column.type}
    if is_key:
        said["nullable"] = False
    if column.is_optional:
        said["optional"] = True
    if column.rounding != "exact":
        said["rounding"] = column.rounding
    said["description"] = column_description(column)
    line = f"        {scalar(column.name)}: {inline(said)}"
    return f"{line}  # {column.because}" if column.because else line
