"""A small trading company for docs/add-a-source.md: `python docs/examples/nordwind.py FOLDER` writes its data.

`exports/` has what the bookkeeping program exports, as German programs do: a journal per month and the chart of
accounts. `purchasing.db` is the SQLite file of the purchasing program. One journal line has a day that does not exist.
"""

import random
import sqlite3
import sys
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

ACCOUNTS = {
    "0400": ("Betriebsausstattung", "Aktiva"),
    "0800": ("Gezeichnetes Kapital", "Passiva"),
    "1200": ("Bank", "Aktiva"),
    "1400": ("Forderungen", "Aktiva"),
    "1600": ("Verbindlichkeiten", "Passiva"),
    "3980": ("Warenbestand", "Aktiva"),
    "4100": ("Löhne und Gehälter", "Aufwand"),
    "4210": ("Miete", "Aufwand"),
    "4830": ("Abschreibungen", "Aufwand"),
    "5400": ("Wareneinsatz", "Aufwand"),
    "8400": ("Erlöse", "Ertrag"),
}
SUPPLIERS = ("Hansen Tee", "Olsen Kaffee", "Petersen Gewürze", "Lund Keramik")
MONTHS = [date(year, month, 1) for year in (2024, 2025) for month in range(1, 13)]
WRONG_DAY = date(2025, 11, 30)


def write(folder: Path) -> None:
    """Write the company's data into a folder that need not exist."""
    chance = random.Random(1)  # noqa: S311 (made-up data)
    journals = folder / "exports" / "journal"
    journals.mkdir(parents=True)
    accounts = ["Konto;Bezeichnung;Art", *(f"{code};{name};{kind}" for code, (name, kind) in ACCOUNTS.items())]
    _text(folder / "exports" / "Konten.csv", accounts)
    orders = list(_orders(chance))
    number = 0
    for month in MONTHS:
        lines = ["Belegnr;Zeile;Buchungsdatum;Konto;Betrag;Text"]
        for on, debit, credit, cents, text in _vouchers(month, orders, chance):
            number += 1
            day = f"{on:%d.%m.%Y}"
            for line, account, signed in ((1, debit, cents), (2, credit, -cents)):
                wrong = on == WRONG_DAY and text == "Miete" and line == 1
                shown = "31.11.2025" if wrong else day
                lines.append(f"{number:06d};{line};{shown};{account};{_german(signed)};{text}")
        _text(journals / f"Journal_{month:%Y-%m}.csv", lines)
    _purchasing(folder / "purchasing.db", orders)


def _vouchers(
    month: date, orders: list[tuple[date, int]], chance: random.Random
) -> Iterator[tuple[date, str, str, int, str]]:
    """Yield (day, debit account, credit account, cents, text) of a month's vouchers."""
    last = month.replace(day=monthrange(month.year, month.month)[1])
    if month == MONTHS[0]:
        for account, cents in (("1200", 20_000_000), ("3980", 8_000_000), ("0400", 6_000_000)):
            yield month, account, "0800", cents, "Anfangsbestand"
    sold, bought = 0, sum(cents for on, cents in orders if _is_in(on, month))
    for week in range(4):
        on = month + timedelta(days=7 * week + 3)
        sales = chance.randint(900_000, 1_600_000) + 15_000 * MONTHS.index(month)
        sold += sales
        yield on, "1400", "8400", sales, f"Verkauf Woche {week + 1}"
        yield on, "5400", "3980", sales * 62 // 100, f"Wareneinsatz Woche {week + 1}"
    for on, cents in orders:
        if _is_in(on, month):
            yield on, "3980", "1600", cents, "Wareneingang"
    rest = 50 if month == MONTHS[0] else 98
    yield last, "1200", "1400", sold * rest // 100, "Zahlungseingang"
    yield last, "1600", "1200", bought * rest // 100, "Zahlung an Lieferanten"
    yield last, "4100", "1200", 900_000, "Gehälter"
    yield last, "4210", "1200", 250_000, "Miete"
    yield last, "4830", "0400", 100_000, "Abschreibung"


def _is_in(on: date, month: date) -> bool:
    return (on.year, on.month) == (month.year, month.month)


def _orders(chance: random.Random) -> Iterator[tuple[date, int]]:
    """Yield (day of receipt, cents) of each purchase order."""
    for month in MONTHS:
        for number in range(6):
            yield month + timedelta(days=4 * number + 6), chance.randint(560_000, 640_000)


def _purchasing(file: Path, orders: list[tuple[date, int]]) -> None:
    chance = random.Random(2)  # noqa: S311 (made-up data)
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE supplier (supplier_no TEXT PRIMARY KEY, name TEXT, rating INTEGER)")
        database.execute(
            "CREATE TABLE purchase_order (order_no TEXT PRIMARY KEY, supplier_no TEXT, ordered TEXT, due TEXT, "
            "shipped TEXT, qty INTEGER, received_qty INTEGER, rejected_qty INTEGER, amount NUMERIC, updated_at TEXT)"
        )
        rated = [(f"L{n:03d}", name, n % 3 + 1) for n, name in enumerate(SUPPLIERS, start=1)]
        database.executemany("INSERT INTO supplier VALUES (?, ?, ?)", rated)
        for number, (on, cents) in enumerate(orders, start=1):
            late, qty = chance.choice([0, 0, 0, 2]), chance.randint(50, 200)
            due, received = on - timedelta(days=late), qty - chance.choice([0, 0, 0, 0, 5])
            database.execute(
                "INSERT INTO purchase_order VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    f"B{number:05d}",
                    f"L{number % len(SUPPLIERS) + 1:03d}",
                    f"{on - timedelta(days=14)}",
                    f"{due}",
                    f"{on}",
                    qty,
                    received,
                    chance.choice([0, 0, 0, 1, 2]),
                    cents / 100,
                    f"{on} 16:00:00",
                ),
            )


def _german(cents: int) -> str:
    return f"{cents / 100:,.2f}".translate(str.maketrans(",.", ".,"))


def _text(file: Path, lines: list[str]) -> None:
    file.write_bytes(("\r\n".join(lines) + "\r\n").encode("windows-1252"))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
