"""Landing the tables of a database: PostgreSQL, SQLite, MySQL or MariaDB, through DuckDB's own scanners.

All tables of a system are read in one transaction, which is one snapshot of the source. source_row is a row's place in
the extract, from 1, which another extract of the same rows may give differently. How a kind of database is attached and
its values are read exactly belongs in the module of that kind; what is landed of what was read in `extracts`.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from orchestration.sources.databases.address import Address, server_address
from orchestration.sources.databases.mysql import MySql
from orchestration.sources.databases.postgres import Postgres
from orchestration.sources.databases.relations import Database, KnownRelation, Relation, RelationRows
from orchestration.sources.databases.sqlite import Sqlite
from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.declaration.tables import SourceColumn, SourceTable
from orchestration.sources.environment import filled_in
from orchestration.sources.errors import (
    AccessError,
    ConservationError,
    DeclarationError,
    MissingSourceError,
    SourceError,
    UnreadableSourceError,
)
from orchestration.sources.extensions import load_extension
from orchestration.sources.lake.raw_lake import DATA_FILE, REJECTS_FILE, BatchManifest, LandedColumn, RawLake
from orchestration.sources.rows.drift import against_declaration, check_names
from orchestration.sources.rows.extracts import Since, land_extract
from orchestration.sources.rows.reading import PARQUET, Reading, duckdb_connection, refuse_if_mostly_unfit
from orchestration.sources.rows.typed_values import TypedColumn, typed_as_named, typed_columns, typed_rows
from orchestration.sources.sql import literal, path_literal

KINDS: Mapping[str, type[Postgres] | type[Sqlite] | type[MySql]] = {
    "mysql": MySql,
    "postgres": Postgres,
    "sqlite": Sqlite,
}

_LOST = re.compile(
    r"server closed the connection|terminating connection|connection .*(closed|lost|reset)|lost connection|"
    r"has gone away|no connection to the server|shutting down|broken pipe|server has been shut|was killed",
    re.IGNORECASE,
)
_CLOSED = re.compile(
    r"authentication failed|no password supplied|access denied|no pg_hba\.conf entry|permission denied|"
    r"role .* does not exist|denied to user|is not permitted to log in|not authorized",
    re.IGNORECASE,
)
_NO_DATABASE = re.compile(r"database .* does not exist|unknown database", re.IGNORECASE)
_CONNECTION_SHOWN = re.compile(r' (?:at|with parameters) "[^"]*"(?=:)')
_LONGEST = 400
_SERVER_SAYS = re.compile(r"(?:ERROR|FATAL|PANIC):\s+([^\n]*)")
_FEW = 100
_KEPT = "extract.parquet"
"""Rows below which an increment may be mostly unfit without being refused."""


@contextmanager
def open_database(system: SourceSystem, root: Path, workplace: Path) -> Iterator["OpenDatabase"]:
    """Open a database for reading; an SQLite file's relative path starts at `root`.

    What does not fit into memory is put below `workplace`, which need not be there. Raises a `SourceError` where an
    environment variable is not set, the extension cannot be had, the server does not answer, or does not let the user
    in. No message holds a password.
    """
    opened = OpenDatabase(system, root, workplace)
    try:
        opened.attach()
        yield opened
    finally:
        opened.close()


class OpenDatabase:
    """A database that is open for reading, in one snapshot."""

    def __init__(self, system: SourceSystem, root: Path, workplace: Path) -> None:
        declared = system.database
        if declared is None:
            raise DeclarationError(f"Source system {system.name} has no database.")
        self.system = system
        self._name = f"Source system {system.name}"
        self.kind = declared.kind
        self._kind = KINDS[declared.kind]
        what = f"{self._name}: connection"
        is_file = declared.kind == "sqlite"
        self._file = root / filled_in(declared.connection, what=what) if is_file else root
        self._address = Address({}) if is_file else server_address(declared.connection, what=what)
        self._connection = duckdb_connection(workplace / f"reading-{os.getpid()}")
        self._source: Database
        self._lost_at: str | None = None

    def attach(self) -> None:
        """Attach the database and begin the transaction that is its snapshot."""
        connection, address, name = self._connection, self._address, self._name
        load_extension(connection, self._kind.extension, extra=self.system.kind, wanted_by=name)
        try:
            if self._kind is Sqlite:
                Sqlite.attach(connection, self._file)
                self._source = Sqlite(connection, name, self._file)
            elif self._kind is MySql:
                MySql.attach(connection, address)
                self._source = MySql(connection, name, address.settings.get("dbname", ""))
            else:
                Postgres.attach(connection, address)
                self._source = Postgres(connection, name)
            connection.execute("BEGIN")
        except duckdb.Error as error:
            said = str(error)
        else:
            return
        # Raised outside the handler: the error that is handled there may hold the password.
        raise self._not_opened(said)

    def close(self) -> None:
        """End the transaction and the connection.

        The transaction is ended first: where the server is gone, PostgreSQL's scanner would abort this process when the
        connection did it.
        """
        with suppress(duckdb.Error):
            self._connection.execute("ROLLBACK")
        self._connection.close()

    def land(self, table: SourceTable, lake: RawLake) -> tuple[list[BatchManifest], list[BatchManifest]]:
        """Land what is new of a relation; see `landing.Source`."""
        return land_extract(self.system, table, lake, self.extract)

    def extract(self, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        """Read a relation into a folder; see `extracts.Extract`."""
        relation = Relation(table.relation or "", self._name)
        try:
            return self._extract(relation, table, since, workplace)
        except duckdb.Error as error:
            said = str(error)
        self._begin_again(relation)
        raise self._not_read(relation, said)

    def relations(self) -> list[KnownRelation]:
        """Return the tables and views that the user may read. Raises a `SourceError` as `extract` does."""
        try:
            return self._source.relations()
        except duckdb.Error as error:
            said = str(error)
        raise self._not_read(Relation("(all)", self._name), said)

    def write_sample(self, table: SourceTable, limit: int, file: Path) -> RelationRows:
        """Write the first rows of a relation to a Parquet file, as landing reads them, and return how they are read.

        Raises a `SourceError` as `extract` does.
        """
        relation = Relation(table.relation or "", self._name)
        try:
            rows = self._source.rows(table, None)
            if self._kind is Sqlite:  # which of its values may be numbers is what the sample is to show
                numbers = {column.name: SourceColumn(type="DECIMAL(38, 9)") for column in rows.columns}
                rows = self._source.rows(table.model_copy(update={"columns": numbers}), None)
            query = f"SELECT * FROM ({rows.query}) LIMIT {limit}"
            self._connection.execute(f"COPY ({query}) TO {literal(str(file))} (FORMAT parquet)")
        except duckdb.Error as error:
            said = str(error)
        else:
            return rows
        self._begin_again(relation)
        raise self._not_read(relation, said)

    def newest(self, table: SourceTable) -> str | None:
        """Return a text that is another one when the relation has changed; None where that cannot be told cheaply."""
        try:
            return self._source.newest(table)
        except duckdb.Error as error:
            said = str(error)
        relation = Relation(table.relation or "", self._name)
        self._begin_again(relation)
        raise self._not_read(relation, said)

    def _extract(self, relation: Relation, table: SourceTable, since: Since | None, workplace: Path) -> Reading:
        connection = self._connection
        rows = self._source.rows(table, since)
        names = [column.name for column in rows.columns]
        check_names(relation.path, names)
        keeps_types = self._kind is not Sqlite
        drift = against_declaration(relation.path, names, table, relation.what, keeps_types=keeps_types)
        warnings = [*rows.warnings, *drift]
        if self._lost_at:
            warnings.append(f"it was read in a later snapshot than the relations before {self._lost_at}, which failed")
        # Without a count of the database's own a second reading could give other rows: a view may have changed.
        query, rows_read = (rows.query, rows.row_count) if rows.row_count is not None else self._kept(rows, workplace)
        declared = {
            column.name: table.columns.get(column.name) or SourceColumn(type=column.landed_as)
            for column in rows.columns
        }
        columns = typed_columns([(column.name, column.read_as) for column in rows.columns], declared, table.texts)
        if self._kind is Sqlite:
            columns = [_checked_text(column) for column in columns]
        typed = typed_rows(columns, f"({query})")
        connection.execute("CREATE OR REPLACE TEMP SEQUENCE source_row")
        data = workplace / DATA_FILE
        written = connection.execute(
            f"COPY (SELECT {typed_as_named(columns)}, nextval('source_row') AS source_row FROM ({typed}) "
            f"WHERE __problems IS NULL) TO {literal(str(data))} {PARQUET}"
        ).fetchone()
        rows_landed = int(written[0]) if written else 0
        rows_quarantined = 0
        if rows_landed != rows_read:
            rows_unfit = rows_read - rows_landed
            if since is None or rows_read >= _FEW:
                misfits = f"SELECT row_number() OVER () AS source_row, unnest(__problems) AS problem FROM ({typed})"
                listing = f"SELECT source_row, problem.column_name, problem.reason FROM ({misfits})"
                refuse_if_mostly_unfit(connection, relation, table, rows_read, rows_unfit, listing)
            shown = _printable if self._kind is Sqlite else str
            whole = f"to_json({{{', '.join(f'{literal(c.name)}: {shown(c.raw)}' for c in columns)}}})::VARCHAR"
            unfit = f"SELECT __problems, {whole} AS raw_text FROM ({typed}) WHERE __problems IS NOT NULL"
            rows_quarantined = self._write_rejects(relation, unfit, rows_landed, workplace)
        (workplace / _KEPT).unlink(missing_ok=True)
        if rows_landed + rows_quarantined != rows_read:
            raise ConservationError(
                f"{relation.path}: the database counts {rows_read} rows, but {rows_landed} landed and "
                f"{rows_quarantined} are unfit. Nothing of it was landed; please report this relation."
            )
        landed = tuple(LandedColumn(name=name, type=column.type) for name, column in declared.items())
        return Reading(
            landed,
            rows_read,
            rows_landed,
            rows_quarantined,
            tuple(warnings),
            has_unique_keys=rows.has_unique_keys,
        )

    def _kept(self, rows: RelationRows, workplace: Path) -> tuple[str, int]:
        """Read rows once into a file; return the query over it and how many there are."""
        file = workplace / _KEPT
        written = self._connection.execute(f"COPY ({rows.query}) TO {literal(str(file))} (FORMAT parquet)").fetchone()
        return f"SELECT * FROM read_parquet({path_literal(file)})", int(written[0]) if written else 0

    def _write_rejects(self, relation: Relation, unfit: str, rows_before: int, target: Path) -> int:
        """Write rejects.parquet from a query that gives __problems and raw_text; return how many rows it has."""
        file = target / REJECTS_FILE
        written = self._connection.execute(
            f"COPY (SELECT {literal(relation.name)} AS source_file, "
            f"{rows_before} + row_number() OVER () AS source_row, "
            "array_to_string(list_transform(__problems, lambda p: p.column_name), ', ') AS column_name, "
            "array_to_string(list_transform(__problems, lambda p: p.column_name || ': ' || p.reason), '; ') AS reason, "
            f"raw_text FROM ({unfit})) TO {literal(str(file))} {PARQUET}"
        ).fetchone()
        return int(written[0]) if written else 0

    def _begin_again(self, relation: Relation) -> None:
        """Begin another transaction, as the first one failed; what is read from now on is another snapshot."""
        self._lost_at = self._lost_at or relation.name
        with suppress(duckdb.Error):
            self._connection.execute("ROLLBACK")
        with suppress(duckdb.Error):
            self._connection.execute("BEGIN")

    def _not_opened(self, said: str) -> SourceError:
        told = self._told(said)
        if _NO_DATABASE.search(told):
            return MissingSourceError(f"{self._name}: there is no such database: {told} Correct its connection.")
        if _CLOSED.search(told):
            return AccessError(
                f"{self._name}: the database does not let the user in: {told} Check the user, and the environment "
                "variable that holds the password."
            )
        return MissingSourceError(
            f"{self._name}: the database does not answer: {told} Check that it runs, and host and port of the "
            "connection; until then the data landed before stays in use."
        )

    def _not_read(self, relation: Relation, said: str) -> SourceError:
        told = self._told(said)
        if _LOST.search(told):
            return UnreadableSourceError(
                f"{relation.path}: the connection was lost in the middle of the read: {told} Nothing of it was landed. "
                "Run again when the server is back."
            )
        if _CLOSED.search(told):
            return AccessError(
                f"{relation.path}: the database does not let its user read this: {told} "
                "Grant it the right to, or correct the user of the connection."
            )
        return UnreadableSourceError(
            f"{relation.path}: the database could not give its rows: {told} Nothing of it was landed."
        )

    def _told(self, said: str) -> str:
        """Return what the server says, in one sentence and without secrets."""
        clean = _CONNECTION_SHOWN.sub("", self._address.secrets.out_of(said))
        by_server = _SERVER_SAYS.findall(clean)
        told = "; ".join(dict.fromkeys(by_server)) if by_server else " ".join(clean.split("\nLINE ")[0].split())
        return told[:_LONGEST].rstrip(". ") + "."


def _checked_text(column: TypedColumn) -> TypedColumn:
    """Return the column with text that is no valid UTF-8 as a misfit, which SQLite keeps and Parquet does not."""
    broken = f"({column.raw} IS NOT NULL AND {_decoded(column.raw)} IS NULL)"
    return replace(
        column,
        problem=f"({broken} OR {column.problem})" if column.problem else broken,
        reason=f"CASE WHEN {broken} THEN 'bytes are not valid text in UTF-8' ELSE {column.reason} END",
    )


def _decoded(text: str) -> str:
    return f"TRY(decode(encode({text})))"


def _printable(text: str) -> str:
    return rf"coalesce({_decoded(text)}, '\x' || lower(hex(encode({text}))))"
