"""What a declaration may say of an HTTP API: dlt's client and endpoint configuration, with dlt's names and meanings.

A test holds the fields here against dlt's own. Left out are those that would cut a table short without a word
(`maximum_page`, `maximum_offset`), guessing (`paginator: auto`) and what YAML cannot hold. Reading belongs in the room
`apis`.
"""

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

JsonPath = Annotated[str, Field(min_length=1, description="A JSONPath, for example data.items.")]

_PARENT = re.compile(r"\{resources\.(\w+)\.[^{}]+\}")
_START = "{incremental.start_value}"


class _Declared(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, hide_input_in_errors=True)


class _Auth(_Declared):
    @model_validator(mode="after")
    def _secret_from_the_environment(self) -> Self:
        for field in ("token", "api_key", "password", "client_secret"):
            if "${" not in getattr(self, field, "${"):
                raise ValueError(f"{field} holds the secret itself; write ${{VARIABLE}} and set that where Tieout runs")
        return self


class BearerAuth(_Auth):
    """A token in the header Authorization."""

    type: Literal["bearer"]
    token: str


class ApiKeyAuth(_Auth):
    """A key in a header or in the query of the URL."""

    type: Literal["api_key"]
    api_key: str
    name: str = Field(default="Authorization", description="Of the header or parameter.")
    location: Literal["header", "query"] = "header"


class BasicAuth(_Auth):
    """A name and a password."""

    type: Literal["http_basic"]
    username: str
    password: str


class OAuth2Auth(_Auth):
    """OAuth 2.0 client credentials: a token is fetched, and again when it has expired."""

    type: Literal["oauth2_client_credentials"]
    access_token_url: str = Field(pattern=r"^(https?://|\$\{)")
    client_id: str
    client_secret: str
    access_token_request_data: dict[str, str] = Field(default_factory=dict, description="For example the scope.")
    default_token_expiration: int = Field(default=3600, gt=0, description="Seconds, where the answer names none.")


Auth = Annotated[BearerAuth | ApiKeyAuth | BasicAuth | OAuth2Auth, Field(discriminator="type")]


class SinglePage(_Declared):
    """Everything comes in one answer."""

    type: Literal["single_page"]


class HeaderLink(_Declared):
    """The header Link names the next page."""

    type: Literal["header_link"]
    links_next_key: str = "next"


class HeaderCursor(_Declared):
    """A header holds the next page's cursor."""

    type: Literal["header_cursor"]
    cursor_key: str = "next"
    cursor_param: str | None = None


class JsonLink(_Declared):
    """The answer holds the next page's URL."""

    type: Literal["json_link"]
    next_url_path: JsonPath = "next"


class Cursor(_Declared):
    """The answer holds the next page's cursor."""

    type: Literal["cursor"]
    cursor_path: JsonPath = "cursors.next"
    cursor_param: str | None = None
    cursor_body_path: JsonPath | None = None
    stop_after_empty_page: bool = False
    has_more_path: JsonPath | None = None


class Offset(_Declared):
    """Pages begin at a row."""

    type: Literal["offset"]
    limit: int = Field(gt=0, description="Rows of a page.")
    offset: int = Field(default=0, ge=0)
    offset_param: str | None = None
    offset_body_path: JsonPath | None = None
    limit_param: str | None = None
    limit_body_path: JsonPath | None = None
    total_path: JsonPath | None = Field(default="total", description="Where the number of rows stands; null: nowhere.")
    stop_after_empty_page: bool = True
    has_more_path: JsonPath | None = None


class PageNumber(_Declared):
    """Pages are numbered."""

    type: Literal["page_number"]
    base_page: int = Field(default=0, description="The API's number of the first page.")
    page: int | None = Field(default=None, description="The first page to ask for, where it is not base_page.")
    page_param: str | None = None
    page_body_path: JsonPath | None = None
    total_path: JsonPath | None = Field(default="total", description="Where the number of pages stands; null: nowhere.")
    stop_after_empty_page: bool = True
    has_more_path: JsonPath | None = None


def _paginator_from_short_form(value: object) -> object:
    return {"type": value} if isinstance(value, str) else value


Paginator = Annotated[
    SinglePage | HeaderLink | HeaderCursor | JsonLink | Cursor | Offset | PageNumber,
    Field(discriminator="type"),
    BeforeValidator(_paginator_from_short_form),
]


