"""A real HTTP server for the tests, on this machine: routes answer by function, faults are injected by request number."""

import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

_MOST_REQUESTS = 500


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    """By lower-case name."""
    body: str


@dataclass(frozen=True)
class Answer:
    body: str | bytes = "[]"
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut_after: int | None = None
    """Break the connection off after so many bytes of the body."""
    silent: bool = False
    """Say nothing until the server stops."""
    framed: bool = True
    """false: say nothing of the length, so that the end of the connection is the end of the body."""


Route = Callable[[Request], Answer]


class ApiServer:
    """Answers with `routes` by path, unless `faults` has an answer for the number of the request (from 1)."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.faults: dict[int, Answer] = {}
        self.requests: list[Request] = []
        self.stopping = threading.Event()
        self.url = ""

    def asked(self, path: str | None = None) -> list[Request]:
        """Return the requests that were made, of one path unless it is None."""
        return [request for request in self.requests if path in {None, request.path}]

    def answer(self, request: Request) -> Answer:
        self.requests.append(request)
        if len(self.requests) > _MOST_REQUESTS:
            return Answer('{"error": "somebody goes in circles"}', 400)
        if fault := self.faults.get(len(self.requests)):
            return fault
        route = self.routes.get(request.path)
        return route(request) if route else Answer('{"error": "no such path"}', 404)


def rows(*records: dict[str, Any]) -> str:
    return json.dumps(records)


def always(answer: Answer | str) -> Route:
    return lambda _request: Answer(answer) if isinstance(answer, str) else answer


@contextmanager
def api_server() -> Iterator[ApiServer]:
    """Run a server on a free port of this machine."""
    api = ApiServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length).decode(),
            )
            answer = api.answer(request)
            if answer.silent:
                api.stopping.wait()
                self.close_connection = True
                return
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers.get("Content-Type", "application/json"))
            for name, value in answer.headers.items():
                if name != "Content-Type":
                    self.send_header(name, value)
            if answer.framed:
                self.send_header("Content-Length", str(len(body)))
            else:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body[: answer.cut_after])
            if answer.cut_after is not None and answer.framed:
                self.wfile.flush()
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if answer.cut_after is not None or not answer.framed:
                self.close_connection = True

        do_GET = do_POST = _serve  # noqa: N815 (the names that the library calls)

        def log_message(self, *_args: object) -> None:
            """Say nothing of requests."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_args: object) -> None:
            """Say nothing of connections that were cut."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    api.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield api
    finally:
        api.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
