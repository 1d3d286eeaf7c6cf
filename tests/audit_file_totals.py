"""The totals by account that audit files state themselves, read without the product's readers."""

import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

Totals = dict[str, Decimal]
"""Debit less credit of each account that is not 0."""

_PART = re.compile(r'"((?:\\.|[^"])*)"|(\S+)')


def totals_of(file: Path) -> Totals:
    """Return what the accounts of a file come to: a FEC's lines, a SIE file's closing balances and results."""
    raw = file.read_bytes()
    found = _sie(raw.decode("cp437")) if file.suffix.lower() == ".se" else _fec(raw)
    return {account: amount for account, amount in found.items() if amount}


def _fec(raw: bytes) -> Totals:
    head, *lines = raw.decode("utf-8-sig", errors="replace").splitlines()
    delimiter = "\t" if "\t" in head else "|"
    names = [name.strip().lower() for name in head.split(delimiter)]
    found: Totals = defaultdict(Decimal)
    for line in lines:
        if line.strip():
            fields = dict(zip(names, (part.strip() for part in line.split(delimiter)), strict=False))
            debit, credit = (Decimal(fields[name].replace(",", ".") or 0) for name in ("debit", "credit"))
            found[fields["comptenum"]] += debit - credit
    return found


def _sie(text: str) -> Totals:
    """Return #UB and #RES of the year; where a file has none, its openings and vouchers added up."""
    stated: Totals = defaultdict(Decimal)
    added: Totals = defaultdict(Decimal)
    for line in text.splitlines():
        if line.strip().startswith("#"):
            bare = re.sub(r"\{[^}]*\}", " ", line)
            label, *fields = [quoted or plain for quoted, plain in _PART.findall(bare.strip())]
            if label in {"#UB", "#RES"} and fields[0] == "0":
                stated[fields[1]] += Decimal(fields[2])
            elif label == "#IB" and fields[0] == "0":
                added[fields[1]] += Decimal(fields[2])
            elif label == "#TRANS":
                added[fields[0]] += Decimal(fields[1])
    return stated or added
