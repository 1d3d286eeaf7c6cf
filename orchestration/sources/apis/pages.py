"""Watching how an API pages: dlt's paginators follow the pages, here is refused what would lose or repeat rows.

Which requests are made belongs in `rest_api`.
"""

from dataclasses import dataclass, field
from typing import Any

import requests
from dlt.common import jsonpath
from dlt.sources.helpers.rest_client.detector import find_response_page_data, header_links_detector, json_links_detector
from dlt.sources.helpers.rest_client.paginators import BasePaginator, OffsetPaginator

from orchestration.sources.errors import UnreadableSourceError

_REPEATS = 3


@dataclass
class Findings:
    """What was seen while a table was read; one for all copies of its paginator."""

    rows: int = 0
    warnings: list[str] = field(default_factory=list)

    def __deepcopy__(self, memo: dict[int, object]) -> "Findings":
        return self

    def warn(self, warning: str) -> None:
        """Note a warning, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)


class FollowedPages(BasePaginator):
    """Follows a paginator of dlt's, and refuses or tells what would lose rows or repeat them without a word."""

    def __init__(self, paginator: BasePaginator, selector: str | None, findings: Findings) -> None:
        super().__init__()
        self._paginator, self._selector, self._findings = paginator, selector, findings
        self._asked: set[str] = set()
        self._last: list[Any] = []
        self._repeats = self._rows = 0

    @property
    def has_next_page(self) -> bool:
        """Whether there is a page after this one."""
        return self._paginator.has_next_page

    def init_request(self, request: requests.Request) -> None:
        """Prepare the first request."""
        self._asked, self._last, self._repeats, self._rows = set(), [], 0, 0
        self._paginator.init_request(request)
        self._asked.add(_fingerprint(request))

    def update_state(self, response: requests.Response, data: list[Any] | None = None) -> None:
        """Take note of a page.

        Raises `UnreadableSourceError` if it has nothing where its rows should be, or again the same rows.
        """
        rows = data or []
        _check_selected(response, self._selector)
        if self._selector and not rows and None in jsonpath.find_values(self._selector, response.json()):
            self._findings.warn(f"{self._selector} was null in an answer and was read as no rows")
        self._refuse_repetition(rows)
        self._findings.rows += len(rows)
        self._rows += len(rows)
        self._paginator.update_state(response, data)
        if not self.has_next_page:
            self._tell_of_missing_rows(response)
        if not self.has_next_page and rows and (following := _next_link(response)):
            self._findings.warn(
                f"the last answer names a next page ({following}) that the declared paginator did not follow; "
                "rows may be missing"
            )

    def update_request(self, request: requests.Request) -> None:
        """Prepare the next request. Raises `UnreadableSourceError` if it was made before."""
        self._paginator.update_request(request)
        if not self.has_next_page:
            return
        asked = _fingerprint(request)
        if asked in self._asked:
            raise UnreadableSourceError(
                "the pages go in circles: the API names a page as the next one that was read already. Nothing was "
                "landed. Check the paginator in defs.yaml, or tell the API's owner."
            )
        self._asked.add(asked)

    def _tell_of_missing_rows(self, response: requests.Response) -> None:
        path = self._paginator.total_path if isinstance(self._paginator, OffsetPaginator) else None
        total = jsonpath.find_values(path, response.json()) if path else []
        if total and int(total[0]) > self._rows:
            self._findings.warn(
                f"the API counts {total[0]} rows and gave {self._rows}; one may have moved to another page meanwhile"
            )

    def _refuse_repetition(self, rows: list[Any]) -> None:
        self._repeats = self._repeats + 1 if rows and rows == self._last else 1
        self._last = rows
        if self._repeats == _REPEATS:
            raise UnreadableSourceError(
                f"{_REPEATS} pages in a row held the same rows, so the API does not take notice of which page is asked "
                "for. Nothing was landed. Check the paginator in defs.yaml."
            )


def _check_selected(response: requests.Response, selector: str | None) -> None:
    document = response.json()
    if selector is None:
        if isinstance(document, list):
            return
        path, found = find_response_page_data(document)
        guess = f" Most likely it is data_selector: {'.'.join(path)}." if isinstance(found, list) else ""
        raise UnreadableSourceError(
            f"the answer is no array but {_shape(document)}; say in defs.yaml where the rows are.{guess}"
        )
    if not jsonpath.find_values(selector.split("[*]")[0] or "$", document):
        raise UnreadableSourceError(
            f"the answer has nothing at data_selector {selector!r}; it is {_shape(document)}. "
            "Nothing was landed, as no rows would be an empty list there. Correct data_selector in defs.yaml."
        )


def _shape(document: object) -> str:
    if isinstance(document, dict):
        return f"an object with: {', '.join(map(str, list(document)[:20]))}" if document else "an empty object"
    return "an array" if isinstance(document, list) else f"the value {str(document)[:80]!r}"


def _next_link(response: requests.Response) -> str | None:
    if header_links_detector(response)[0]:
        return "header Link"
    found, _ = json_links_detector(response)
    return str(found.next_url_path) if found else None


def _fingerprint(request: requests.Request) -> str:
    prepared = requests.Request(request.method, request.url, params=request.params).prepare()
    return repr((prepared.method, prepared.url, request.json, request.data))
