"""DuckDB's own extensions, out of the wheels that carry them. What one reads belongs in the modules per kind."""

import duckdb

from orchestration.sources.errors import UnreadableSourceError


def load_extension(connection: duckdb.DuckDBPyConnection, name: str, *, extra: str, wanted_by: str) -> None:
    """Load a DuckDB extension out of its wheel; without the wheel, install it from DuckDB's own repository.

    Raises `UnreadableSourceError`, which names the extra that brings the wheel, where neither can be had. `wanted_by`
    begins that message.
    """
    try:
        try:
            from duckdb_extensions import import_extension  # noqa: PLC0415 (an optional extra)

            import_extension(name, con=connection)
        except ImportError:
            connection.execute(f"INSTALL {name}")
        connection.execute(f"LOAD {name}")
    except duckdb.Error as error:
        fault = str(error).splitlines()[0]
    else:
        return
    raise UnreadableSourceError(
        f"{wanted_by} needs DuckDB's extension {name}, which cannot be loaded ({fault}). "
        f'Install it with pip install "tieout[{extra}]".'
    )
