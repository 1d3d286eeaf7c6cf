"""A company made of its audit files, FEC or SIE: all that the files say of it, so that nothing is left to write."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

from orchestration.company.csv_rows import read_csv
from orchestration.company.errors import CompanyError, Fault
from orchestration.folder.audit_facts import AuditFacts, read_facts
from orchestration.folder.fiscal_years import calendar_of
from orchestration.folder.new_company import ACCOUNT_COLUMNS, NewCompany, scalar
from orchestration.sources.declaration.ready_systems import account_map
from orchestration.sources.inspection.audit_kinds import audit_file_kind

_ZONES = {"fec": "Europe/Paris", "sie": "Europe/Stockholm"}
_STANDARDS = {"fec": "Fichier des écritures comptables", "sie": "SIE"}
_MOST_TOLD = 10
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class AuditCompany:
    """What audit files say of their company, and the files that follow from it."""

    company: NewCompany
    files: dict[str, str]
    accounts: str
    told: list[str] = field(default_factory=list)


def audit_company(place: Path, folder: Path, name: str | None, currency: str | None) -> AuditCompany | None:
    """Return what the audit files at a place say, for a company in `folder`; None where there are none.

    `place` is a file or a folder of files. Raises `CompanyError` where they are of several companies or kinds.
    """
    inside = sorted(place.iterdir()) if place.is_dir() else [place]
    files = [file for file in inside if file.is_file()]
    kinds = {file: kind for file in files if (kind := audit_file_kind(file))}
    if not kinds:
        return None
    if len(set(kinds.values())) > 1:
        raise CompanyError([Fault(place, None, "has FEC and SIE files; make a folder for each company")])
    facts = [read_facts(file, kind) for file, kind in kinds.items()]
    _refuse_several(place, facts)
    if totals := [one.file.name for one in facts if one.has_totals_only]:
        listed = ", ".join(totals)
        told = f"has totals and no vouchers (SIE types 1 to 3) in {listed}; export it again as SIE type 4"
        raise CompanyError([Fault(place, None, told)])
    kind = facts[0].kind
    number = next((one.company_number for one in facts if one.company_number), None)
    said_name = next((one.company_name for one in facts if one.company_name), None)
    company = NewCompany(
        name=name or said_name or (f"SIREN {number}" if number else place.stem),
        currency=currency or facts[0].currency,
        entity_id=re.sub(r"[\s,;/\\]", "", number or "") or None,
        layout="by_nature",
        time_zone=_ZONES[kind],
        closing="as_delivered",
        calendar=tuple(calendar_of(_years(facts))) if any(one.years for one in facts) else (),
    )
    unknown = _unknown_accounts(facts)
    files_told = [f"{one.file.name}: {_years_told(one)}, {len(one.accounts)} accounts" for one in facts]
    if unknown:
        listed = ", ".join(list(unknown)[:_MOST_TOLD]) + (" …" if len(unknown) > _MOST_TOLD else "")
        files_told.append(
            f"{len(unknown)} accounts are not in the standard map; their lines belong in accounts.csv: {listed}"
        )
    declaration = _declaration(kind, place, folder, facts, company)
    return AuditCompany(company, {f"sources/{kind}/defs.yaml": declaration}, _accounts(unknown), files_told)


def _refuse_several(place: Path, facts: Sequence[AuditFacts]) -> None:
    numbers = {one.company_number: one.file for one in facts if one.company_number}
    if len(numbers) > 1:
        listed = ", ".join(f"{number} ({file.name})" for number, file in numbers.items())
        raise CompanyError([Fault(place, None, f"has files of several companies, {listed}; make a folder for each")])


def _years(facts: Sequence[AuditFacts]) -> list[tuple[date, date]]:
    """Return the fiscal years of all files; a FEC's year begins the day after the one before it ended."""
    years = sorted({year for one in facts for year in one.years})
    if facts[0].kind == "sie":
        return years
    found: list[tuple[date, date]] = []
    for first, last in years:
        is_next = found and found[-1][1] < last and (first - found[-1][1]).days <= 366  # noqa: PLR2004 - a year
        found.append((found[-1][1] + _DAY if is_next else first, last))
    return found


def _years_told(facts: AuditFacts) -> str:
    return " and ".join(f"{first} to {last}" for first, last in facts.years) or "no fiscal year found"


def _unknown_accounts(facts: Sequence[AuditFacts]) -> dict[str, str]:
    """Return code and name of the accounts that no rule of the standard map begins."""
    file = account_map(facts[0].kind)
    prefixes = tuple(row.get("account_prefix") or "" for row in read_csv(file).rows) if file else ()
    accounts = {code: name for one in facts for code, name in one.accounts.items()}
    return {code: accounts[code] for code in sorted(accounts) if not code.startswith(prefixes)} if prefixes else {}


def _accounts(unknown: dict[str, str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(ACCOUNT_COLUMNS)
    writer.writerows((code, "", "", name) for code, name in unknown.items())
    return text.getvalue()


def _declaration(kind: str, place: Path, folder: Path, facts: Sequence[AuditFacts], company: NewCompany) -> str:
    root = (place if place.is_dir() else place.parent).resolve()
    shown = root.relative_to(folder).as_posix() if root.is_relative_to(folder) else root.as_posix()
    plural = "s" if len(facts) > 1 else ""
    return "\n".join(
        [
            f"# Made by `tieout init` of {len(facts)} file{plural}; the next year's file belongs beside them.",
            f"type: {kind}",
            "attributes:",
            f"  name: {kind}",
            f"  description: {scalar(f'{_STANDARDS[kind]} of {company.name}.')}",
            '  owners: ["team:finance"]',
            f"  root: {scalar(shown)}",
            f"  files: {scalar(_pattern(root, [one.file.name for one in facts]))}",
            f"  entity: {scalar(company.entity)}",
            "",
        ]
    )


def _pattern(root: Path, names: Sequence[str]) -> str:
    """Return a pattern that the files match and nothing else there: by the company's number, or by their ending."""
    there = [file.name for file in root.iterdir() if file.is_file() and not file.name.startswith(".")]
    numbers = {found[1] for name in names if (found := re.match(r"(\d{9,}FEC)\d{8}", name))}
    endings = {Path(name).suffix for name in names}
    candidates = [f"{number}*{ending}" for number in numbers for ending in endings if len(numbers) == len(endings) == 1]
    if len(names) > 1:
        candidates += [f"*{ending}" for ending in endings if len(endings) == 1] + ["*"]
    for pattern in candidates:
        if {name for name in there if fnmatchcase(name, pattern)} == set(names):
            return pattern
    if len(names) == 1:
        return names[0]
    others = sorted(set(there) - set(names))[:_MOST_TOLD]
    raise CompanyError(
        [Fault(root, None, f"has other files beside the audit files that no pattern tells apart: {', '.join(others)}")]
    )
