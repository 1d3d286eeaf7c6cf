"""What went wrong with an API, as a message to a person: which of dlt's and requests' exceptions means what.

What an answer is instead of JSON says `http_session`, which pages cannot be followed `pages`.
"""

import re

import requests
from dlt.sources.helpers.rest_client.redaction import sanitize_url

from orchestration.sources.errors import AccessError, MissingSourceError, SourceError, UnreadableSourceError

_LONGEST_REASON = 300
_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TOO_MANY, _SERVER_FAULTS = 401, 403, 404, 429, 500


def in_words(error: Exception, where: str) -> SourceError:
    """Return the fault of a reading as a message to a person, which begins with `where`."""
    found: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None and cause not in found:
        found.append(cause)
        cause = cause.__cause__ or cause.__context__
    for fault in found:
        if isinstance(fault, SourceError):
            told = str(fault)
            kind = type(fault)
            break
        if isinstance(fault, requests.HTTPError) and fault.response is not None:
            kind, told = _status_in_words(fault.response)
            break
        if isinstance(fault, requests.RequestException):
            kind, told = _transport_in_words(fault)
            break
    else:
        last = str(found[-1]).splitlines()[0] if str(found[-1]) else type(found[-1]).__name__
        kind, told = UnreadableSourceError, f"this cannot be read: {last[:_LONGEST_REASON]}"
    return kind(f"{where}: {told}")


def _status_in_words(response: requests.Response) -> tuple[type[SourceError], str]:
    status = response.status_code
    said = f"the API answered {status} {response.reason}".rstrip()
    asked = f" to {response.request.method} {sanitize_url(response.url)}" if response.request is not None else ""
    if status in {_UNAUTHORIZED, _FORBIDDEN}:
        return AccessError, (
            f"{said}{asked}. The credentials are wrong, expired or not permitted here; check the environment "
            "variables that auth in defs.yaml names. The data landed before stays in use."
        )
    if status == _NOT_FOUND:
        return MissingSourceError, (
            f"{said}{asked}. Correct path or base_url in defs.yaml; the data landed before stays in use."
        )
    if status == _TOO_MANY:
        return MissingSourceError, (
            f"{said}{asked}, also after waiting. Declare requests_per_second in defs.yaml, or load less often."
        )
    if status >= _SERVER_FAULTS:
        return MissingSourceError, (
            f"{said}{asked}, also when asked again. The fault is the API's; the data landed before stays in use."
        )
    return MissingSourceError, f"{said}{asked}. Check path, params and paginator in defs.yaml."


def _transport_in_words(fault: requests.RequestException) -> tuple[type[SourceError], str]:
    kept = "Nothing was landed; the data landed before stays in use."
    if isinstance(fault, requests.TooManyRedirects):
        return MissingSourceError, f"the API redirects in circles. {kept} Check base_url and path in defs.yaml."
    if isinstance(fault, requests.Timeout) or "timed out" in str(fault):
        return MissingSourceError, (
            f"the API stayed silent for longer than timeout_seconds, also when asked again. {kept}"
        )
    if isinstance(fault, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
        return MissingSourceError, f"the connection broke in the middle of an answer, also when asked again. {kept}"
    if isinstance(fault, requests.exceptions.SSLError):
        return MissingSourceError, f"the API's certificate cannot be trusted ({_reason(fault)}). {kept}"
    if isinstance(fault, requests.ConnectionError):
        return MissingSourceError, (
            f"the API cannot be reached, or broke the connection off, also when asked again ({_reason(fault)}). {kept}"
        )
    return MissingSourceError, f"the request failed: {_reason(fault)}. {kept}"


def _reason(fault: Exception) -> str:
    inner = fault.args[0] if fault.args else fault
    reason = getattr(inner, "reason", inner)
    text = str(reason).rsplit(": ", 1)[-1]
    return re.sub(r"\s+", " ", text)[:_LONGEST_REASON].rstrip(" .)'") or type(fault).__name__
