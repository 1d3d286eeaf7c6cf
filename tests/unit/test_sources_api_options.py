"""What may be declared of an API is what dlt takes, and a mistake is named by its field, without the secret in it."""

from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import yaml
from dlt.sources.helpers.rest_client.auth import APIKeyAuth, HttpBasicAuth, OAuth2ClientCredentials
from dlt.sources.rest_api import typing as dlt_typing
from dlt.sources.rest_api.config_setup import PAGINATOR_MAP, create_auth, create_paginator
from pydantic import BaseModel

from orchestration.sources.declaration import api_options
from orchestration.sources.declaration.systems import COMPONENT_TYPE, SourceSystem, load_declarations
from orchestration.sources.errors import DeclarationError

LEFT_OUT = {"maximum_page", "maximum_offset"}
"""They would cut a table short without a word."""

OF_DLT = {
    "single_page": dlt_typing.PaginatorTypeConfig,
    "header_link": dlt_typing.HeaderLinkPaginatorConfig,
    "header_cursor": dlt_typing.HeaderCursorPaginatorConfig,
    "json_link": dlt_typing.JSONLinkPaginatorConfig,
    "cursor": dlt_typing.JSONResponseCursorPaginatorConfig,
    "offset": dlt_typing.OffsetPaginatorConfig,
    "page_number": dlt_typing.PageNumberPaginatorConfig,
}


def members(union: Any) -> dict[str, type[BaseModel]]:
    models = get_args(get_args(union)[0])
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in models}


def test_every_paginator_of_dlt_may_be_declared_with_its_fields_and_defaults() -> None:
    declared = members(api_options.Paginator)
    assert set(declared) == set(OF_DLT) == set(PAGINATOR_MAP) - {"auto", "json_response"}
    for kind, model in declared.items():
        assert set(model.model_fields) == set(get_type_hints(OF_DLT[kind])) - LEFT_OUT, kind
        given = {"limit": 5} if kind == "offset" else {"cursor_body_path": "a"} if kind == "cursor" else {}
        ours = model.model_validate({"type": kind, **given})
        theirs = create_paginator({"type": kind, **given})  # type: ignore[arg-type]
        for name, field in model.model_fields.items():
            if field.default is not None and hasattr(theirs, name):
                assert str(getattr(theirs, name)) == str(getattr(ours, name)), (kind, name)


def test_every_way_to_authenticate_of_dlt_may_be_declared() -> None:
    declared = members(api_options.Auth)
    assert set(declared) == set(get_args(dlt_typing.AuthType))
    said = {
        "bearer": {"token": "${A}"},
        "api_key": {"api_key": "${A}"},
        "http_basic": {"username": "a", "password": "${A}"},
        "oauth2_client_credentials": {"access_token_url": "https://a", "client_id": "a", "client_secret": "${A}"},
    }
    theirs = {"api_key": APIKeyAuth, "http_basic": HttpBasicAuth, "oauth2_client_credentials": OAuth2ClientCredentials}
    for kind, fields in said.items():
        model = declared[kind].model_validate({"type": kind, **fields})
        created = create_auth(model.model_dump())  # type: ignore[arg-type]
        assert isinstance(created, theirs.get(kind, object))
        for name, value in model.model_dump(exclude={"type"}).items():
            assert getattr(created, name) == value


def test_an_endpoint_has_the_fields_of_dlt() -> None:
    ours = {field.alias or name for name, field in api_options.ApiResource.model_fields.items()}
    theirs = set(get_type_hints(dlt_typing.Endpoint)) | {"include_from_parent"}
    assert ours == theirs - {"auth"}
    assert set(get_type_hints(dlt_typing.ClientConfig)) - {"session"} <= set(api_options.Api.model_fields)


def declare(folder: Path, api: dict[str, Any], resource: dict[str, Any], **more: Any) -> Path:
    table = {"name": "orders", "description": "x", "resource": {"path": "orders", **resource}, **more}
    place = {"base_url": "https://api.example.com", "paginator": "header_link", **api}
    said = {"name": "crm", "description": "x", "owners": ["team:a"], "group": "g", "api": place, "tables": [table]}
    (folder / "defs.yaml").write_text(yaml.safe_dump({"type": COMPONENT_TYPE, "attributes": said}))
    return folder


