"""`tieout simulate --into`: a database as an ERP has it, and what is said where there can be none."""

import csv
import sqlite3
from pathlib import Path
from urllib.parse import quote

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.simulation.books.contract import output_tables
from orchestration.simulation.database import fill_database
from orchestration.simulation.errors import SimulationError
from orchestration.simulation.simulate import Options, simulate
from tests.database_servers import PASSWORD, PostgresServer

SMALL = Options(years=1, scale=0.1, seed=11)


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """Rows of each table, as the truth beside the same company's files says."""
    folder = simulate(tmp_path_factory.mktemp("parquet") / "company", SMALL).folder
    with (folder / "truth" / "row_count.csv").open(encoding="utf-8", newline="") as handle:
        return {row["table_name"]: int(row["row_count"]) for row in csv.DictReader(handle)}


def test_an_sqlite_database_holds_every_row_once(counts: dict[str, int], tmp_path: Path) -> None:
    written = fill_database(f"sqlite:///{tmp_path / 'erp.db'}", SMALL)
    assert (written.tables, written.rows) == (len(counts), sum(counts.values()))
    assert written.journal_lines == counts["journal_line"]
    connection = sqlite3.connect(tmp_path / "erp.db")
    for table, count in counts.items():
        assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)
    amounts = connection.execute("SELECT amount FROM journal_line WHERE line_number = 1").fetchall()
    assert all(len(str(amount).partition(".")[2]) == 2 for (amount,) in amounts)


def test_a_postgresql_database_holds_every_row_once_with_its_key(counts: dict[str, int]) -> None:
    server = PostgresServer()
    try:
        server.sql("CREATE DATABASE erp")
        address = f"postgresql://postgres:{quote(PASSWORD)}@127.0.0.1:{server.port}/erp"
        fill_database(address, SMALL)
        for table, count in counts.items():
            assert server.sql(f"SELECT count(*) FROM {table}", "erp") == [str(count)]
        keyed = "SELECT count(*) FROM pg_constraint c JOIN pg_namespace n ON n.oid = connamespace WHERE contype = 'p' AND nspname = 'public'"
        assert server.sql(keyed, "erp") == [str(len(output_tables()))]
        assert server.sql("SELECT sum(amount), sum(transaction_amount) FROM journal_line", "erp") == ["0.00|0.00"]
    finally:
        server.remove()


def test_a_database_with_such_tables_is_not_touched(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        connection.execute("CREATE TABLE customer (a)")
    with pytest.raises(SimulationError, match="there are tables of these names already: customer"):
        fill_database(f"sqlite:///{tmp_path / 'erp.db'}", SMALL)
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("customer",)]


def test_of_many_tables_that_are_there_the_message_names_three(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "erp.db") as connection:
        for name in output_tables():
            connection.execute(f"CREATE TABLE {name} (a)")
    names = ", ".join(sorted(output_tables())[:3])
    with pytest.raises(SimulationError, match=f"already: {names} and {len(output_tables()) - 3} more\\. Give"):
        fill_database(f"sqlite:///{tmp_path / 'erp.db'}", SMALL)


def test_a_file_that_is_no_database_and_a_folder_are_one_message_each(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("Nothing that SQLite knows. " * 100)
    with pytest.raises(SimulationError, match=r"--into sqlite:///.*notes\.txt: the file is no SQLite database"):
        fill_database(f"sqlite:///{text}", SMALL)
    with pytest.raises(SimulationError, match=r"is a folder\. Name a file, such as .*erp\.db"):
        fill_database(f"sqlite:///{tmp_path}", SMALL)
    assert text.read_text().startswith("Nothing that SQLite knows.")


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("sqlite:///", "that names no file"),
        ("sqlite://", "give postgresql://"),
        ("mysql://me:hush@here/erp", r"mysql://me:\*\*\*@here/erp: give postgresql://"),
        ("sqlite:////no/such/folder/erp.db", "there is no folder"),
        ("postgresql://me:hush@127.0.0.1:1/erp", "the database cannot be opened"),
    ],
)
def test_an_address_that_cannot_be_used_is_one_message_without_the_password(address: str, message: str) -> None:
    with pytest.raises(SimulationError, match=message) as raised:
        fill_database(address, SMALL)
    assert "hush" not in str(raised.value)


def test_the_command_says_what_it_wrote_into_a_database_and_takes_no_options_of_files(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'erp.db'}"
    command = ["simulate", "--into", address, "--years", "1", "--scale", "0.02"]
    for option in (["--format", "parquet"], ["--daily", "7"]):
        said = CliRunner().invoke(app, [*command, *option])
        assert (said.exit_code, said.output) == (1, f"tieout: {option[0]} is about files; leave it out with --into.\n")
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0
    assert said.output.startswith(f"{address}: {len(output_tables())} tables, ")
    assert "rows, of them" in said.output
