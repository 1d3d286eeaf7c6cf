"""Opening the published mart for a report: read-only, and with a clear answer when it is missing or is something else.

The queries are beside the parts of the document that they fill; the contract is docs/published-mart.md.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from orchestration.reports.errors import MartUnreadableError


class Mart:
    """An open published mart."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def rows(self, sql: str, parameters: Mapping[str, Any] | Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query; DECIMAL columns come as Decimal."""
        return self._connection.execute(sql, parameters or None).fetchall()

    def has_column(self, table: str, column: str) -> bool:
        """Return whether a table, named with its schema, has a column: a mart of an earlier version may not."""
        found = self.rows(
            "select 1 from information_schema.columns where table_schema || '.' || table_name = ? and column_name = ?",
            (table, column),
        )
        return bool(found)


@contextmanager
def open_mart(path: Path) -> Iterator[Mart]:
    """Open the mart at `path` read-only. Raises MartUnreadableError when it is missing or not a mart."""
    if not path.is_file():
        raise MartUnreadableError(
            f"There is no published mart at {path}. Run `tieout run`: it builds, checks and publishes it."
        )
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            yield Mart(connection)
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        reason = str(error).splitlines()[0]
        raise MartUnreadableError(
            f"{path} is not a published mart of this version: {reason}. Run `tieout run`."
        ) from error
    except duckdb.IOException as error:
        raise MartUnreadableError(f"{path} cannot be opened: {str(error).splitlines()[0]}") from error
