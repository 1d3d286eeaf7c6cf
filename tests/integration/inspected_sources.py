"""Sources of very different shape, written for the tests of inspection: each as a company's system would export it."""

import json
import os
import random
import sqlite3
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import xlsxwriter

ROWS = {"buchungen": 300, "orders": 400, "stock_levels": 60, "events": 200, "budget": 36, "rates": 3, "meter": 100}
"""Rows of each table that staging holds in the end; of stock_levels only the newest file's count."""

_WRITTEN = 1_400_000_000
"""Long ago, so that landing does not wait for the files to settle."""


def write_exports(folder: Path) -> None:
    """Write a folder of exports: German CSV, daily files, daily snapshots, JSON lines, a workbook, Parquet."""
    chance = random.Random(14)  # noqa: S311 (made-up data)
    folder.mkdir(parents=True)
    _german_ledger(folder / "Buchungen.csv", chance)
    for day in range(5):
        on = date(2014, 3, 1) + timedelta(days=day)
        _orders(folder / "daily" / f"orders_{on:%Y-%m-%d}.csv", day, chance)
        _snapshot(folder / "stock" / f"STOCK-LEVELS.{on:%Y%m%d}.txt", chance)
    _events(folder / "events.jsonl", chance)
    _workbook(folder / "plan.xlsx")
    duckdb.execute(
        "COPY (SELECT i::INTEGER AS id, (i * 1.1)::DOUBLE AS amount, i / 3.0 AS share, "
        "TIMESTAMP '2014-01-01' + to_days(i::INTEGER) AS read_date, TIMESTAMPTZ '2014-05-01 10:00:00+02' AS sent_at "
        f"FROM range({ROWS['meter']}) t(i)) TO '{folder / 'meter.parquet'}'"
    )
    (folder / "readme.pdf").write_bytes(b"%PDF-1.4")
    settled = (file for file in folder.rglob("*") if file.is_file())
    for file in settled:
        os.utime(file, (_WRITTEN, _WRITTEN))


def write_database(file: Path) -> None:
    """Write an SQLite file with a keyed table that says when its rows changed, one without a key, and a view."""
    with sqlite3.connect(file) as database:
        database.execute(
            "CREATE TABLE customer (customer_no TEXT PRIMARY KEY, name TEXT, credit_limit NUMERIC, updated_at TEXT)"
        )
        database.executemany(
            "INSERT INTO customer VALUES (?, ?, ?, ?)",
            [(f"{n:05d}", f"Customer {n}", n * 100.5, f"2014-0{n % 9 + 1}-01 08:00:00") for n in range(50)],
        )
        database.execute("CREATE TABLE visit (day TEXT, hour INTEGER, visitors INTEGER)")
        database.executemany(
            "INSERT INTO visit VALUES (?, ?, ?)",
            [(f"2014-01-{d:02d}", h, d * h) for d in range(1, 11) for h in range(8)],
        )


def _german_ledger(file: Path, chance: random.Random) -> None:
    lines = ["Belegnr;Konto;Bezeichnung;Betrag;Buchungsdatum;Status"]
    for number in range(ROWS["buchungen"]):
        amount = f"{chance.randint(-5_000_000, 5_000_000) / 100:,.2f}"
        german = amount.translate(str.maketrans(",.", ".,"))
        on = date(2014, 1, 1) + timedelta(days=number)
        account = chance.choice(["0400", "8400", "1200"])
        lines.append(f'{number + 1:06d};{account};"Erlöse; Größe {number % 37}";{german};{on:%d.%m.%Y};offen')
    file.write_bytes(("\r\n".join(lines) + "\r\n").encode("cp1252"))


def _orders(file: Path, day: int, chance: random.Random) -> None:
    file.parent.mkdir(exist_ok=True)
    lines = ["order_id,line,sku,qty,unit_price,ordered_at"]
    for number in range(40):
        for line in (1, 2):
            at = f"2014-03-0{day + 1}T{number % 24:02d}:15:00Z"
            lines.append(
                f"{day * 100 + number},{line},A-{number % 7:03d},{line},{chance.randint(100, 9999) / 100:.2f},{at}"
            )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _snapshot(file: Path, chance: random.Random) -> None:
    file.parent.mkdir(exist_ok=True)
    lines = ["Item No\tStore\tOn Hand\tListed"]
    for number in range(ROWS["stock_levels"]):
        lines.append(f"{number:04d}\tA\t{chance.randint(0, 99)}\t{number % 12 + 1:02d}/{number % 28 + 1:02d}/2013")
    file.write_text("\n".join(lines) + "\n", encoding="utf-16")


def _events(file: Path, chance: random.Random) -> None:
    kinds = ["open", "close"]
    records = [
        {
            "id": number,
            "kind": kinds[number % 2],
            "at": f"2014-05-{number % 28 + 1:02d}T10:00:00Z",
            "fee": chance.randint(0, 9999) / 100,
            "tags": ["a", "b"],
            "customer_name": f"Person {number}",
            "is_paid": number % 3 == 0,
        }
        for number in range(ROWS["events"])
    ]
    file.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def _workbook(file: Path) -> None:
    with xlsxwriter.Workbook(str(file)) as book:
        day = book.add_format({"num_format": "dd.mm.yyyy"})
        sheet = book.add_worksheet("Budget")
        sheet.write(0, 0, "Budget of the company, in euros")
        sheet.write_row(2, 0, ["Cost Center", "Month", "Amount"])
        for number in range(ROWS["budget"]):
            sheet.write(3 + number, 0, f"{100 + number % 3}")
            sheet.write_datetime(3 + number, 1, datetime(2014, number // 3 + 1, 1), day)  # noqa: DTZ001 (a date)
            sheet.write(3 + number, 2, 1000.5 + number * 10)
        rates = book.add_worksheet("Rates")
        rates.write_row(0, 0, ["currency", "rate"])
        for number, currency in enumerate(["USD", "GBP", "CHF"]):
            rates.write_row(1 + number, 0, [currency, 1.1234 + number])
        book.add_worksheet("Empty")
