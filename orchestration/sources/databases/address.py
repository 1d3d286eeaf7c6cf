"""Where a database server is: a connection string or URL taken apart, with its password kept aside.

A password goes to DuckDB as a secret and nowhere else; `Address.secrets` takes it out of whatever a message says.
Connecting belongs in `database`.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from orchestration.sources.environment import filled_in, secrets_in
from orchestration.sources.errors import DeclarationError
from orchestration.sources.secrets import Secrets

_PAIR = re.compile(r"\s*(\w+)\s*=\s*('(?:[^'\\]|\\.)*'|(?:[^\s'\\]|\\.)*)(?=\s|$)")
_ONE_REFERENCE = re.compile(r"\$\{\w+\}")
_URL = re.compile(r"(\w+)://")
_PASSWORDS = {"password", "passwd", "pass", "sslpassword", "pgpassword"}
_SAME = {"passwd": "password", "pass": "password", "pgpassword": "password", "db": "dbname", "database": "dbname"}


@dataclass(frozen=True)
class Address:
    """A server's address: libpq's names (host, port, dbname, user, …) with their values, and the password."""

    settings: dict[str, str]
    password: str | None = field(default=None, repr=False)
    secrets: Secrets = field(default=Secrets([]), repr=False)
    """The password, and the whole of a connection that comes from the environment."""


def server_address(connection: str, *, what: str) -> Address:
    """Take apart a connection string (`host=… dbname=… user=… password=…`) or URL (`postgresql://user:…@host/db`).

    A ${VARIABLE} may stand for the whole of it or for any value, which is then taken as it is, whatever it holds.
    `what` begins the message of the `DeclarationError` that is raised for one that cannot be understood or names a
    variable that is not set; neither shows a value.
    """
    is_one = _ONE_REFERENCE.fullmatch(connection)
    text = filled_in(connection, what=what) if is_one else connection
    pairs = _from_url(text) if _URL.match(text) else _from_string(text)
    if not pairs:
        raise DeclarationError(
            f"{what} cannot be understood. Write host=… port=… dbname=… user=… password=${{VARIABLE}}, "
            "or a URL such as postgresql://user:${VARIABLE}@host:5432/name."
        )
    settings, hidden = {}, [text] if is_one else []
    for name, value in pairs.items():
        filled = filled_in(value, what=what) if not is_one else value
        if name in _PASSWORDS:
            hidden += [filled, *secrets_in(value)]
        settings[_SAME.get(name, name)] = filled
    password = settings.pop("password", None)
    return Address(settings, password, Secrets([form for value in hidden for form in _forms(value)]))


def _from_string(text: str) -> dict[str, str]:
    """Return libpq's keyword/value pairs; none where the text is no such string."""
    pairs, end = {}, 0
    for found in _PAIR.finditer(text):
        if found.start() != end:
            return {}
        end = found.end()
        value = found[2][1:-1] if found[2].startswith("'") else found[2]
        pairs[found[1].lower()] = re.sub(r"\\(.)", r"\1", value)
    return pairs if not text[end:].strip() else {}


def _from_url(text: str) -> dict[str, str]:
    """Return a URL's parts under libpq's names; none where it cannot be taken apart."""
    try:
        url = urlsplit(text)
    except ValueError:
        return {}
    user, _, servers = url.netloc.rpartition("@")
    name, _, password = user.partition(":")
    hosts = [re.fullmatch(r"(\[[^\]]*\]|[^:]*)(?::(.*))?", server) for server in servers.split(",")]
    if any(host is None for host in hosts):
        return {}
    pairs = {
        "user": unquote(name),
        "password": unquote(password),
        "host": ",".join(unquote(host[1].strip("[]")) for host in hosts if host),
        "port": ",".join(host[2] or "" for host in hosts if host).strip(","),
        "dbname": unquote(url.path.removeprefix("/")),
    }
    return {name: value for name, value in pairs.items() if value} | dict(parse_qsl(url.query))


def _forms(value: str) -> set[str]:
    """Return a text as it is, and quoted for SQL, for libpq and in Python."""
    return {value, value.replace("'", "''"), value.replace("\\", "\\\\").replace("'", "\\'"), repr(value)[1:-1]}
