"""The text of a new company's files: a company.yaml with comments, and a line in each folder on what belongs there."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

import yaml

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
ACCOUNT_COLUMNS = ("account_code", "line_code", "cash_flow_line_code", "note")


@dataclass(frozen=True)
class NewCompany:
    """What is known of a company before its folder is made. None is not known, and becomes a guess with a comment."""

    name: str
    currency: str | None = None
    entity_id: str | None = None
    layout: str | None = None
    first_month: int = 1
    time_zone: str | None = None
    short_years: tuple[tuple[date, date], ...] = ()
    """Fiscal years that are not twelve months from `first_month` on."""


def files_of(company: NewCompany, accounts: str | None = None) -> dict[str, str]:
    """Return the files of a new folder by their path, with their texts."""
    files = {
        "company.yaml": company_yaml(company),
        ".gitignore": "data/\n",
        "accounts.csv": accounts or ",".join(ACCOUNT_COLUMNS[:3]) + "\n",
    }
    return files | {f"{folder}/README.md": f"{line}\n" for folder, line in FOLDERS.items()}


def company_yaml(company: NewCompany) -> str:
    """Return the text of a company.yaml that says what is known, and in comments what more may be said."""
    guess = "" if company.currency else "  # a guess: ISO 4217"
    lines = [
        "# What no export says of the company. `tieout check` tells what may be said here, and what is wrong with it.",
        f"name: {_scalar(company.name)}",
        f"group: {{currency: {company.currency or 'EUR'}}}{guess}",
        "entities:",
        f"  - {{id: {_scalar(company.entity_id or entity_id(company.name))}, name: {_scalar(company.name)}}}",
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
        "# closing: {kind: by_postings}  # or {kind: days_after, days: 10}, {kind: declared, closed_through: …}",
        '# schedules: {refresh: "0 5 * * *", report: "0 7 4 * *"}',
        "# owners: {finance: team:finance, operations: team:operations, data: team:data}",
    ]
    return "\n".join(lines) + "\n"


def entity_id(name: str) -> str:
    """Return an id made of a name: its first word, in capital letters and digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    return next(iter(re.findall(r"[A-Z0-9]+", plain)), "MAIN")[:20]


def _calendar(company: NewCompany) -> list[str]:
    if company.short_years:
        lines = ["calendars:", "  fiscal:"]
        lines += [f"    - {segment}" for segment in _segments(company)]
        return lines
    if company.first_month != 1:
        return ["calendars:", f"  fiscal: {{kind: months, first_month: {company.first_month}}}"]
    return [
        "# calendars:                      # calendar months, years from January on, unless said",
        "#   fiscal: {kind: months, first_month: 7}        # or weeks (4-4-5 …), thirteen, own",
    ]


def _segments(company: NewCompany) -> list[str]:
    """Return the calendar's segments: twelve months from the first month on, but for the years that differ."""
    from datetime import timedelta  # noqa: PLC0415

    day = timedelta(days=1)
    segments: list[str] = []
    begins: date | None = None
    for first, last in sorted(company.short_years):
        before = f", to: {first - day}" if begins is None else f", from: {begins}, to: {first - day}"
        if begins is None or begins < first:
            segments.append(f"{{kind: months, first_month: {company.first_month}{before}}}")
        segments.append(f"{{kind: months, from: {first}, to: {last}, fiscal_year: {last.year}}}")
        begins = last + day
    segments.append(f"{{kind: months, first_month: {company.first_month}, from: {begins}}}")
    return segments


def _scalar(value: str) -> str:
    text = yaml.safe_dump([value], default_flow_style=True, width=10**6, allow_unicode=True).strip()[1:-1]
    return f'"{text}"' if re.search(r"[{}\[\],]", text) and not text.startswith(("'", '"')) else text
