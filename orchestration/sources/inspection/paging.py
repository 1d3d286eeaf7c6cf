"""How an API pages, as far as one answer shows it: dlt's paginators, recognised by the names that APIs use."""

from collections.abc import Mapping, Sequence

_NEXT_LINKS = [
    *("next", "links.next", "_links.next.href", "links.next.href", "paging.next", "pagination.next", "meta.next"),
    *("info.next", "nextLink", "next_url", "'@odata.nextLink'"),
]
_CURSORS = [
    *("next_cursor", "nextCursor", "cursors.next", "meta.next_cursor", "pagination.next_cursor"),
    *("paging.cursors.after", "next_page_token", "nextPageToken", "response_metadata.next_cursor", "cursor"),
]
_OFFSETS = ["offset", "meta.offset", "pagination.offset"]
_TOTAL_PAGES = [
    *("total_pages", "totalPages", "page_count", "pages", "meta.total_pages", "pagination.total_pages", "info.pages"),
]
_TOTALS = ["total", "total_count", "totalCount", "count", "meta.total", "pagination.total", "paging.total"]
_ROUND = 10


def paginator_of(
    document: object, count: int, params: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[dict[str, object], list[str]]:
    """Return a paginator as a declaration takes it, and what a person should look up.

    `document` is the answer to a request with `params`, and has `count` records.
    """
    if 'rel="next"' in headers.get("Link", "").replace("rel=next", 'rel="next"'):
        return {"type": "header_link"}, []
    if link := _first(document, _NEXT_LINKS, str):
        return {"type": "json_link", "next_url_path": link}, []
    if cursor := _first(document, _CURSORS, str):
        parameter = cursor.split(".")[-1].replace("next_", "")
        guess = f"that the parameter is named {parameter} is a guess: look up which one takes the cursor"
        return {"type": "cursor", "cursor_path": cursor, "cursor_param": parameter}, [guess]
    return _numbered(document, count, params) or ({"type": "single_page"}, _doubts(document, count))


def _numbered(document: object, count: int, params: Mapping[str, str]) -> tuple[dict[str, object], list[str]] | None:
    """Return the paginator of an API whose pages are asked for by row or by number."""
    if "offset" in params or _first(document, _OFFSETS, int):
        limit = params.get("limit", "")
        size = int(limit) if limit.isdecimal() else count
        return {"type": "offset", "limit": size, "total_path": _first(document, _TOTALS, int)}, []
    if pages := _first(document, _TOTAL_PAGES, int):
        page = params.get("page", "")
        base = int(page) if page.isdecimal() else 1
        return {"type": "page_number", "base_page": base, "page_param": "page", "total_path": pages}, []
    return None


def _doubts(document: object, count: int) -> list[str]:
    total = _first(document, _TOTALS, int)
    known = _value(document, total) if total else None
    if isinstance(known, int) and known > count:
        return [
            f"the API speaks of {known} rows and gave {count}: say how it pages (api.paginator), or most are missing"
        ]
    if known is None and count % _ROUND == 0:
        return [
            f"nothing in the answer tells of further pages, but {count} rows is a round number: look whether it pages"
        ]
    return []


def _first(document: object, paths: Sequence[str], kind: type) -> str | None:
    """Return the first path at which there is a value of this type (an empty text is none)."""
    for path in paths:
        value = _value(document, path)
        if isinstance(value, kind) and not isinstance(value, bool) and value != "":
            return path
    return None


def _value(document: object, path: str) -> object:
    value = document
    for name in [path.strip("'")] if path.startswith("'") else path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
