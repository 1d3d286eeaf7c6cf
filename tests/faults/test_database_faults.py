"""A database that is not there, does not let us in, or goes in the middle of a read; and what it must never tell."""

import logging
import subprocess
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from orchestration.components.source_system import source_system_assets
from orchestration.settings import PRODUCT
from orchestration.sources.errors import SourceError
from orchestration.sources.landing import land_opened
from tests.database_servers import PASSWORD, PostgresServer
from tests.integration.landing_databases import DatabaseSystem


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server that the test may stop."""
    server = PostgresServer()
    server.sql("create database erp")
    server.sql("create table journal (id int, text text); insert into journal values (1, 'first')", "erp")
    yield server
    server.remove()


@pytest.fixture
def erp(server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DatabaseSystem:
    monkeypatch.setenv("ERP_DATABASE", server.connection("erp"))
    return DatabaseSystem(tmp_path, "postgres", "${ERP_DATABASE}", {"relation": "public.journal"})


def test_a_server_that_does_not_answer(erp: DatabaseSystem, server: PostgresServer) -> None:
    server.stop()
    message = erp.refusal()
    assert message.startswith("Source system erp: the database does not answer: ")
    assert f'connection to server at "127.0.0.1", port {server.port} failed: Connection refused' in message
    assert "Check that it runs, and host and port of the connection" in message


def test_credentials_that_are_wrong(
    erp: DatabaseSystem, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = "wr0ng & \\ ' word"
    monkeypatch.setenv("ERP_DATABASE", server.connection("erp", password=wrong))
    message = erp.refusal()
    assert message == (
        "Source system erp: the database does not let the user in: password authentication failed for user "
        '"postgres". Check the user, and the environment variable that holds the password.'
    )
    monkeypatch.setenv("ERP_DATABASE", server.connection("erp", user="nobody_here"))
    assert 'failed for user "nobody_here"' in erp.refusal()
    monkeypatch.delenv("ERP_DATABASE")
    assert "needs the environment variable ERP_DATABASE, which is not set" in erp.refusal()


def test_a_database_that_is_not_there(
    erp: DatabaseSystem, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ERP_DATABASE", server.connection("epr"))
    assert erp.refusal() == (
        'Source system erp: there is no such database: database "epr" does not exist. Correct its connection.'
    )


def test_a_relation_that_is_not_there_or_may_not_be_read(
    erp: DatabaseSystem, server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    erp.declare({"relation": "public.journl"})
    assert erp.refusal() == (
        "Source system erp, relation public.journl: there is no such table or view, or the user may not see its schema. "
        "Near it: public.journal. Correct relation in defs.yaml."
    )
    erp.declare({"relation": "ledger.journal"})
    assert "Near it: public.journal." in erp.refusal()
    server.sql(f"create role reader login password '{PASSWORD.replace(chr(39), chr(39) * 2)}'", "erp")
    monkeypatch.setenv("ERP_DATABASE", server.connection("erp", user="reader"))
    erp.declare({"relation": "public.journal"})
    assert erp.refusal() == (
        "Source system erp, relation public.journal: the database's user may not read it. Let it: GRANT USAGE ON SCHEMA "
        '"public", GRANT SELECT ON "public"."journal", to the user of the connection.'
    )
    server.sql("grant select (id) on journal to reader", "erp")
    assert "may not read its columns text" in erp.refusal()
    server.sql("grant select on journal to reader", "erp")
    erp.land()
    assert erp.rows("id") == [(1,)]


def test_a_server_that_is_gone_when_its_database_is_closed_ends_nothing_but_the_connection(tmp_path: Path) -> None:
    closes = """
