"""Increments of an HTTP API: asked for from the lake's own mark, complete whatever the API makes of the question."""

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.sources.errors import SourceError
from orchestration.sources.lake.raw_lake import RawLake
from tests.api_server import Answer, ApiServer, Request, always, api_server, rows
from tests.integration.landing_apis import held, lake, land, server, system, table

__all__ = ["lake", "server"]

COLUMNS = {"id": "BIGINT", "amount": "DECIMAL(18,2)", "changed_at": "TIMESTAMP"}


def incremental(resource: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    said = {"load": "incremental", "cursor": "changed_at", "overlap": "1 hour", "columns": COLUMNS}
    return table({"incremental": {"start_param": "since"}, **(resource or {})}, **{**said, **more})


def order(n: int, changed_at: str, amount: int = 0) -> dict[str, Any]:
    return {"id": n, "amount": amount, "changed_at": changed_at}


FIRST = [order(1, "2026-01-01T10:00:00Z"), order(2, "2026-01-02T12:30:00.250000+02:00")]


def test_the_second_reading_asks_from_the_mark_less_the_overlap(server: ApiServer, lake: RawLake) -> None:
    declared = system(server, incremental())
    server.routes["/orders"] = always(rows(*FIRST))
    (batch,) = land(declared, lake).new
    assert batch.cursor_max == "2026-01-02 10:30:00.25"
    server.routes["/orders"] = always(
        rows(FIRST[1], order(1, "2026-01-03T00:00:00Z", 5), order(3, "2026-01-03T01:00:00Z"))
    )
    result = land(declared, lake)
    assert [request.query for request in server.asked()] == [{}, {"since": "2026-01-02T09:30:00.250000Z"}]
    (second,) = result.new
    assert (second.rows_read, second.rows_landed, second.rows_unchanged) == (3, 2, 1)
    assert held(declared, lake) == [(1, Decimal(5)), (2, Decimal(0)), (3, Decimal(0))]
    assert second.cursor_max == "2026-01-03 01:00:00"


def test_nothing_new_makes_no_batch_also_when_the_api_takes_no_notice_of_the_question(
    server: ApiServer, lake: RawLake
) -> None:
    declared = system(server, incremental())
    server.routes["/orders"] = always(rows(*FIRST))
    land(declared, lake)
    assert land(declared, lake).new == ()
    server.routes["/orders"] = always("[]")
    assert land(declared, lake).new == ()
    assert len(held(declared, lake)) == 2


def test_appended_rows_are_never_landed_twice(server: ApiServer, lake: RawLake) -> None:
    declared = system(server, incremental(load="append", overlap=None, keys=[]))
    server.routes["/orders"] = always(rows(*FIRST))
    land(declared, lake)
    server.routes["/orders"] = always(rows(*FIRST, order(3, "2026-01-02T10:30:00.25Z")))
    assert land(declared, lake).row_count == 3
    assert land(declared, lake).new == ()


@pytest.mark.parametrize(
    ("column", "convert", "value", "asked"),
    [
        ("TIMESTAMP", "epoch_seconds", '"2026-01-02T00:00:00.5Z"', "1767312000"),
        ("TIMESTAMP", "epoch_milliseconds", '"2026-01-02T00:00:00.5Z"', "1767312000500"),
        ("TIMESTAMP", "%d.%m.%Y", '"2026-01-02T00:00:00.5Z"', "02.01.2026"),
        ("DATE", None, '"2026-01-02"', "2026-01-02"),
        ("DATE", "%Y%m%d", '"2026-01-02"', "20260102"),
        ("BIGINT", None, "12345678901234567", "12345678901234567"),
        ("DECIMAL(20,4)", None, "12.0500", "12.0500"),
        ("VARCHAR", None, '"b{c}"', "b{c}"),
    ],
)
def test_the_mark_is_written_as_the_api_wants_it(
    server: ApiServer, lake: RawLake, column: str, convert: str | None, value: str, asked: str
) -> None:
    server.routes["/orders"] = always(f'[{{"id": 1, "v": {value}}}]')
    asking = {"incremental": {"start_param": "since", **({"convert": convert} if convert else {})}}
    declared = system(server, incremental(asking, cursor="v", overlap=None, columns={"id": "BIGINT", "v": column}))
    land(declared, lake)
    land(declared, lake)
    assert server.asked()[-1].query == {"since": asked}


def test_the_mark_may_stand_anywhere_in_the_request(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(rows(*FIRST))
    server.routes["/orders/2026-01-02"] = always("[]")
    resource = {
        "path": "orders/{incremental.start_value}",
        "method": "POST",
        "params": {"filter": "changed>={incremental.start_value}"},
        "json": {"where": {"changed": "{incremental.start_value}"}, "text": "{{as it is}}"},
        "incremental": {"convert": "%Y-%m-%d"},
    }
    declared = system(server, incremental(resource))
    land(declared, lake)
    land(declared, lake)
    first, second = server.asked()
    assert (first.path, first.query, json.loads(first.body)) == ("/orders", {}, {"where": {}, "text": "{as it is}"})
    assert (second.path, second.query) == ("/orders/2026-01-02", {"filter": "changed>=2026-01-02"})
    assert json.loads(second.body)["where"] == {"changed": "2026-01-02"}


def test_the_first_reading_may_begin_later_than_everything(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(rows(*FIRST))
    asking = {"incremental": {"start_param": "since", "initial_value": "2025-12-31T00:00:00Z"}}
    land(system(server, incremental(asking)), lake)
    assert server.asked()[0].query == {"since": "2025-12-31T00:00:00Z"}


def test_a_mark_is_not_moved_by_a_reading_that_fails(server: ApiServer, lake: RawLake) -> None:
    declared = system(server, incremental({"paginator": "header_link"}))
    server.routes["/orders"] = always(rows(*FIRST))
    land(declared, lake)
    later = rows(order(3, "2026-02-01T00:00:00Z"))
    server.routes["/orders"] = always(Answer(later, headers={"Link": '</broken>; rel="next"'}))
    server.routes["/broken"] = always(Answer("", 500))
    with pytest.raises(SourceError):
        land(declared, lake)
    server.routes["/orders"] = always(later)
    land(declared, lake)
    questions = [request.query.get("since") for request in server.asked("/orders")]
    assert questions == [None, *["2026-01-02T09:30:00.250000Z"] * 2]
    assert len(held(declared, lake)) == 3


FAULTS = st.sampled_from(
    [
        Answer("", 500),
        Answer("", 503),
        Answer("", 429, {"Retry-After": "0"}),
        Answer("[" * 100, cut_after=10),
        Answer("[{}", 200, {"Content-Type": "text/html"}),
        Answer("<html>", 200),
        Answer('[{"id":', framed=False),
    ]
)
CHANGES = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 3), st.dictionaries(st.integers(1, 8), FAULTS, max_size=4)),
    min_size=1,
    max_size=6,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=CHANGES, size=st.integers(1, 4), asked=st.booleans())
