"""What goes over the line when an API is read: patiently, not too fast, to one host only, and with numbers kept exact.

dlt's session repeats what failed; here is what it lacks. Which requests are made belongs in `rest_api`.
"""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import requests
from dlt.sources.helpers.requests import Client
from requests.adapters import HTTPAdapter

from orchestration.sources.declaration.api_options import Api
from orchestration.sources.errors import MissingSourceError, UnreadableSourceError
from orchestration.sources.formats.json_files import Number

_NOT_READ = object()
_SHOWN = 80
_MILLION = 1_000_000


def open_session(api: Api, url: str, turn: Callable[[], None]) -> requests.Session:
    """Return a session for the host of `url` that repeats what failed and calls `turn` before each request."""
    session = Client(
        request_timeout=api.timeout_seconds,
        raise_for_status=False,
        request_max_attempts=api.max_attempts,
        request_backoff_factor=api.first_wait_seconds,
        request_max_retry_delay=api.longest_wait_seconds,
    ).session
    adapter = _OneHost(url, turn, api.largest_answer_mb)
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class RateLimit:
    """Waits until the next request may be sent; without a limit, not at all."""

    def __init__(
        self,
        per_second: float | None,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._between = 1 / per_second if per_second else 0.0
        self._clock, self._sleep = clock, sleep
        self._next = clock()

    def __call__(self) -> None:
        """Wait for a turn."""
        now = self._clock()
        if now < self._next:
            self._sleep(self._next - now)
        self._next = max(now, self._next) + self._between


class ExactResponse(requests.Response):
    """An answer whose JSON is read once, strictly, with fractions as they are written."""

    def __init__(self, largest_mb: int) -> None:
        super().__init__()
        self._largest_mb = largest_mb
        self._document: Any = _NOT_READ

    def iter_content(self, chunk_size: int | None = 1, decode_unicode: Any = False) -> Iterator[Any]:
        """Yield the body in pieces. Raises `UnreadableSourceError` when it swells beyond what is declared."""
        size = 0
        for chunk in super().iter_content(chunk_size, decode_unicode):
            size += len(chunk)
            if size > self._largest_mb * _MILLION:
                raise UnreadableSourceError(
                    f"an answer is larger than {self._largest_mb} MB when unpacked, so it was not read further. Ask "
                    "for smaller pages, or raise largest_answer_mb of api in defs.yaml."
                )
            yield chunk

    def json(self, **_: Any) -> Any:
        """Return the answer's JSON. Raises `UnreadableSourceError` saying what the answer is instead."""
        if self._document is _NOT_READ:
            self._document = self._read()
        return self._document

    def _read(self) -> Any:
        kind = self.headers.get("Content-Type", "")
        encoding = self.encoding if "charset=" in kind.lower() and self.encoding else json.detect_encoding(self.content)
        try:
            text = self.content.decode(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise UnreadableSourceError(
                f"the answer is not valid {encoding}: {error}. The API must send JSON in UTF-8."
            ) from error
        try:
            return json.loads(
                text, parse_float=Number, parse_int=_integer, parse_constant=Number, object_pairs_hook=_as_object
            )
        except RecursionError as error:
            raise UnreadableSourceError("the answer's JSON is nested too deeply to be read.") from error
        except json.JSONDecodeError as error:
            raise UnreadableSourceError(_no_json(text, kind, error)) from error


class _Repeated(dict[str, Any]):
    """An object in which a name stands twice; written again, it still does."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def items(self) -> Any:  # as pairs, of which a dict's view has each name once
        return self._pairs


class _OneHost(HTTPAdapter):
    """Sends nothing to any other host than the declared one, neither on a redirect nor for a next page."""

    def __init__(self, url: str, turn: Callable[[], None], largest_mb: int) -> None:
        super().__init__()
        self._origin, self._turn, self._largest_mb = _origin(url), turn, largest_mb

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        found = _origin(request.url or "")
        if found != self._origin:
            raise MissingSourceError(
                f"the API leads to another host, {found}, and is declared at {self._origin}. Nothing was sent there, "
                "because the credentials would go with it. Correct base_url in defs.yaml if the API has moved."
            )
        self._turn()
        return super().send(request, *args, **kwargs)

    def build_response(self, req: requests.PreparedRequest, resp: Any) -> requests.Response:
        response = ExactResponse(self._largest_mb)
        response.__dict__.update(super().build_response(req, resp).__dict__)
        return response


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    shown = "" if port == {"http": 80, "https": 443}.get(parts.scheme) else f":{port}"
    return f"{parts.scheme}://{(parts.hostname or '').lower()}{shown}"


def _integer(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return Number(text)


def _as_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _Repeated(pairs)


def _no_json(text: str, kind: str, error: json.JSONDecodeError) -> str:
    start = text.lstrip()[:_SHOWN]
    if not start:
        return "the answer is empty, not even []. Ask the API's owner, or run again later."
    if "html" in kind.lower() or start.lower().startswith(("<!doctype html", "<html")):
        return (
            f"the answer is an HTML page, not JSON; it begins with {start!r}. A login page or a proxy most likely "
            "stands in between: check base_url, path and the credentials."
        )
    if start[0] in "[{" and error.pos >= len(text.rstrip()) - 1:
        return f"the answer's JSON breaks off after {len(text)} characters. Nothing was landed; run again."
    return (
        f"the answer is not JSON: {error.msg} at line {error.lineno}, column {error.colno}; it begins with {start!r}. "
        "Check base_url and path."
    )