import sys
from pathlib import Path
from orchestration.sources.databases.database import open_database
from orchestration.sources.declaration.systems import SourceSystem
from tests.database_servers import PostgresServer
import os
server = PostgresServer()
try:
    said = {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g"}
    table = {"name": "journal", "description": "x", "relation": "public.journal"}
    database = {"kind": "postgres", "connection": "${ERP}"}
    system = SourceSystem.model_validate({**said, "database": database, "tables": [table]})
    server.sql("create table journal (id integer)")
    os.environ["ERP"] = server.connection("postgres")
    with open_database(system, Path(sys.argv[1]), Path(sys.argv[1])) as opened:
        assert opened.relations()
        server.kill()
    print("closed")
finally:
    server.remove()
"""
    ended = subprocess.run(
        [sys.executable, "-c", closes, str(tmp_path)], cwd=PRODUCT, capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (0, "closed\n"), ended.stderr


@pytest.mark.parametrize("how", ["the server ends the session", "the server is killed"])
def test_a_connection_lost_in_the_middle_of_a_read(erp: DatabaseSystem, server: PostgresServer, how: str) -> None:
    """The view gives one row, then sleeps; meanwhile the connection goes."""
    erp.land()
    server.sql(
        "create view slow as select id, case when id > 1 then pg_sleep(60)::text end as text "
        "from generate_series(1, 100) id",
        "erp",
    )
    erp.declare({"name": "journal", "relation": "public.slow"})
    done = threading.Event()

    def end() -> None:
        while not done.wait(0.05):
            sleeping = "from pg_stat_activity where wait_event = 'PgSleep'"
            if how.endswith("session"):
                server.sql(f"select pg_terminate_backend(pid) {sleeping}")
            elif server.sql(f"select pid {sleeping}"):
                server.kill()
                return

    ending = threading.Thread(target=end)
    ending.start()
    try:
        message = erp.refusal()
    finally:
        done.set()
        ending.join()
    assert message.startswith(
        "Source system erp, relation public.slow: the connection was lost in the middle of the read: "
    )
    assert message.endswith("Nothing of it was landed. Run again when the server is back.")
    assert erp.rows("id") == [(1,)], "the data landed before stays in use"
    assert not [path for path in erp.lake.root.rglob("*") if path.name.startswith(".loading")]
    if how.endswith("killed"):
        server.start()
    server.sql("create or replace view slow as select id, text from journal", "erp")
    (result,) = erp.land()
    assert result.row_count == 1


def test_a_table_that_fails_does_not_stop_the_others(erp: DatabaseSystem, server: PostgresServer) -> None:
    """Its failure ends the snapshot; the others say so."""
    server.sql("create view broken as select 1 / (id - 1) as id from journal", "erp")
    erp.declare(
        *({"relation": f"public.{name}"} for name in ("journal", "broken")), {"name": "last", "relation": "journal"}
    )
    first, broken, last = erp.system.tables
    with erp.opened() as source:
        assert land_opened(source, first, erp.lake).warnings == []
        with pytest.raises(SourceError, match="could not give its rows: division by zero"):
            land_opened(source, broken, erp.lake)
        landed = land_opened(source, last, erp.lake)
    assert landed.row_count == 1
    assert landed.warnings == [
        "journal: it was read in a later snapshot than the relations before public.broken, which failed"
    ]


def test_a_query_that_the_server_cuts_off(erp: DatabaseSystem, server: PostgresServer) -> None:
    server.sql("create view slow as select pg_sleep(60)::text as text, 1 as id", "erp")
    server.sql("alter role postgres set statement_timeout = '300ms'")
    erp.declare({"relation": "public.slow"})
    assert "could not give its rows: canceling statement due to statement timeout." in erp.refusal()


def test_the_password_is_seen_nowhere(
    server: PostgresServer,
    erp: DatabaseSystem,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither when all goes well nor with any fault: not in files, logs, metadata, tracebacks or on the terminal."""
    caplog.set_level(logging.DEBUG)
    server.sql("create view broken as select 1 / (id - 1) as id from journal", "erp")
    erp.declare({"relation": "public.journal"}, {"relation": "public.broken"}, {"relation": "public.nothing"})
    (tmp_path / "dagster").mkdir()
    seen = []
    for connection in (
        server.connection("erp"),
        server.connection("erp", user="nobody_here"),
        server.connection("nothing"),
        f"postgresql://postgres:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{server.port}/erp",
        f"postgresql://postgres:{PASSWORD}@127.0.0.1:1/erp",
        f"this is no connection {PASSWORD}",
        f"host=127.0.0.1 port={server.port} sslmode=nonsense password='{PASSWORD}",
        f"host=127.0.0.1 port={server.port} nonsense='{PASSWORD[:-1]}' password=x",
    ):
        monkeypatch.setenv("ERP_DATABASE", connection)
        with dg.DagsterInstance.local_temp(str(tmp_path / "dagster")) as instance:
            result = dg.materialize([source_system_assets(erp.system)], instance=instance, raise_on_error=False)
            seen += [str(event) for event in instance.all_logs(result.run_id)]
        try:
            with erp.opened() as source:
                for table in erp.system.tables:
                    try:
                        land_opened(source, table, erp.lake)
                    except SourceError:
                        seen.append(traceback.format_exc())
        except SourceError:
            seen.append(traceback.format_exc())
    captured = capfd.readouterr()
    seen += [captured.out, captured.err, caplog.text]
    shown = "\n".join(seen)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert "division by zero" in shown
    assert "authentication failed" in shown
    assert any(path.name == "manifest.json" for path in files)
    word = PASSWORD.split()[0]
    assert word not in shown
    assert [path for path in files if word.encode() in path.read_bytes()] == []
