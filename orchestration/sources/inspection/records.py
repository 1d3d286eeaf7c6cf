"""Where in a JSON document its records are: the longest list of objects in it."""

from collections.abc import Iterator, Sequence

from orchestration.sources.errors import UnreadableSourceError

_DEEPEST = 3
"""Members below which no list is looked for."""


def records_in(document: object) -> tuple[str | None, Sequence[object]]:
    """Return the path to a document's records, None where the document itself is their list, and the records.

    Raises `UnreadableSourceError` if there is no list of objects.
    """
    found = list(_lists(document, ()))
    if not found:
        raise UnreadableSourceError(
            "there is no list of objects in it, so no records. Give the file or URL that has them."
        )
    path, records = max(found, key=lambda entry: (len(entry[1]), -len(entry[0])))
    return ".".join(path) or None, records


def _lists(value: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], list[object]]]:
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield path, value
    elif isinstance(value, dict) and len(path) < _DEEPEST:
        for key, member in value.items():
            yield from _lists(member, (*path, key))