class Api(_Declared):
    """An HTTP API, read with dlt's declarative REST client. Any text may take ${VARIABLE} from the environment."""

    base_url: str = Field(pattern=r"^(https?://|\$\{)", description="Where the API's resources begin.")
    auth: Auth | None = None
    headers: dict[str, str] = Field(default_factory=dict)
    paginator: Paginator | None = Field(default=None, description="How the resources page, unless they say their own.")
    requests_per_second: float | None = Field(default=None, gt=0, description="At most; no limit unless given.")
    timeout_seconds: float = Field(default=60, gt=0, description="How long the API may stay silent.")
    max_attempts: int = Field(
        default=5, ge=1, description="Of one request, where the connection breaks or the status is 429 or 5xx."
    )
    first_wait_seconds: float = Field(
        default=1, gt=0, description="Before the second attempt; it doubles with each. A header Retry-After goes first."
    )
    longest_wait_seconds: float = Field(default=300, gt=0)
    largest_answer_mb: int = Field(default=64, ge=1, description="A larger answer, when unpacked, is refused.")
    refresh_minutes: float | None = Field(
        default=None, gt=0, description="How often to look for news; unless given, when the refresh is scheduled."
    )

    @field_validator("base_url")
    @classmethod
    def _without_credentials(cls, value: str) -> str:
        if re.search(r"://[^/]*@", value):
            raise ValueError("base_url holds credentials; say them as auth: {type: http_basic, ...}")
        return value


class ResponseAction(_Declared):
    """An answer that means: this parent has no rows."""

    status_code: int | None = None
    content: str | None = Field(default=None, description="A text that the answer contains.")
    action: Literal["ignore"]


class Incremental(_Declared):
    """How to ask an API for the rows from the table's cursor on. On the first reading nothing is asked for."""

    start_param: str | None = Field(
        default=None, description=f"The query parameter. Elsewhere, write {_START} where the value goes."
    )
    initial_value: str | int | None = Field(default=None, description="For the first reading; everything unless given.")
    convert: str | None = Field(
        default=None,
        description="How the API writes the value: epoch_seconds, epoch_milliseconds, or a strftime format. "
        "Unless given, timestamps are ISO 8601 in UTC (2026-01-31T00:00:00Z).",
    )


class ApiResource(_Declared):
    """Where a table is in an API. Fields may hold {resources.<table>.<field>}: one request for each of its rows."""

    path: str = Field(min_length=1, description="Below base_url.")
    method: Literal["GET", "POST"] = "GET"
    params: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    json_: dict[str, Any] | None = Field(default=None, alias="json", description="The body of a POST.")
    data: Any | None = Field(default=None, description="The form of a POST.")
    data_selector: JsonPath | None = Field(
        default=None, description="The rows in the answer. Unless given, the answer itself must be an array."
    )
    paginator: Paginator | None = None
    incremental: Incremental | None = None
    include_from_parent: tuple[str, ...] = Field(
        default=(), description="Fields of the parent's row; their columns are named _<table>_<field>."
    )
    response_actions: tuple[ResponseAction, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.path.startswith(("http://", "https://", "//")):
            raise ValueError("path must be below base_url; another host is another source system")
        if len(self.parents) > 1:
            raise ValueError(f"a resource can depend on one table only; this one names {', '.join(self.parents)}")
        if self.include_from_parent and not self.parents:
            raise ValueError("include_from_parent needs a parent: {resources.<table>.<field>} in the path or elsewhere")
        if self.response_actions and not self.parents:
            raise ValueError(
                "response_actions are for resources that depend on a table; elsewhere a fault would empty the table"
            )
        if (self.json_ is not None or self.data is not None) and self.method != "POST":
            raise ValueError("json and data are for method: POST")
        if _START in self._text and not self.incremental:
            raise ValueError(f"{_START} is used, so say incremental: {{}}")
        if self.incremental and not self.incremental.start_param and _START not in self._text:
            raise ValueError(f"incremental needs start_param, or {_START} where the value goes")
        return self

    @property
    def parents(self) -> tuple[str, ...]:
        """The tables whose rows this resource is asked for, by name: none or one."""
        return tuple(sorted(set(_PARENT.findall(self._text))))

    @property
    def _text(self) -> str:
        return json.dumps([self.path, self.params, self.headers, self.json_, self.data], ensure_ascii=False)


def check_resources(api: Api, resources: Mapping[str, ApiResource]) -> None:
    """Raise `ValueError` unless the resources of an API, by table, fit together and it is known how each one pages."""
    for name, resource in resources.items():
        if not (resource.paginator or api.paginator):
            raise ValueError(
                f"table {name}: say how the API pages: paginator in api or in the resource "
                "(single_page if everything comes in one answer)"
            )
        line = [name]
        while parents := resources[line[-1]].parents:
            if parents[0] not in resources:
                raise ValueError(
                    f"table {line[-1]}: its resource needs the table {parents[0]!r}, which is not declared; "
                    f"there is: {', '.join(resources)}"
                )
            if parents[0] in line:
                raise ValueError(f"the resources depend on each other in a circle: {', '.join([*line, parents[0]])}")
            line.append(parents[0])
