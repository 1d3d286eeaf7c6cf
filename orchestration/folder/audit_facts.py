"""What audit files say of their company: who it is, its currency, its fiscal years, the accounts that it posts on.

A file is read once, line by line, as far as these facts need it; landing its rows belongs in `orchestration.sources`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from orchestration.sources.formats.fec_header import FecHeader, fec_header
from orchestration.sources.formats.sie_text import SieFaultError, label_of, sie_encoding, sie_line
from orchestration.sources.inspection.audit_kinds import AuditKind

_FEC_NAME = re.compile(r"(\d{9})FEC(\d{8})", re.IGNORECASE)
_DAY = timedelta(days=1)
_LONGEST_DELAY = timedelta(days=62)
"""How long after the last posting the day in a FEC's name may be and still be believed."""


@dataclass
class AuditFacts:
    """The facts of one file. `years` are first and last days; the first day of a FEC's year may be a guess."""

    kind: AuditKind
    file: Path
    company_number: str | None = None
    company_name: str | None = None
    currency: str | None = None
    years: list[tuple[date, date]] = field(default_factory=list)
    accounts: dict[str, str] = field(default_factory=dict)
    """Code and name of each account that is posted on."""
    has_totals_only: bool = False
    """Whether results are stated and no voucher is there, as in SIE types 1 to 3."""


def read_facts(file: Path, kind: AuditKind) -> AuditFacts:
    """Read the facts of a file."""
    return _fec(file) if kind == "fec" else _sie(file)


def _fec(file: Path) -> AuditFacts:
    facts = AuditFacts("fec", file, currency="EUR")
    named = _FEC_NAME.search(file.name)
    facts.company_number = named[1] if named else None
    days: list[date] = []
    for values in _fec_rows(file):
        if day := _day(values.get("ecriture_date", "")):
            days.append(day)
        if code := values.get("compte_num", ""):
            facts.accounts.setdefault(code, values.get("compte_lib", ""))
    if not days:
        return facts
    facts.years = [_fiscal_year(min(days), max(days), _day(named[2]) if named else None)]
    return facts


def _fiscal_year(first: date, last: date, said: date | None) -> tuple[date, date]:
    """Return the fiscal year of postings from a first to a last day; `said` is the year's end in the file's name.

    Its year may be wrong, its day hardly. Twelve months are taken where the postings fit in them, else all they reach.
    """
    first = first.replace(day=1)
    if said:
        ends = (_month_end(date(year, said.month, 1)) for year in (last.year, last.year + 1))
        end = next(end for end in ends if end >= last)
        start = _a_year_before(end)
        if start <= first or end - last <= _LONGEST_DELAY:
            return min(start, first), end
    end = _month_end(last)
    return min(_a_year_before(end), first), end


def _a_year_before(end: date) -> date:
    after = end + _DAY
    return after.replace(year=after.year - 1)


def _fec_rows(file: Path) -> Iterator[dict[str, str]]:
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("iso-8859-15")
    lines = iter(re.split(r"\r?\n" if "\n" in text else r"\r", text))
    header: FecHeader | None = None
    for line in lines:
        if not line.strip():
            continue
        if header is None:
            header = fec_header(line)
            if header is None or header.has_names:
                continue
        fields = [part.strip().strip('"').strip() for part in line.split(header.delimiter)]
        yield {name: value for name, value in zip(header.columns, fields, strict=False) if name}


def _sie(file: Path) -> AuditFacts:
    facts = AuditFacts("sie", file, currency="SEK")
    names: dict[str, str] = {}
    used: set[str] = set()
    labels: set[str] = set()
    with file.open(encoding=sie_encoding(file), errors="replace") as handle:
        for number, text in enumerate(handle, start=1):
            label = label_of(text)
            labels.add(label)
            try:
                fields = [part for part in sie_line(number, text.rstrip("\r\n")).fields if isinstance(part, str)]
            except SieFaultError:
                continue
            match label, fields:
                case "ORGNR", [orgnr, *_]:
                    facts.company_number = orgnr.strip()
                case "FNAMN", [name, *_]:
                    facts.company_name = name.strip()
                case "VALUTA", [currency, *_]:
                    facts.currency = currency.strip().upper()
                case "RAR", [_, first, last, *_]:
                    if (begins := _day(first)) and (ends := _day(last)):
                        facts.years.append((begins, ends))
                case "KONTO", [code, name, *_]:
                    names[code] = name
                case "TRANS" | "RTRANS", [code, *_]:
                    used.add(code)
                case "IB" | "UB" | "RES", [_, code, *_]:
                    used.add(code)
    facts.has_totals_only = "RES" in labels and "VER" not in labels
    facts.accounts = {code: names.get(code, "") for code in sorted(used)}
    return facts


def _day(text: str) -> date | None:
    digits = re.sub(r"\D", "", text)[:8]
    for candidate in (digits, digits[4:] + digits[2:4] + digits[:2]):  # 20240131, or 31/01/2024
        try:
            found = date(int(candidate[:4]), int(candidate[4:6]), int(candidate[6:]))
        except ValueError:
            continue
        if 1900 <= found.year <= 2100:  # noqa: PLR2004
            return found
    return None


def _month_end(day: date) -> date:
    following = (day.replace(day=1) + timedelta(days=31)).replace(day=1)
    return following - _DAY
