"""Rows of an HTTP API: every page, to the digit, once; nothing of a table unless all of it came."""

import base64
import json
from decimal import Decimal
from typing import Any

import pytest

from orchestration.sources.lake.raw_lake import RawLake
from tests.api_server import Answer, ApiServer, Request, always, rows
from tests.integration.landing_apis import held, lake, land, rejected, server, system, table

__all__ = ["lake", "server"]

ALL = [{"id": n, "amount": n} for n in range(1, 8)]
AS_LANDED = [(n, Decimal(n)) for n in range(1, 8)]


def paged(start: int, size: int = 3) -> list[dict[str, Any]]:
    return ALL[start : start + size]


def by_offset(request: Request) -> Answer:
    start = int(request.query["offset"])
    return Answer(json.dumps({"total": len(ALL), "items": ALL[start : start + int(request.query["limit"])]}))


def by_page_number(request: Request) -> Answer:
    return Answer(json.dumps(paged((int(request.query["page"]) - 1) * 3)))


def by_cursor(request: Request) -> Answer:
    start = int(request.query.get("after", 0))
    following = start + 3 if start + 3 < len(ALL) else None
    return Answer(json.dumps({"items": paged(start), "cursors": {"next": following}}))


def by_json_link(request: Request) -> Answer:
    start = int(request.query.get("from", 0))
    link = {"next": f"/orders?from={start + 3}"} if start + 3 < len(ALL) else {}
    return Answer(json.dumps({"data": {"items": paged(start)}, **link}))


def by_header_link(request: Request) -> Answer:
    start = int(request.query.get("from", 0))
    headers = {"Link": f'</orders?from={start + 3}>; rel="next"'} if start + 3 < len(ALL) else {}
    return Answer(json.dumps(paged(start)), headers=headers)


def by_header_cursor(request: Request) -> Answer:
    start = int(request.query.get("cursor", 0))
    headers = {"X-Next": str(start + 3)} if start + 3 < len(ALL) else {}
    return Answer(json.dumps(paged(start)), headers=headers)


def by_cursor_in_the_body(request: Request) -> Answer:
    start = json.loads(request.body).get("after", 0)
    assert isinstance(start, int)
    return by_cursor(Request("POST", request.path, {"after": str(start)}, {}, ""))


