"""An API that fails in any way leaves the table as it was, says why in words, and shows no secret."""

import gzip
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.components.source_system import source_system_assets
from orchestration.settings import settings
from orchestration.sources.apis.http_session import RateLimit
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import SourceError, UnreadableSourceError
from orchestration.sources.lake.raw_lake import RawLake
from tests.api_server import Answer, ApiServer, Request, always, api_server, rows
from tests.integration.landing_apis import held, lake, land, server, system, table

__all__ = ["lake", "server"]

SECRET = 's3cr3t/+"key"=é'  # noqa: S105
KEPT = [{"id": n, "amount": n} for n in range(1, 4)]
PAGE = rows(*({"id": n} for n in range(10, 14)))
LINKED = {"paginator": "header_link"}


@pytest.fixture
def other() -> Iterator[ApiServer]:
    with api_server() as running:
        running.routes["/orders"] = always("[]")
        yield running


def linked(path: str, body: str = PAGE) -> Answer:
    return Answer(body, headers={"Link": f'<{path}>; rel="next"'})


def refused(declared: SourceSystem, lake: RawLake, server: ApiServer) -> str:
    """Land yesterday's rows, then with the routes given; return the message with which that was refused."""
    today, server.routes = server.routes, {"/orders": always(rows(*KEPT))}
    land(system(server), lake)
    before, server.routes, server.requests = held(declared, lake), today, []
    with pytest.raises(SourceError) as caught:
        land(declared, lake)
    assert len(before) == len(KEPT)
    assert held(declared, lake) == before
    assert len(lake.batches("crm", "orders")) == 1
    assert not list(lake.folder("crm", "orders").glob(".loading-*"))
    assert caught.value.__suppress_context__
    message = str(caught.value)
    assert message.startswith(f"crm.orders, GET {server.url}/orders: ")
    return message.removeprefix(f"crm.orders, GET {server.url}/orders: ").replace(server.url, "<server>")


STAYS = "the data landed before stays in use."


