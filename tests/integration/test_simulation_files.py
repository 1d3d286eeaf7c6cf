"""What `tieout simulate` writes: the contract's columns and types, the same bytes each time, deliveries, dirt."""

import csv
import hashlib
import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from orchestration.cli import app, main
from orchestration.simulation import simulate as simulation
from orchestration.simulation.books.contract import output_tables
from orchestration.simulation.document import MARK, PAGE, reference
from orchestration.simulation.errors import SimulationError
from orchestration.simulation.simulate import Options, simulate
from tests.integration.simulation_digests import COMPANY, SNAPSHOT, digest_lines

SMALL = Options(years=1, scale=0.1, seed=11)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return simulate(tmp_path_factory.mktemp("parquet") / "company", SMALL).folder


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = Options(years=1, scale=0.1, seed=11, is_dirty=True, kind="csv")
    return simulate(tmp_path_factory.mktemp("csv") / "company", options).folder


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truth(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "truth" / f"{table}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def test_every_file_has_the_columns_and_types_of_the_contract_and_its_key(folder: Path) -> None:
    with duckdb.connect() as connection:
        for table in output_tables().values():
            files = sorted((folder / table.name).glob("*.parquet"))
            assert files, table.name
            for file in files:
                found = connection.execute(f"DESCRIBE FROM '{file}'").fetchall()
                assert [(row[0], row[1]) for row in found] == [(c.name, c.kind) for c in table.columns], file.name
            everything = f"read_parquet('{folder / table.name}/*.parquet')"
            keys = ", ".join(table.key)
            twice = f"SELECT {keys} FROM {everything} GROUP BY ALL HAVING count(*) > 1"
            assert connection.execute(twice).fetchall() == [], table.name
            for column in table.columns:
                if not column.is_nullable:
                    empty = f"SELECT count(*) FROM {everything} WHERE {column.name} IS NULL"
                    assert connection.execute(empty).fetchone() == (0,), (table.name, column.name)


def test_rows_lie_in_the_file_of_the_day_they_were_entered(folder: Path) -> None:
    with duckdb.connect() as connection:
        for table in output_tables().values():
            if table.delivery == "snapshot":
                assert [path.name for path in (folder / table.name).iterdir()] == [f"{table.name}.parquet"]
                continue
            for file in (folder / table.name).iterdir():
                label = file.stem.removeprefix(f"{table.name}_")
                first, last = connection.execute(f"SELECT min(entered_on), max(entered_on) FROM '{file}'").fetchone()  # type: ignore[misc]
                if label == "2022":
                    assert last is None or last < date(2023, 1, 1)
                else:
                    assert first.isoformat().startswith(label), file.name
                    assert last.isoformat().startswith(label), file.name


def test_the_same_options_give_the_same_bytes_whatever_the_number_of_workers(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulation, "_WORKERS", 1)
    assert hashes(simulate(tmp_path / "again", SMALL).folder) == hashes(folder)


def test_duckdb_writes_the_same_bytes_with_more_threads(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_four_threads() -> duckdb.DuckDBPyConnection:
        connection = duckdb.connect()
        connection.execute("SET threads = 4")
        return connection

    monkeypatch.setattr(simulation, "_connection", with_four_threads)
    assert hashes(simulate(tmp_path / "again", SMALL).folder) == hashes(folder)


def test_other_bytes_have_another_format_version(tmp_path: Path) -> None:
    """Also on another machine. After raising FORMAT_VERSION, write the snapshot anew, as `simulation_digests` says."""
    found = digest_lines(simulate(tmp_path / "company", COMPANY).folder)
    assert found == SNAPSHOT.read_text(encoding="utf-8").splitlines()


def test_another_seed_gives_another_company(folder: Path, tmp_path: Path) -> None:
    other = simulate(tmp_path / "other", Options(years=1, scale=0.1, seed=12)).folder
    mine = hashes(folder)
    assert hashes(other)["sales_order/sales_order_2023-03.parquet"] != mine["sales_order/sales_order_2023-03.parquet"]


def test_until_leaves_out_what_had_not_come_and_shows_the_wrong_version_of_what_was_corrected(
    folder: Path, tmp_path: Path
) -> None:
    corrected = next(row for row in truth(folder, "delivery") if row["delivery_type"] == "corrected")
    wrong = next(
        r for r in truth(folder, "delivery") if r["file_name"] == corrected["file_name"] and r["version"] == "1"
    )
    before = date.fromordinal(date.fromisoformat(corrected["delivered_on"]).toordinal() - 1)
    then = simulate(tmp_path / "then", Options(years=1, scale=0.1, seed=11, until=before)).folder
    now, earlier = hashes(folder), hashes(then)
    assert earlier[corrected["file_name"]] != now[corrected["file_name"]]
    there = {name for name in earlier if not name.startswith("truth/")}
    delivered = {
        r["file_name"]: r
        for r in truth(folder, "delivery")
        if r["delivered_on"] <= before.isoformat() and r["due_on"] <= before.isoformat()
    }
    snapshots = {t.name for t in output_tables().values() if t.delivery == "snapshot"}
    assert {name for name in there if name.split("/")[0] not in snapshots} == set(delivered)
    column = {"goods_receipt_line": "received_qty", "time_entry": "worked_hours", "ticket": "satisfaction_score"}
    with duckdb.connect() as connection:
        name = column[corrected["table_name"]]
        paths = (folder / corrected["file_name"], then / corrected["file_name"])
        differing = connection.execute(
            f"SELECT count(*) FROM '{paths[0]}' a POSITIONAL JOIN '{paths[1]}' b WHERE a.{name} IS DISTINCT FROM b.{name}"
        ).fetchone()
    assert differing == (int(wrong["corrected_row_count"]),)


def test_until_shows_master_data_as_they_were(folder: Path, tmp_path: Path) -> None:
    then = simulate(tmp_path / "then", Options(years=1, scale=0.1, seed=11, until=date(2023, 6, 1))).folder
    with duckdb.connect() as connection:
        late = f"SELECT count(*) FROM '{then}/employee/employee.parquet' WHERE hired_on >= '2023-06-01' OR left_on >= '2023-06-01'"
        assert connection.execute(late).fetchone() == (0,)
        counts = [
            connection.execute(f"SELECT count(*) FROM '{place}/forecast/forecast.parquet'").fetchone()
            for place in (then, folder)
        ]
        assert counts[0] < counts[1]  # type: ignore[operator]


def test_late_files_are_delivered_after_their_day(folder: Path) -> None:
    rows = truth(folder, "delivery")
    assert {row["delivery_type"] for row in rows} == {"regular", "late", "corrected"}
    for row in rows:
        assert (row["delivered_on"] > row["due_on"]) == (row["delivery_type"] != "regular")


def test_late_postings_are_counted_by_file(folder: Path) -> None:
    counted = sum(int(row["late_row_count"]) for row in truth(folder, "delivery"))
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT count(*) FROM '{folder}/journal_line/*.parquet' j "
            f"JOIN '{folder}/fiscal_period/fiscal_period.parquet' p USING (entity_id, period_id) "
            "WHERE j.entered_on > p.closed_on AND p.period_type = 'regular'"
        ).fetchone()
    assert found == (counted,)
    assert counted > 0


def test_row_counts_are_those_of_the_files(folder: Path) -> None:
    with duckdb.connect() as connection:
        for row in truth(folder, "row_count"):
            table = row["table_name"]
            found = connection.execute(f"SELECT count(*) FROM '{folder}/{table}/*.parquet'").fetchone()
            assert found == (int(row["row_count"]),), table


def test_without_dirty_nothing_is_dirty(folder: Path) -> None:
    for row in truth(folder, "delivery"):
        assert (row["duplicate_row_count"], row["malformed_row_count"], row["drifted_columns"]) == ("0", "0", "")


def test_dirt_is_what_the_truth_says_and_the_sound_rows_are_whole(folder: Path, dirty: Path) -> None:
    del folder
    rows = truth(dirty, "delivery")
    assert sum(int(row["duplicate_row_count"]) for row in rows) > 0
    assert sum(int(row["malformed_row_count"]) for row in rows) > 0
    assert any(row["drifted_columns"] for row in rows)
    sound: Counter[str] = Counter()
    for row in rows:
        with (dirty / row["file_name"]).open(encoding="utf-8", newline="") as handle:
            header, *lines = list(csv.reader(handle))
        assert len(lines) == int(row["row_count"]), row["file_name"]
        table = output_tables()[row["table_name"]]
        names = [column.name for column in table.columns]
        said = row["drifted_columns"]
        assert (sorted(header) != sorted(names)) == ("added" in said)
        assert (header[: len(names)] != names) == ("another order" in said)
        malformed = [line for line in lines if not fits(dict(zip(header, line, strict=False)), table.name)]
        assert len(malformed) == int(row["malformed_row_count"]), row["file_name"]
        kept = [tuple(line[: len(names)]) for line in lines if line not in malformed]
        assert len(kept) - len(set(kept)) == int(row["duplicate_row_count"]), row["file_name"]
        sound[table.name] += len(set(kept)) if row["is_current"] == "true" else 0
    assert sound == {row["table_name"]: int(row["row_count"]) for row in truth(dirty, "row_count")}


def fits(row: dict[str, str], table: str) -> bool:
    """Whether a CSV row has all columns, each of its type."""
    for column in output_tables()[table].columns:
        text = row.get(column.name)
        if text is None:
            return False
        if text == "" and column.is_nullable:
            continue
        try:
            if column.kind == "DATE":
                date.fromisoformat(text)
            elif column.kind == "TIMESTAMP":
                date.fromisoformat(text[:10])
            elif column.kind in ("BIGINT", "INTEGER") or column.kind.startswith("DECIMAL"):
                Decimal(text)
        except (ValueError, ArithmeticError):
            return False
    return True


def test_csv_and_parquet_hold_the_same_rows(folder: Path, tmp_path: Path) -> None:
    texts = simulate(tmp_path / "csv", Options(years=1, scale=0.1, seed=11, kind="csv")).folder
    with duckdb.connect() as connection:
        for name in ("journal_line", "ticket", "employee", "exchange_rate"):
            table = output_tables()[name]
            types = ", ".join(f"'{column.name}': '{column.kind}'" for column in table.columns)
            read = f"read_csv('{texts / name}/*.csv', columns = {{{types}}}, header = true)"
            kept = f"read_parquet('{folder / name}/*.parquet')"
            assert connection.execute(f"(FROM {read} EXCEPT ALL FROM {kept})").fetchall() == []
            assert connection.execute(f"(FROM {kept} EXCEPT ALL FROM {read})").fetchall() == []


def test_a_folder_with_anything_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SimulationError, match="is not a simulated company"):
        simulate(tmp_path, SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_that_cannot_be_written_is_one_message_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SimulationError, match=r"file/company cannot be written: Not a directory\. Choose") as raised:
        simulate(tmp_path / "file" / "company", Options(years=1, scale=0.02))
    assert ".partial" not in str(raised.value)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_simulation_replaces_the_one_before(tmp_path: Path) -> None:
    simulate(tmp_path / "company", Options(years=1, scale=0.02, seed=1))
    simulate(tmp_path / "company", Options(years=1, scale=0.02, seed=2, kind="csv"))
    assert json.loads((tmp_path / "company" / "truth" / "company.json").read_text())["seed"] == 2
    assert list(tmp_path.rglob("*.parquet")) == []
    assert [path.name for path in tmp_path.iterdir()] == ["company"]


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--years", "0"),
        ("--years", "11"),
        ("--scale", "0"),
        ("--scale", "1e9"),
        ("--daily", "-1"),
        ("--until", "2022-12-31"),
    ],
)
def test_options_that_make_no_company_are_one_message(
    option: str, value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["tieout", "simulate", "--out", str(tmp_path / "x"), option, value])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert option in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_wrote(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["simulate", "--out", str(tmp_path / "c"), "--years", "1", "--scale", "0.02"])
    assert said.exit_code == 0
    assert "journal lines; the true numbers are in" in said.output
    said = CliRunner().invoke(app, ["simulate"])
    assert said.exit_code == 1
    assert "either --out DIR or --into URL" in said.output


