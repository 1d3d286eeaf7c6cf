"""What `tieout check` prints: the mistakes, or what is there and what it can carry."""

from collections.abc import Iterator

from orchestration.company.contract import contract
from orchestration.folder.check import CheckedFolder
from orchestration.folder.crosswalk import Carried, crosswalk, summary


def told(checked: CheckedFolder) -> list[str]:
    """Return the lines that a person sees: all faults; where there are none, what the data can carry."""
    lines = [fault.in_folder(checked.folder) for fault in checked.faults]
    if lines:
        count = len(lines)
        return [*lines, f"{count} mistake{'s' if count > 1 else ''} in {checked.folder}; nothing was run."]
    if checked.company is None:
        return []
    lines.append(
        f"{checked.company.name}: {_count(len(checked.company.entities), 'entity', 'entities')}, "
        f"{_count(len(checked.systems), 'source system')}, {_count(len(checked.models), 'model')}; no mistakes."
    )
    if not checked.systems:
        lines.append("No source is declared yet: tieout source inspect PATH_OR_URL --write drafts one.")
    if checked.undecided:
        codes = ", ".join(account.account_code or str(account.account_id) for account in checked.undecided[:20])
        lines.append(f"accounts.csv: {len(checked.undecided)} accounts have no line yet: {codes}")
    return [*lines, *summary(carried_by(checked)), *_left_out(checked)]


def carried_by(checked: CheckedFolder) -> list[Carried]:
    """Return which statements and KPIs the company's data can carry."""
    if checked.dictionary is None:
        return []
    return crosswalk(checked.supplied, checked.dictionary, checked.statement_lines, checked.used_lines)


def _left_out(checked: CheckedFolder) -> Iterator[str]:
    """Yield a note for each table of the contract of which no mapping model gives some columns."""
    for table, given in sorted(checked.supplied.items()):
        columns = contract().tables[table].columns
        if absent := [name for name in columns if name not in given]:
            count = f"{len(absent)} of {len(columns)} columns"
            yield f"note: {table}: {count} are given by no mapping, and NULL: {', '.join(absent)}"


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or f'{one}s'}"