@pytest.mark.parametrize(
    ("answer", "times", "told"),
    [
        (
            Answer("{}", 401),
            1,
            "the API answered 401 Unauthorized to GET <server>/orders. The credentials are wrong, expired or not "
            "permitted here; check the environment variables that auth in defs.yaml names. "
            "The data landed before stays in use.",
        ),
        (Answer("{}", 403), 1, "the API answered 403 Forbidden to GET <server>/orders. The credentials are wrong"),
        (
            Answer("{}", 404),
            1,
            f"the API answered 404 Not Found to GET <server>/orders. Correct path or base_url in defs.yaml; {STAYS}",
        ),
        (Answer("{}", 422), 1, "the API answered 422 Unprocessable Entity to GET <server>/orders. Check path, params"),
        (
            Answer("oops", 500),
            3,
            "the API answered 500 Internal Server Error to GET <server>/orders, also when asked again. "
            f"The fault is the API's; {STAYS}",
        ),
        (Answer("", 429), 3, "the API answered 429 Too Many Requests to GET <server>/orders, also after waiting."),
        (
            Answer("<!DOCTYPE html><title>Log in</title>", 200, {"Content-Type": "text/html"}),
            1,
            "the answer is an HTML page, not JSON; it begins with '<!DOCTYPE html><title>Log in</title>'. "
            "A login page or a proxy most likely stands in between: check base_url, path and the credentials.",
        ),
        (Answer("", 204), 1, "the answer is empty, not even []."),
        (Answer(PAGE[:-5], framed=False), 1, f"the answer's JSON breaks off after {len(PAGE) - 5} characters."),
        (Answer("id,amount\n1,2"), 1, "the answer is not JSON: Expecting value at line 1, column 1; it begins with"),
        (Answer(b'[{"id": "\xff"}]'), 1, "the answer is not valid utf-8: "),
        (Answer("[" * 100_000), 1, "the answer's JSON is nested too deeply to be read."),
        (
            Answer(PAGE, cut_after=20),
            3,
            "the connection broke in the middle of an answer, also when asked again. Nothing",
        ),
        (
            Answer('{"items": [], "total": 0}'),
            1,
            "the answer is no array but an object with: items, total; say in defs.yaml where the rows are. "
            "Most likely it is data_selector: items.",
        ),
        (Answer('"maintenance"'), 1, "the answer is no array but the value 'maintenance'; say in defs.yaml where"),
        (
            Answer('[{"amount": 1}, {"amount": 2}]'),
            1,
            "declared columns are missing: id. The answer has: amount. Correct the answer, or the columns of table "
            f"orders in defs.yaml; until then {STAYS}",
        ),
        (Answer('[{"ID": 1}, {"ID": 2}]'), 1, "declared columns are missing: id (renamed to 'ID'?)."),
        (
            Answer('[{"id": "a"}, {"id": "b"}]'),
            1,
            "2 of 2 rows do not fit the declaration. id: 2 rows, first in row 1",
        ),
        (Answer("[1, 2]"), 1, "none of its 2 rows names a column. Row 1: this is not a JSON object"),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else None,
)
def test_an_answer_that_is_no_table_is_refused_in_words(
    server: ApiServer, lake: RawLake, answer: Answer, times: int, told: str
) -> None:
    server.routes["/orders"] = always(answer)
    assert refused(system(server), lake, server).startswith(told)
    assert len(server.requests) == times


def test_a_connection_cut_on_the_third_page_lands_nothing(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(linked("/2"))
    server.routes["/2"] = always(linked("/3"))
    server.routes["/3"] = always(Answer(PAGE, cut_after=30))
    told = refused(system(server, table(LINKED)), lake, server)
    assert told.startswith("the connection broke in the middle of an answer, also when asked again.")


def test_a_list_that_is_not_where_it_is_declared_is_not_taken_for_an_empty_one(
    server: ApiServer, lake: RawLake
) -> None:
    server.routes["/orders"] = always('{"error": "maintenance", "until": "noon"}')
    for selector in ("data.items", "data.items[*]"):
        told = refused(system(server, table({"data_selector": selector})), lake, server)
        assert told.startswith(
            f"the answer has nothing at data_selector {selector!r}; it is an object with: error, until. "
        )
        lake.root.rename(lake.root.with_name(f"done{len(selector)}"))


def test_an_api_that_is_not_there_is_told(server: ApiServer, lake: RawLake) -> None:
    with api_server() as gone:
        pass  # it stops at once, and its port answers no more
    server.routes["/orders"] = always(rows(*KEPT))
    declared = system(server)
    land(declared, lake)
    with pytest.raises(SourceError, match=r"cannot be reached.*Connection refused"):
        land(system(gone), lake)
    assert len(held(declared, lake)) == len(KEPT)


def test_a_server_that_says_nothing_is_given_up(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(Answer(silent=True))
    declared = system(server, timeout_seconds=0.2, max_attempts=2)
    assert refused(declared, lake, server).startswith("the API stayed silent for longer than timeout_seconds")
    assert len(server.requests) == 2


@pytest.mark.parametrize("path", ["/orders", "/2"])
def test_pages_that_go_in_circles_are_refused(server: ApiServer, lake: RawLake, path: str) -> None:
    server.routes["/orders"] = always(linked("/2"))
    server.routes["/2"] = always(linked(path, rows({"id": 20})))
    assert refused(system(server, table(LINKED)), lake, server).startswith("the pages go in circles")
    assert len(server.requests) == 2


def test_an_api_that_gives_the_first_page_for_ever_is_refused(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(PAGE)
    resource = {"paginator": {"type": "page_number", "total_path": None}}
    told = refused(system(server, table(resource)), lake, server)
    assert told.startswith("3 pages in a row held the same rows")
    assert len(server.requests) == 3


def test_neither_a_redirect_nor_a_next_page_leads_to_another_host(
    server: ApiServer, other: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    auth = {"type": "api_key", "name": "X-Key", "api_key": "${CRM_SECRET}"}
    declared = system(server, table(LINKED), auth={**auth, "name": "key", "location": "query"})
    for number, answer in enumerate(
        [Answer("", 302, {"Location": f"{other.url}/orders"}), linked(f"{other.url}/orders")]
    ):
        server.routes["/orders"] = always(answer)
        told = refused(declared, lake, server)
        assert told.startswith(f"the API leads to another host, {other.url}, and is declared at <server>. Nothing was")
        lake.root.rename(lake.root.with_name(f"done{number}"))
    assert other.requests == []


def test_a_redirect_on_the_same_host_is_followed(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(Answer("", 302, {"Location": "/v2/orders"}))
    server.routes["/v2/orders"] = always(rows(*KEPT))
    assert land(system(server), lake).row_count == len(KEPT)


@pytest.mark.parametrize(
    "fault", [Answer("", 500), Answer("", 429), Answer(PAGE, cut_after=20), Answer(silent=True)], ids=str
)
def test_what_fails_and_then_works_is_asked_again(server: ApiServer, lake: RawLake, fault: Answer) -> None:
    server.routes["/orders"] = always(linked("/2", rows(*KEPT)))
    server.routes["/2"] = always(PAGE)
    server.faults = {2: fault, 3: fault}
    declared = system(server, table(LINKED), timeout_seconds=0.2 if fault.silent else 5)
    (batch,) = land(declared, lake).new
    assert (batch.rows_read, batch.rows_landed, len(server.requests)) == (7, 7, 4)


def test_retry_after_is_waited_for(server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    server.routes["/orders"] = always(rows(*KEPT))
    server.faults = {1: Answer("", 429, {"Retry-After": "7"}), 2: Answer("", 503)}
    land(system(server), lake)
    assert waited[0] == 7
    assert 0 < waited[1] < 1


def test_requests_are_spread_over_time() -> None:
    now, waited = [100.0], []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    turn = RateLimit(4, clock=lambda: now[0], sleep=sleep)
    turn()
    turn()
    now[0] += 0.1
    turn()
    now[0] += 60
    turn()
    turn()
    assert waited == pytest.approx([0.25, 0.15, 0.25])


def test_each_attempt_of_each_table_takes_its_turn(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns: list[RateLimit] = []

    def note(turn: RateLimit) -> None:
        turns.append(turn)

    monkeypatch.setattr(RateLimit, "__call__", note)
    server.routes["/orders"] = always(rows(*KEPT))
    server.faults = {1: Answer("", 500)}
    land(system(server, requests_per_second=1000), lake)
    assert len(turns) == len(server.requests) == 2


def test_no_secret_shows_anywhere(
    server: ApiServer,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither in messages, logs, the terminal, Dagster's events nor anything written, whether it works or not."""
    monkeypatch.setenv("CRM_SECRET", SECRET)
    caplog.set_level(logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("dlt"), "level", logging.DEBUG)
    auth = {"type": "api_key", "name": "k", "api_key": "${CRM_SECRET}", "location": "query"}
    params = {"tenant": "${CRM_SECRET}"}
    declared = system(server, table({**LINKED, "params": params}), auth=auth, headers={"X-Too": "${CRM_SECRET}"})
    events = []
    for answer in (
        Answer(rows(*KEPT)),
        Answer("", 500),
        Answer("", 404),
        Answer(f"<html>you are {SECRET}", 200),
        Answer("[]", cut_after=1),
        linked("/orders"),
        linked("http://127.0.0.1:9/"),
    ):
        server.routes["/orders"] = always(answer)
        result = dg.materialize([source_system_assets(declared)], raise_on_error=False)
        assert result.success == (answer.body == rows(*KEPT))
        events += [str(event) for event in result.all_events]
    assert server.asked()[0].query == {"tenant": SECRET, "k": SECRET}
    written = [file.read_bytes() for file in settings().data.rglob("*") if file.is_file()]
    assert len(written) > 3
    out, err = capfd.readouterr()
    from urllib.parse import quote, quote_plus

    seen = "\n".join([*events, caplog.text, out, err, *(data.decode(errors="replace") for data in written)])
    assert "GET /orders" in seen
    for form in (SECRET, quote(SECRET), quote(SECRET, safe=""), quote_plus(SECRET), json.dumps(SECRET)[1:-1]):
        assert form not in seen


LANDING = """
import os, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from orchestration.sources.lake.raw_lake import RawLake
from tests.integration.landing_apis import land, system, table
server = type("Server", (), {{"url": {url!r}}})
land(system(server, table({{"paginator": "header_link"}})), RawLake(Path({lake!r})))
"""


def landing(server: ApiServer, lake: RawLake, before: str = "") -> list[str]:
    root = str(Path(__file__).parent.parent.parent)
    return [sys.executable, "-c", before + LANDING.format(root=root, url=server.url, lake=str(lake.root))]


def test_a_landing_killed_in_the_middle_of_the_pages_leaves_the_table_as_it_was(
    server: ApiServer, lake: RawLake
) -> None:
    declared = system(server, table(LINKED))
    server.routes["/orders"] = always(rows(*KEPT))
    land(declared, lake)
    before = held(declared, lake)
    server.routes["/orders"] = always(linked("/2"))
    killed: list[subprocess.Popen[bytes]] = []

    def kill(_request: Request) -> Answer:
        os.kill(killed[0].pid, signal.SIGKILL)
        return Answer(rows({"id": 99}))

    server.routes["/2"] = kill
    server.stopping.clear()
    process = subprocess.Popen(landing(server, lake))
    killed.append(process)
    assert process.wait(60) == -signal.SIGKILL
    assert held(declared, lake) == before
    server.routes["/2"] = always(rows({"id": 99}))
    assert land(declared, lake).row_count == 5
    assert not list(lake.folder("crm", "orders").glob(".loading-*"))


WATCH = """
import sys
def watch(event, args):
    if event == "socket.connect" and args[1][0] != "127.0.0.1":
        print("connects to", args[1])
    if event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+"):
        print("writes", args[0])
    if event in ("os.mkdir", "os.rename"):
        print("makes", args[0] if event == "os.mkdir" else args[1])
sys.addaudithook(watch)
"""


def test_dlt_writes_nothing_of_its_own_and_calls_nobody(server: ApiServer, lake: RawLake, tmp_path: Path) -> None:
    server.routes["/orders"] = always(rows(*KEPT))
    home, here = tmp_path / "home", tmp_path / "here"
    for folder in (home, here):
        folder.mkdir()
    environment = {**os.environ, "HOME": str(home), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("RUNTIME__DLTHUB_TELEMETRY", None)
    found = subprocess.run(
        landing(server, lake, WATCH), capture_output=True, text=True, check=True, cwd=here, env=environment
    )
    told = [line for line in found.stdout.splitlines() if str(settings().data) not in line and "/dev/null" not in line]
    assert told == []
    assert str(lake.root) in found.stdout
    assert [*home.iterdir(), *here.iterdir()] == []
    assert found.stderr == ""


def test_without_the_extra_the_message_says_how_to_install_it(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name == "dlt" or name.startswith("dlt.")]:
        monkeypatch.setitem(sys.modules, name, None)
    for name in ("rest_api", "http_session", "pages", "faults"):
        monkeypatch.delitem(sys.modules, f"orchestration.sources.apis.{name}", raising=False)
    with pytest.raises(UnreadableSourceError, match=r'HTTP APIs need the extra `api`.*pip install "tieout\[api\]"'):
        land(system(server), lake)


def test_a_variable_that_is_not_set_is_named(server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_SECRET", raising=False)
    with pytest.raises(SourceError, match="needs the environment variable CRM_SECRET, which is not set"):
        land(system(server, auth={"type": "bearer", "token": "${CRM_SECRET}"}), lake)
    assert server.requests == []


def test_a_token_that_cannot_be_fetched_is_told(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SECRET", SECRET)
    server.routes["/token"] = always(Answer('{"error": "invalid_client"}', 401))
    auth: dict[str, Any] = {
        "type": "oauth2_client_credentials",
        "access_token_url": f"{server.url}/token",
        "client_id": "me",
        "client_secret": "${CRM_SECRET}",
    }
    with pytest.raises(SourceError, match=r"answered 401 Unauthorized to POST .*/token. The credentials are wrong"):
        land(system(server, auth=auth), lake)


def test_an_answer_that_swells_is_not_read_further(server: ApiServer, lake: RawLake) -> None:
    swelling = gzip.compress(b"[" + b" " * 20_000_000 + b"]")
    server.routes["/orders"] = always(Answer(swelling, headers={"Content-Encoding": "gzip"}))
    told = refused(system(server, largest_answer_mb=10), lake, server)
    assert told.startswith("an answer is larger than 10 MB when unpacked, so it was not read further. Ask")
    assert len(server.requests) == 1