def test_a_day_before_the_first_files_is_refused_and_the_first_day_is_named(tmp_path: Path) -> None:
    small = Options(years=1, scale=0.02, until=date(2023, 1, 1))
    first = simulate(tmp_path / "c", small)
    assert first.rows > 0
    with pytest.raises(SimulationError, match="2023-01-01 is the first day with files"):
        simulate(tmp_path / "c", Options(years=1, scale=0.02, until=date(2022, 12, 31)))
    assert json.loads((first.folder / "truth" / "company.json").read_text())["until"] == "2023-01-01"


def test_dirt_without_malformed_rows_is_said(tmp_path: Path) -> None:
    command = ["simulate", "--out", str(tmp_path / "c"), "--years", "1", "--scale", "0.02", "--dirty"]
    told = "Parquet has duplicates and drift only; malformed rows come with --format csv."
    assert told in CliRunner().invoke(app, command).output
    assert told not in CliRunner().invoke(app, [*command, "--format", "csv"]).output


@pytest.mark.parametrize(("command", "shape"), [("simulate", "YYYY-MM-DD"), ("run", "YYYY-MM-DDTHH:MMZ")])
def test_the_help_shows_dates_as_people_write_them(command: str, shape: str) -> None:
    said = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "200"}).output
    assert shape in said
    assert "%Y" not in said


def test_the_page_in_docs_shows_the_contract_as_it_is() -> None:
    assert PAGE.read_text(encoding="utf-8").partition(MARK)[2] == f"\n{reference()}\n"