CURSOR: dict[str, Any] = {"load": "append", "cursor": "at", "columns": {"at": "TIMESTAMP"}}


@pytest.mark.parametrize(
    ("api", "resource", "more", "told"),
    [
        ({"auth": {"type": "bearer", "token": "s3cr3t"}}, {}, {}, "api.auth.bearer: token holds the secret itself;"),
        ({"auth": {"type": "bearer", "token": 53637}}, {}, {}, "api.auth.bearer.token: Input should be a valid string"),
        ({"auth": {"type": "http_basic", "username": "a", "password": "s3cr3t"}}, {}, {}, "password holds the secret"),
        ({"auth": {"type": "digest"}}, {}, {}, "'bearer', 'api_key', 'http_basic', 'oauth2_client_credentials'"),
        ({"base_url": "https://me:s3cr3t@example.com"}, {}, {}, "api.base_url: base_url holds credentials"),
        ({"base_url": "ftp://example.com"}, {}, {}, "api.base_url: String should match pattern"),
        ({"paginator": "auto"}, {}, {}, "'single_page', 'header_link', 'header_cursor', 'json_link', 'cursor',"),
        ({"paginator": {"type": "offset"}}, {}, {}, "api.paginator.offset.limit: must be given"),
        ({"paginator": {"type": "page_number", "maximum_page": 3}}, {}, {}, "maximum_page: there is no such key"),
        ({"paginator": None}, {}, {}, "table orders: say how the API pages: paginator in api or in the resource"),
        ({"requests_per_second": 0}, {}, {}, "api.requests_per_second: Input should be greater than 0 (it is 0)"),
        ({}, {"path": "https://example.com/a"}, {}, "path must be below base_url"),
        ({}, {"json": {"a": 1}}, {}, "json and data are for method: POST"),
        ({}, {"path": "a/{resources.customers.id}"}, {}, "needs the table 'customers', which is not declared"),
        ({}, {"path": "a/{resources.orders.id}"}, {}, "depend on each other in a circle: orders, orders"),
        ({}, {"path": "{resources.a.id}/{resources.b.id}"}, {}, "can depend on one table only"),
        ({}, {"include_from_parent": ["id"]}, {}, "include_from_parent needs a parent"),
        ({}, {"response_actions": [{"status_code": 404, "action": "ignore"}]}, {}, "a fault would empty the table"),
        ({}, {"incremental": {"start_param": "a"}}, {}, "resource.incremental is for load: incremental or append"),
        ({}, {"incremental": {}}, CURSOR, "incremental needs start_param, or {incremental.start_value}"),
        ({}, {"params": {"a": "{incremental.start_value}"}}, CURSOR, "is used, so say incremental: {}"),
        ({}, {}, {"files": "a.csv", "format": "csv"}, "files is for systems with root, and this one has api"),
        ({}, {}, {"csv": {"delimiter": ";"}}, "csv options given"),
    ],
)
def test_a_mistake_is_named_by_field_and_without_its_secret(
    tmp_path: Path, api: dict[str, Any], resource: dict[str, Any], more: dict[str, Any], told: str
) -> None:
    with pytest.raises(DeclarationError) as caught:
        load_declarations(declare(tmp_path, api, resource, **more))
    message = str(caught.value)
    assert message.startswith(str(tmp_path / "defs.yaml"))
    assert told in message
    assert "s3cr3t" not in message
    assert "53637" not in message


def test_a_resource_decides_what_is_read_again_and_its_server_does_not(tmp_path: Path) -> None:
    def hashed(api: dict[str, Any], resource: dict[str, Any]) -> str:
        (system,) = load_declarations(declare(tmp_path, api, resource))
        assert isinstance(system, SourceSystem)
        return system.tables[0].reading_hash

    plain = hashed({}, {})
    assert hashed({"base_url": "https://other.example.com", "timeout_seconds": 5}, {}) == plain
    assert hashed({}, {"params": {"state": "paid"}}) != plain
