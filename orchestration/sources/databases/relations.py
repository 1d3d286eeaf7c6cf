"""What the modules per kind of database have in common: names of relations, their columns, and how rows are read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import ClassVar, Protocol

from orchestration.sources.declaration.tables import SourceTable
from orchestration.sources.errors import DeclarationError, MissingSourceError
from orchestration.sources.rows.extracts import Since

ATTACHED = "source"
"""The name under which a database is attached."""

_PART = r'((?:"(?:[^"]|"")+")|[^".]+)'
_RELATION = re.compile(rf"{_PART}(?:\.{_PART})?")
_SHOWN = 3


@dataclass(frozen=True)
class RelationColumn:
    """A column of a table or view."""

    name: str
    kind: str
    """The database's own name of its type."""
    read_as: str
    """The DuckDB type in which its values are read: VARCHAR where no other holds all of them."""
    landed_as: str
    """The type in which it lands if it is not declared."""


@dataclass(frozen=True)
class RelationRows:
    """How the rows of a relation are read."""

    query: str
    """SQL in DuckDB that gives the columns by name and in order."""
    columns: tuple[RelationColumn, ...]
    row_count: int | None
    """The rows that the database itself counts in the same snapshot; None where counting would run a view twice."""
    warnings: tuple[str, ...] = ()
    has_unique_keys: bool = False
    """Whether a unique index guarantees the declared keys."""


@dataclass(frozen=True)
class KnownRelation:
    """A table or view that a database has."""

    schema: str
    name: str
    is_view: bool
    key: tuple[str, ...]
    """Its primary key; empty if it has none."""


@dataclass(frozen=True)
class Relation:
    """A table or view, for messages and for quarantine."""

    name: str
    system: str
    what: ClassVar[str] = "relation"

    @property
    def path(self) -> str:
        """How messages name it."""
        return f"{self.system}, relation {self.name}"


class Database(Protocol):
    """A database that is attached to DuckDB, in a transaction that is a snapshot of it."""

    def rows(self, table: SourceTable, since: Since | None) -> RelationRows:
        """Return how the table's relation is read, whole or from a cursor value on. Raises a `SourceError`."""

    def relations(self) -> list[KnownRelation]:
        """Return the tables and views that the user may read, in order of name; not the database's own."""

    def newest(self, table: SourceTable) -> str | None:
        """Return a text that is another one when the relation has changed; None where that cannot be told cheaply.

        It is the highest cursor where the table has one.
        """


def name_parts(relation: str, default_schema: str, *, what: str) -> tuple[str, str]:
    """Return schema and name of a relation written `schema.name`, `name`, or with parts in double quotes.

    Parts are taken letter by letter, with their capitals and blanks. Raises `DeclarationError` for anything else.
    """
    found = _RELATION.fullmatch(relation)
    if not found or "\0" in relation:
        raise DeclarationError(
            f"{what}: {relation!r} is not a relation. Write schema.name; a part that holds a dot or a quote stands in "
            'double quotes: sales."order.line".'
        )
    first, second = (
        part[1:-1].replace('""', '"') if part and part.startswith('"') else part for part in found.groups()
    )
    return (first, second) if second else (default_schema, first)


def no_such_relation(relation: Relation, there: Iterable[tuple[str, str]]) -> MissingSourceError:
    """Return the error for a relation that the database does not have, with the names that are near."""
    names = [f"{schema}.{name}" for schema, name in there]
    forms = {form: name for name in names for form in (name.casefold(), name.split(".", 1)[1].casefold())}
    wanted = relation.name.casefold()
    close = [
        forms[form]
        for text in (wanted, wanted.split(".")[-1])
        for form in get_close_matches(text, list(forms), n=_SHOWN, cutoff=0.7)
    ]
    told = f"Near it: {', '.join(dict.fromkeys(close))}." if close else f"There are {len(names)} relations."
    return MissingSourceError(
        f"{relation.path}: there is no such table or view, or the user may not see its schema. {told} "
        "Correct relation in defs.yaml."
    )


def utc(moment: str) -> str:
    """Return SQL for a TIMESTAMP WITH TIME ZONE as a TIMESTAMP in UTC; AT TIME ZONE takes ten times as long."""
    return f"CASE WHEN isfinite({moment}) THEN make_timestamp(epoch_us({moment})) ELSE {moment}::TIMESTAMP END"
