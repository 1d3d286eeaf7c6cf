"""The text of a new company's files: a company.yaml with comments, and a line in each folder on what belongs there."""

import re
import unicodedata
from dataclasses import dataclass

import yaml

from orchestration.company.calendar_kinds import Months

FOLDERS = {
    "sources": "A folder per source system with a `defs.yaml`: where it is, its tables, their columns. "
    "`tieout source inspect PATH_OR_URL --write` drafts one.",
    "models/staging": "A folder per source system, `stg_<system>__<table>.sql` per table: rename, cast, no more.",
    "models/mapping": "What a system has of a table of the contract, in its columns: `map_<system>__<table>.sql`; "
    "reads staging only.",
    "macros": "Jinja macros that the models share.",
    "suites": "What is true of this company's data: expectations, `<schema>.<table>.yaml`.",
    "tests": "SQL that returns the rows that must not be.",
    "kpis": "KPIs of the company's own, and `caveats.yaml`: what distorts the product's KPIs here.",
    "lists": "CSV files, each a table of text in schema `company`.",
}
_WORKSPACE = """\
# What `dagster dev` in this folder loads: this company.
load_from:
  - python_module: {module_name: orchestration.definitions, attribute: defs, location_name: tieout}
"""
ACCOUNT_COLUMNS = ("account_code", "line_code", "cash_flow_line_code", "note")


@dataclass(frozen=True)
class NewCompany:
    """What is known of a company before its folder is made. None is not known, and becomes a guess with a comment."""

    name: str
    currency: str | None = None
    entity_id: str | None = None
    layout: str | None = None
    time_zone: str | None = None
    closing: str | None = None
    """When a period counts as closed: a kind of `company_yaml.Closing`; by postings unless given."""
    calendar: tuple[Months, ...] = ()
    """The segments of its calendar; calendar months unless given."""

    @property
    def entity(self) -> str:
        """The id of its one entity."""
        return self.entity_id or entity_id(self.name)


def files_of(company: NewCompany, accounts: str | None = None) -> dict[str, str]:
    """Return the files of a new folder by their path, with their texts."""
    files = {
        "company.yaml": company_yaml(company),
        ".gitignore": "data/\n",
        "workspace.yaml": _WORKSPACE,
        "accounts.csv": accounts or ",".join(ACCOUNT_COLUMNS[:3]) + "\n",
    }
    return files | {f"{folder}/README.md": f"{line}\n" for folder, line in FOLDERS.items()}


def company_yaml(company: NewCompany) -> str:
    """Return the text of a company.yaml that says what is known, and in comments what more may be said."""
    guess = "" if company.currency else "  # a guess: ISO 4217"
    lines = [
        "# What no export says of the company. `tieout check` tells what may be said here, and what is wrong with it.",
        f"name: {scalar(company.name)}",
        f"group: {{currency: {company.currency or 'EUR'}}}{guess}",
        "entities:",
        f"  - {{id: {scalar(company.entity)}, name: {scalar(company.name)}}}",
        "  # Of each more: currency, parent, calendar, time_zone, joined_on, left_on, has_ledger: false,",
        "  # ownership: [{from: 2024-01-01, share: 0.75}]",
    ]
    if company.time_zone:
        lines.append(f"time_zone: {company.time_zone}")
    else:
        lines.append("# time_zone: Europe/Berlin       # UTC unless said")
    lines += _calendar(company)
    if company.layout:
        lines.append(f"layout: {company.layout}")
    else:
        lines.append("# layout: by_function            # or by_nature, or own with a statements.csv")
    lines += [
        "# rates: {missing: last_known, max_age_days: 7, average: days}      # or refuse; month_ends, given",
        f"closing: {{kind: {company.closing}}}  # the books are whole when they are handed over"
        if company.closing
        else "# closing: {kind: by_postings}  # or as_delivered, {kind: days_after, days: 10}, "
        "{kind: declared, closed_through: …}",
        '# schedules: {refresh: "0 5 * * *", report: "0 7 4 * *"}',
        "# owners: {finance: team:finance, operations: team:operations, data: team:data}",
    ]
    return "\n".join(lines) + "\n"


def entity_id(name: str) -> str:
    """Return an id made of a name: its first word, in capital letters and digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return next(iter(re.findall(r"[A-Z0-9]+", plain)), "MAIN")[:20]


def _calendar(company: NewCompany) -> list[str]:
    segments = company.calendar
    if len(segments) > 1:
        return ["calendars:", "  fiscal:", *(f"    - {_segment(segment)}" for segment in segments)]
    if segments and segments[0].first_month != 1:
        return ["calendars:", f"  fiscal: {_segment(segments[0])}"]
    return [
        "# calendars:                      # calendar months, years from January on, unless said",
        "#   fiscal: {kind: months, first_month: 7}        # or weeks (4-4-5 …), thirteen, own",
    ]


def _segment(segment: Months) -> str:
    said = segment.model_dump(by_alias=True, exclude_defaults=True) | {"kind": "months"}
    order = ("kind", "first_month", "from", "to", "fiscal_year", "year_named_after")
    return "{" + ", ".join(f"{name}: {said[name]}" for name in order if said.get(name) is not None) + "}"


def scalar(value: str) -> str:
    """Return a text as YAML writes it within braces."""
    text = yaml.safe_dump([value], default_flow_style=True, width=10**6, allow_unicode=True).strip()[1:-1]
    return f'"{text}"' if re.search(r"[{}\[\],]", text) and not text.startswith(("'", '"')) else text
