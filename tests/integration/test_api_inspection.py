"""`tieout source inspect` on an HTTP API: one request, and a declaration that lands what the API has."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import AccessError, DeclarationError, MissingSourceError, UnreadableSourceError
from orchestration.sources.inspection.look import Inspection, inspect_source, page
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.sources.landing import land_table
from orchestration.sources.results import LandingResult
from tests.api_server import Answer, ApiServer, Request, always, api_server

ORDERS = [
    {
        "id": n,
        "status": "open" if n % 2 else "paid",
        "total": n * 1.25,
        "updated_at": f"2014-01-{n % 28 + 1:02d}T08:00:00Z",
    }
    for n in range(60)
]
ORDERS[7]["coupon"] = "X"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SHOP_TOKEN", "hush-hush-4711")
    with api_server() as running:
        yield running


def draft_of(found: Inspection) -> dict[str, Any]:
    attributes: dict[str, Any] = yaml.safe_load(found.drafts[0].text)["attributes"]
    return attributes


def landed(found: Inspection, root: Path) -> LandingResult:
    system = SourceSystem.model_validate(draft_of(found))
    return land_table(system, system.tables[0], RawLake(root / "lake"), root)


def paged(request: Request) -> Answer:
    if request.headers.get("authorization") != "Bearer hush-hush-4711":
        return Answer('{"error": "who are you?"}', 401)
    first = int(request.query.get("after", 0))
    more = f"/v1/orders?after={first + 25}" if first + 25 < len(ORDERS) else None
    return Answer(json.dumps({"data": {"items": ORDERS[first : first + 25]}, "links": {"next": more}}))


def test_records_their_pages_and_the_credentials_are_drafted_and_all_pages_land(
    server: ApiServer, tmp_path: Path
) -> None:
    server.routes["/v1/orders"] = paged
    found = inspect_source(f"{server.url}/v1/orders", "shop", tmp_path, header="Authorization: Bearer ${SHOP_TOKEN}")
    assert len(server.requests) == 1
    declared = draft_of(found)
    assert declared["api"] == {
        "base_url": f"{server.url}/v1/",
        "auth": {"type": "bearer", "token": "${SHOP_TOKEN}"},
        "paginator": {"type": "json_link", "next_url_path": "links.next"},
    }
    (table,) = declared["tables"]
    assert table["resource"] == {"path": "orders", "data_selector": "data.items"}
    assert (table["name"], table["keys"]) == ("orders", ["id"])
    assert {name: column["type"] for name, column in table["columns"].items()} == {
        "id": "INTEGER",
        "status": "VARCHAR",
        "total": "DECIMAL(18, 2)",
        "updated_at": "TIMESTAMP",
        "coupon": "VARCHAR",
    }
    assert table["columns"]["coupon"]["optional"] is True
    assert "hush-hush" not in "".join([page(found), *(draft.text for draft in found.drafts)])
    result = landed(found, tmp_path)
    assert (result.row_count, result.rows_quarantined) == (60, 0)


@pytest.mark.parametrize(
    ("answer", "headers", "query", "paginator"),
    [
        ({"items": ORDERS[:7]}, {}, "", {"type": "single_page"}),
        (ORDERS[:7], {"Link": '<https://x/y>; rel="next"'}, "", {"type": "header_link"}),
        (
            {"items": ORDERS, "meta": {"next_cursor": "abc"}},
            {},
            "",
            {"type": "cursor", "cursor_path": "meta.next_cursor", "cursor_param": "cursor"},
        ),
        (
            {"items": ORDERS, "total": 90, "offset": 0},
            {},
            "?limit=60",
            {"type": "offset", "limit": 60, "total_path": "total"},
        ),
        (
            {"items": ORDERS, "page": 1, "total_pages": 2},
            {},
            "",
            {"type": "page_number", "base_page": 1, "page_param": "page", "total_path": "total_pages"},
        ),
    ],
)
def test_how_an_api_pages_is_read_off_its_answer(
    server: ApiServer,
    tmp_path: Path,
    answer: object,
    headers: dict[str, str],
    query: str,
    paginator: dict[str, object],
) -> None:
    server.routes["/orders"] = always(Answer(json.dumps(answer), headers=headers))
    found = inspect_source(f"{server.url}/orders{query}", "shop", tmp_path)
    assert draft_of(found)["api"]["paginator"] == paginator


def test_an_api_that_keeps_rows_back_is_told(server: ApiServer, tmp_path: Path) -> None:
    server.routes["/orders"] = always(json.dumps({"items": ORDERS, "count": 600}))
    assert "speaks of 600 rows and gave 60" in page(inspect_source(f"{server.url}/orders", "shop", tmp_path))
    server.routes["/orders"] = always(json.dumps(ORDERS))
    assert "60 rows is a round number" in page(inspect_source(f"{server.url}/orders", "shop", tmp_path))


def test_a_key_in_the_url_is_taken_out_of_it(server: ApiServer, tmp_path: Path) -> None:
    server.routes["/orders"] = lambda request: (
        Answer(json.dumps(ORDERS[:3])) if request.query.get("api_key") == "hush-hush-99" else Answer("no", 403)
    )
    found = inspect_source(f"{server.url}/orders?year=2014&api_key=hush-hush-99", "shop", tmp_path)
    assert draft_of(found)["api"]["auth"] == {
        "type": "api_key",
        "location": "query",
        "name": "api_key",
        "api_key": "${SHOP_API_KEY}",
    }
    assert draft_of(found)["tables"][0]["resource"]["params"] == {"year": "2014"}
    assert "hush-hush" not in "".join([page(found), *(draft.text for draft in found.drafts)])
    assert landed(found, tmp_path).row_count == 3


@pytest.mark.parametrize(
    ("answer", "kind", "told"),
    [
        (Answer("<html>log in</html>", headers={"Content-Type": "text/html"}), UnreadableSourceError, "HTML"),
        (Answer("{}", 401), AccessError, "401"),
        (Answer("{}", 404), MissingSourceError, "404"),
        (Answer('{"status": "ok"}'), UnreadableSourceError, "no list of objects"),
    ],
)
def test_what_is_no_list_of_records_is_said(
    server: ApiServer, tmp_path: Path, answer: Answer, kind: type[Exception], told: str
) -> None:
    server.routes["/orders"] = always(answer)
    with pytest.raises(kind, match=told) as refused:
        inspect_source(f"{server.url}/orders?token=hush-hush-7", "shop", tmp_path)
    assert "hush-hush" not in str(refused.value)


def test_a_secret_is_not_taken_from_the_command_line(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match=r"write \$\{VARIABLE\}"):
        inspect_source("https://shop.example/orders", None, tmp_path, header="Authorization: Bearer hush")