def test_whatever_fails_each_row_is_there_once_and_as_it_last_was(
    tmp_path_factory: pytest.TempPathFactory, changes: list[Any], size: int, asked: bool
) -> None:
    """The API's rows are a dict of orders; some change, requests fail at random, and the lake follows."""
    model: dict[int, dict[str, Any]] = {}
    landed: list[tuple[Any, ...]] = []
    lake = RawLake(tmp_path_factory.mktemp("lake"))

    def answer(request: Request) -> Answer:
        since = datetime.fromisoformat(request.query["since"]) if asked and "since" in request.query else None
        found = [r for r in model.values() if since is None or datetime.fromisoformat(r["changed_at"]) >= since]
        start = int(request.query["offset"])
        return Answer(json.dumps({"total": len(found), "items": found[start : start + size]}))

    with api_server() as server:
        server.routes["/orders"] = answer
        resource = {"data_selector": "items", "paginator": {"type": "offset", "limit": size}}
        declared = system(server, incremental(resource), max_attempts=2, first_wait_seconds=0.001)
        clock = 0
        for number, how_many, faults in changes:
            for n in range(number, number + how_many):
                clock += 1
                model[n] = order(n, f"2026-01-01T{clock:02}:00:00+00:00", clock)
            server.faults = {len(server.requests) + n: fault for n, fault in faults.items()}
            try:
                result = land(declared, lake)
            except SourceError:
                assert held(declared, lake) == landed
                continue
            landed = sorted((r["id"], Decimal(r["amount"])) for r in model.values())
            assert held(declared, lake) == landed
            assert result.row_count == len(model)
            assert all(b.rows_read == b.rows_landed + b.rows_unchanged for b in result.new)