@pytest.mark.parametrize(
    ("route", "resource"),
    [
        (by_offset, {"data_selector": "items", "paginator": {"type": "offset", "limit": 3}}),
        (by_page_number, {"paginator": {"type": "page_number", "base_page": 1, "total_path": None}}),
        (by_cursor, {"data_selector": "items", "paginator": {"type": "cursor", "cursor_param": "after"}}),
        (by_json_link, {"data_selector": "data.items", "paginator": "json_link"}),
        (by_header_link, {"paginator": "header_link"}),
        (by_header_cursor, {"paginator": {"type": "header_cursor", "cursor_key": "X-Next", "cursor_param": "cursor"}}),
        (
            by_cursor_in_the_body,
            {
                "method": "POST",
                "json": {"size": 3},
                "data_selector": "items",
                "paginator": {"type": "cursor", "cursor_body_path": "after"},
            },
        ),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_every_page_is_read_in_order(server: ApiServer, lake: RawLake, route: Any, resource: dict[str, Any]) -> None:
    server.routes["/orders"] = route
    declared = system(server, table(resource))
    result = land(declared, lake)
    assert held(declared, lake, select="source_row, amount") == AS_LANDED
    (batch,) = result.new
    assert (batch.rows_read, batch.rows_landed, batch.warnings) == (7, 7, ())
    assert (batch.format, batch.source_file) == ("api", "orders")


def test_numbers_arrive_to_the_digit_and_nested_values_as_they_are_written(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always(
        '[{"id": 1, "exact": 12345678901234567890.12, "small": 0.10, "many": 123456789012345678901234567890,'
        ' "nested": {"a": [1.10, null, "é"]}, "no": null, "yes": true, "empty": ""}]'
    )
    columns = {"id": "BIGINT", "exact": "DECIMAL(38,2)", "small": "DECIMAL(18,2)", "many": "DECIMAL(38,0)"}
    declared = system(server, table(columns=columns))
    land(declared, lake)
    (row,) = held(declared, lake, select="exact, small, many, nested, no, yes, empty")
    assert row[:3] == (Decimal("12345678901234567890.12"), Decimal("0.10"), Decimal("123456789012345678901234567890"))
    assert row[3:] == ('{"a": [1.10, null, "é"]}', None, "true", "")


def test_a_record_that_is_no_row_is_quarantined_with_its_text_and_place(server: ApiServer, lake: RawLake) -> None:
    sound = ", ".join(f'{{"id": {n}}}' for n in range(1, 9))
    server.routes["/orders"] = always(
        f'[{sound}, "text", null, {{"id": 9, "amount": 1.001}}, {{"id": 10, "id": 11}}, {{"id": 12, "t": "\\ud800"}}]'
    )
    declared = system(server)
    (batch,) = land(declared, lake).new
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (13, 8, 5)
    assert [(row, reason) for row, _, reason, _ in rejected(lake)] == [
        (9, "this is not a JSON object, so it has no columns"),
        (10, "this is not a JSON object, so it has no columns"),
        (11, 'amount: "1.001" does not fit DECIMAL(18,2) exactly'),
        (12, "the name 'id' stands twice in an object"),
        (13, "bytes are not valid text in UTF-8"),
    ]
    assert [text for *_, text in rejected(lake)] == [
        '"text"',
        "null",
        '{"id": 9, "amount": 1.001}',
        '{"id": 10, "id": 11}',
        '{"id": 12, "t": "\\ud800"}',
    ]


def test_the_same_answer_again_makes_no_batch_and_a_deleted_row_goes(server: ApiServer, lake: RawLake) -> None:
    declared = system(server)
    server.routes["/orders"] = always(rows(*ALL))
    assert len(land(declared, lake).new) == 1
    server.routes["/orders"] = always(rows(*reversed(ALL)))
    assert land(declared, lake).new == ()
    server.routes["/orders"] = always(rows(*ALL[1:]))
    assert len(land(declared, lake).new) == 1
    assert held(declared, lake) == AS_LANDED[1:]
    assert len(lake.batches("crm", "orders")) == 2


def test_an_empty_array_is_no_rows_and_says_so(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always("[]")
    declared = system(server)
    assert land(declared, lake).warnings == ["orders: the answer has no rows"]
    assert held(declared, lake) == []


def test_null_in_place_of_the_rows_is_no_rows_and_says_so(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = always('{"items": null}')
    result = land(system(server, table({"data_selector": "items"})), lake)
    assert "orders: items was null in an answer and was read as no rows" in result.warnings


def test_a_next_page_that_nobody_follows_is_told(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = by_header_link
    result = land(system(server), lake)
    assert result.row_count == 3
    assert result.warnings == [
        "orders: the last answer names a next page (header Link) that the declared paginator did not follow; "
        "rows may be missing"
    ]


def test_rows_of_a_child_are_asked_for_with_each_row_of_its_parent(server: ApiServer, lake: RawLake) -> None:
    server.routes["/orders"] = by_header_link
    for order in ALL:
        items = [{"id": f"{order['id']}-{n}"} for n in range(int(order["id"]) % 3)]
        server.routes[f"/orders/{order['id']}/lines"] = always(rows(*items))
    server.routes["/orders/4/lines"] = always(Answer("{}", 404))
    orders = table({"paginator": "header_link"})
    lines = {
        "name": "lines",
        "description": "x",
        "resource": {
            "path": "orders/{resources.orders.id}/lines",
            "include_from_parent": ["id"],
            "response_actions": [{"status_code": 404, "action": "ignore"}],
        },
        "keys": ["id"],
        "columns": {"id": "VARCHAR", "_orders_id": "BIGINT"},
    }
    declared = system(server, orders, lines)
    assert land(declared, lake, "lines").row_count == 6
    expected = [(o["id"], f"{o['id']}-{n}") for o in ALL if o["id"] != 4 for n in range(int(o["id"]) % 3)]
    assert held(declared, lake, "lines", select="_orders_id, id") == expected
    assert land(declared, lake).row_count == 7


def authorized(request: Request, header: str, value: str) -> Answer:
    return Answer(rows(*ALL)) if request.headers.get(header) == value else Answer('{"error": "no"}', 401)


@pytest.mark.parametrize(
    ("auth", "header", "value"),
    [
        ({"type": "bearer", "token": "${CRM_SECRET}"}, "authorization", "Bearer s3cr3t {x}"),
        ({"type": "api_key", "name": "X-Key", "api_key": "${CRM_SECRET}"}, "x-key", "s3cr3t {x}"),
        (
            {"type": "http_basic", "username": "me", "password": "${CRM_SECRET}"},
            "authorization",
            f"Basic {base64.b64encode(b'me:s3cr3t {x}').decode()}",
        ),
    ],
    ids=["bearer", "api_key", "http_basic"],
)
def test_credentials_come_from_the_environment(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch, auth: dict[str, str], header: str, value: str
) -> None:
    monkeypatch.setenv("CRM_SECRET", "s3cr3t {x}")
    server.routes["/orders"] = lambda request: authorized(request, header, value)
    declared = system(server, auth=auth)
    assert land(declared, lake).row_count == 7


def test_a_key_in_the_query_goes_with_every_page(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SECRET", "s3cr3t&{x}")
    server.routes["/orders"] = by_header_link
    auth = {"type": "api_key", "name": "key", "api_key": "${CRM_SECRET}", "location": "query"}
    assert land(system(server, table({"paginator": "header_link"}), auth=auth), lake).row_count == 7
    assert [request.query["key"] for request in server.asked("/orders")] == ["s3cr3t&{x}"] * 3


def test_a_secret_may_stand_in_params_headers_and_body(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_SECRET", "s3cr3t {x}")
    server.routes["/orders"] = always(rows(*ALL))
    resource = {
        "method": "POST",
        "params": {"a": "${CRM_SECRET}"},
        "headers": {"X-B": "${CRM_SECRET}"},
        "json": {"c": ["${CRM_SECRET}"]},
    }
    land(system(server, table(resource), headers={"X-D": "${CRM_SECRET}"}), lake)
    (request,) = server.asked("/orders")
    assert request.query == {"a": "s3cr3t {x}"}
    assert (request.headers["x-b"], request.headers["x-d"]) == ("s3cr3t {x}", "s3cr3t {x}")
    assert json.loads(request.body) == {"c": ["s3cr3t {x}"]}


def test_an_oauth_token_is_fetched_and_again_when_it_has_expired(
    server: ApiServer, lake: RawLake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_ID", "the-client")
    monkeypatch.setenv("CRM_SECRET", "s3cr3t")
    server.routes["/token"] = always('{"access_token": "abc", "expires_in": 0}')
    server.routes["/orders"] = lambda r: (
        by_header_link(r) if r.headers.get("authorization") == "Bearer abc" else Answer("{}", 401)
    )
    auth = {
        "type": "oauth2_client_credentials",
        "access_token_url": f"{server.url}/token",
        "client_id": "${CRM_ID}",
        "client_secret": "${CRM_SECRET}",
        "access_token_request_data": {"scope": "read"},
    }
    assert land(system(server, table({"paginator": "header_link"}), auth=auth), lake).row_count == 7
    tokens = server.asked("/token")
    assert len(tokens) == 3
    assert tokens[0].body == "client_id=the-client&client_secret=s3cr3t&grant_type=client_credentials&scope=read"


def test_a_row_that_moved_while_its_neighbours_were_read_is_told(server: ApiServer, lake: RawLake) -> None:
    def answer(request: Request) -> Answer:
        moved = ALL if request.query["offset"] == "0" else ALL[1:]
        start = int(request.query["offset"])
        return Answer(json.dumps({"total": 7, "items": moved[start : start + 3]}))

    server.routes["/orders"] = answer
    resource = {"data_selector": "items", "paginator": {"type": "offset", "limit": 3}}
    result = land(system(server, table(resource)), lake)
    assert result.warnings == ["orders: the API counts 7 rows and gave 6; one may have moved to another page meanwhile"]


def test_a_row_that_comes_on_two_pages_lands_once_and_the_other_is_quarantined(
    server: ApiServer, lake: RawLake
) -> None:
    def answer(request: Request) -> Answer:
        start = int(request.query["offset"])
        shown = ALL if start == 0 else [{"id": 0}, *ALL]
        return Answer(json.dumps(shown[start : start + 3]))

    server.routes["/orders"] = answer
    declared = system(server, table({"paginator": {"type": "offset", "limit": 3, "total_path": None}}))
    (batch,) = land(declared, lake).new
    assert (batch.rows_read, batch.rows_landed, batch.rows_quarantined) == (8, 7, 1)
    assert held(declared, lake) == AS_LANDED
    assert [(row, text) for row, _, _, text in rejected(lake)] == [(4, '{"id": 3, "amount": 3}')]
