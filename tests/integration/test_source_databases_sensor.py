"""Databases are asked for their highest cursors, and only the one with news is refreshed, with what is made of it."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from orchestration.components.source_system import source_system_assets
from orchestration.defs.schedules.jobs import REFRESH
from orchestration.defs.schedules.source_databases import source_databases_changed
from orchestration.defs.schedules.source_files import source_files_changed
from orchestration.settings import settings
from orchestration.sources.declaration.systems import load_declarations
from tests.companies import choose, declare_system, made_company
from tests.database_servers import PASSWORD, MariaDbServer, PostgresServer


@pytest.fixture
def declare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    company = choose(made_company(tmp_path), monkeypatch)

    def write(name: str, kind: str, connection: str, *tables: dict[str, Any]) -> None:
        said = {
            "name": name,
            "description": "x",
            "owners": ["team:a"],
            "group": "g",
            "database": {"kind": kind, "connection": connection},
            "tables": [{"description": "x", **table} for table in tables],
        }
        declare_system(company, said)

    return write


@pytest.fixture
def polled(postgres: PostgresServer) -> Iterator[PostgresServer]:
    """The server with an empty database `polled`."""
    postgres.sql("create database polled")
    yield postgres
    postgres.sql("drop database polled with (force)")


def evaluate(
    cursor: str | None, sensor: dg.SensorDefinition = source_databases_changed
) -> dg.SensorResult | dg.SkipReason:
    @dg.asset(deps=[["raw", "shop", "sale"], ["raw", "store", "sale"]])
    def mart() -> None: ...

    landed = [source_system_assets(system) for system in load_declarations(settings().declarations)]
    repository = dg.Definitions(assets=[*landed, mart], jobs=[REFRESH]).get_repository_def()
    with (
        dg.instance_for_test() as instance,
        dg.build_sensor_context(instance=instance, cursor=cursor, repository_def=repository) as context,
    ):
        result = sensor(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def news(cursor: str | None) -> tuple[str, list[str]]:
    """Return the new cursor and the assets that are refreshed."""
    result = evaluate(cursor)
    assert isinstance(result, dg.SensorResult), result
    (request,) = result.run_requests or []
    return result.cursor or "", [key.to_user_string() for key in request.asset_selection or []]


def quiet(cursor: str) -> str:
    result = evaluate(cursor)
    assert isinstance(result, dg.SkipReason)
    return result.skip_message or ""


CURSOR = {"cursor": "id", "load": "append", "columns": {"id": "INTEGER"}}


def test_only_the_database_with_news_is_refreshed(tmp_path: Path, declare: Callable[..., None]) -> None:
    shops = {}
    for name in ("shop", "store"):
        shops[name] = sqlite3.connect(tmp_path / f"{name}.db", isolation_level=None)
        shops[name].executescript("create table sale (id integer, note text); insert into sale values (1, 'a')")
        declare(name, "sqlite", f"{name}.db", {"name": "sale", "relation": "sale", **CURSOR})
    first, assets = news(None)
    assert assets == ["mart", "raw/shop/sale", "raw/store/sale"]
    assert quiet(first) == "No declared database has news."
    shops["store"].execute("insert into sale values (2, 'b')")
    second, assets = news(first)
    assert assets == ["mart", "raw/store/sale"]
    shops["store"].execute("update sale set note = 'c' where id = 2")
    assert quiet(second), "the cursor tells, and it did not grow"


def test_a_database_that_cannot_be_asked_holds_up_no_other(tmp_path: Path, declare: Callable[..., None]) -> None:
    for name in ("shop", "store"):
        with sqlite3.connect(tmp_path / f"{name}.db") as connection:
            connection.executescript("create table sale (id integer); insert into sale values (1)")
        declare(name, "sqlite", f"{name}.db", {"name": "sale", "relation": "sale", **CURSOR})
    first, _ = news(None)
    (tmp_path / "shop.db").rename(tmp_path / "gone.db")
    assert "the database cannot be opened: No such file" in quiet(first)
    with sqlite3.connect(tmp_path / "store.db") as connection:
        connection.execute("insert into sale values (2)")
    second, assets = news(first)
    assert assets == ["mart", "raw/store/sale"]
    assert json.loads(first)["shop"] == json.loads(second)["shop"]
    (tmp_path / "gone.db").rename(tmp_path / "shop.db")
    assert quiet(second)


def test_what_is_read_in_full_has_news_when_it_was_written(
    tmp_path: Path, declare: Callable[..., None], monkeypatch: pytest.MonkeyPatch, polled: PostgresServer
) -> None:
    postgres = polled
    postgres.sql("create table sale (id int, note text); insert into sale values (1, 'a')", "polled")
    monkeypatch.setenv("SHOP", postgres.connection("polled"))
    declare("shop", "postgres", "${SHOP}", {"name": "sale", "relation": "public.sale"})
    with sqlite3.connect(tmp_path / "store.db", isolation_level=None) as store:
        store.executescript("create table sale (id integer)")
        declare("store", "sqlite", "store.db", {"name": "sale", "relation": "sale"})
        cursor, _ = news(None)
        quiet(cursor)
        for statement in ("insert into sale values (2, 'b')", "update sale set note = 'c'", "delete from sale"):
            postgres.sql(f"{statement}; select pg_stat_force_next_flush()", "polled")
            cursor, assets = news(cursor)
            assert assets == ["mart", "raw/shop/sale"]
            quiet(cursor)
        store.execute("insert into sale values (1)")
        cursor, assets = news(cursor)
        assert assets == ["mart", "raw/store/sale"]
    assert PASSWORD.split()[0] not in cursor


@pytest.mark.parametrize(
    ("kind", "early", "later"),
    [("varchar(9)", "B-1", "a-1"), ("timestamp", "2024-01-01 00:00:00", "2024-01-01 00:00:01")],
)
def test_cursors_of_postgres_and_mysql_tell_news(
    declare: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
    polled: PostgresServer,
    mariadb: MariaDbServer,
    kind: str,
    early: str,
    later: str,
) -> None:
    postgres = polled
    mariadb.sql("create or replace database polled", "mysql")
    monkeypatch.setenv("SHOP", postgres.connection("polled"))
    monkeypatch.setenv("STORE", mariadb.connection("polled"))
    declared = {"cursor": "Code", "load": "append", "columns": {"Code": "VARCHAR" if "char" in kind else "TIMESTAMP"}}
    declare("shop", "postgres", "${SHOP}", {"name": "sale", "relation": "sale", **declared})
    declare("store", "mysql", "${STORE}", {"name": "sale", "relation": "sale", **declared})
    postgres.sql(f"create table sale (\"Code\" {kind}); insert into sale values ('{early}')", "polled")
    mariadb.sql(f"create table sale (`Code` {kind}); insert into sale values ('{early}')", "polled")
    cursor, _ = news(None)
    quiet(cursor)
    postgres.sql(f"insert into sale values ('{later}')", "polled")
    cursor, assets = news(cursor)
    assert assets == ["mart", "raw/shop/sale"]
    mariadb.sql(f"insert into sale values ('{later}')", "polled")
    _, assets = news(cursor)
    assert assets == ["mart", "raw/store/sale"]


def test_a_new_file_does_not_read_the_databases(tmp_path: Path, declare: Callable[..., None]) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as connection:
        connection.execute("create table sale (id integer)")
    declare("shop", "sqlite", "shop.db", {"name": "sale", "relation": "sale"})
    declare("store", "sqlite", "store.db", {"name": "sale", "relation": "sale"})
    file = tmp_path / "sources" / "store" / "defs.yaml"
    said = yaml.safe_load(file.read_text())
    del said["attributes"]["database"]
    said["attributes"] |= {
        "root": "files",
        "tables": [{"name": "sale", "description": "x", "files": "sale.csv", "format": "csv"}],
    }
    file.write_text(yaml.safe_dump(said))
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "sale.csv").write_text("id\n1\n")
    result = evaluate(None, source_files_changed)
    assert isinstance(result, dg.SensorResult)
    (request,) = result.run_requests or []
    assert [key.to_user_string() for key in request.asset_selection or []] == ["mart", "raw/store/sale"]
