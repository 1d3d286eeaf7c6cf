"""Whatever sound table an export holds, the declaration that is drafted of it lands every row, with its values."""

import csv
import os
import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.inspection.look import inspect_source
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table

LONG_AGO = 1_400_000_000
DAYS = st.dates(date(1990, 1, 1), date(2035, 12, 31))
AMOUNTS = st.decimals(Decimal("-1e9"), Decimal("1e9"), places=2)
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r", exclude_categories=["Cc", "Cs"]), max_size=20)
FORMATS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d-%m-%Y")


def written(value: object, decimal: str, day: str, *, grouped: bool) -> str:
    if isinstance(value, Decimal):
        text = f"{value:,.2f}" if grouped else f"{value:.2f}"
        return text.translate(str.maketrans(",.", ".,")) if decimal == "," else text
    return value.strftime(day) if isinstance(value, date) else "" if value is None else str(value)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.integers(-(10**9), 10**9), AMOUNTS, DAYS, TEXTS, st.none() | AMOUNTS, st.none() | DAYS),
        min_size=1,
        max_size=40,
    ),
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    decimal=st.sampled_from([".", ","]),
    day=st.sampled_from(FORMATS),
    grouped=st.booleans(),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_the_draft_lands_every_row_with_its_values(
    rows: list[tuple[int, Decimal, date, str, Decimal | None, date | None]],
    delimiter: str,
    decimal: str,
    day: str,
    grouped: bool,
    encoding: str,
) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "exports"
        folder.mkdir()
        file = folder / "ledger.csv"
        with file.open("w", encoding=encoding, newline="") as handle:
            writer = csv.writer(handle, delimiter=delimiter, lineterminator="\n")
            writer.writerow(["line", "amount", "posted", "text", "discount", "due"])
            writer.writerows([written(value, decimal, day, grouped=grouped) for value in row] for row in rows)
        os.utime(file, (LONG_AGO, LONG_AGO))
        found = inspect_source(str(folder), None, Path(place))
        assert found.system.tables[0].unfit_rows == ()
        system = SourceSystem.model_validate(yaml.safe_load(found.drafts[0].text)["attributes"])
        lake = RawLake(Path(place) / "lake")
        result = land_table(system, system.tables[0], lake, Path(place))
        assert (result.row_count, result.rows_quarantined) == (len(rows), 0)
        (batch,) = result.current
        landed = duckdb.execute(
            f"SELECT line::VARCHAR, amount::VARCHAR FROM {lake.rows(batch)} ORDER BY source_row"
        ).fetchall()
        assert [Decimal(line) for line, _ in landed] == [row[0] for row in rows]
        assert [Decimal(amount) for _, amount in landed] == [row[1] for row in rows]
        assert system.tables[0].columns["amount"].type == "DECIMAL(18,2)"
