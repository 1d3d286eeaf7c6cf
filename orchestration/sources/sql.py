"""Names, texts and paths as they stand in SQL."""

import re
from pathlib import Path


def identifier(name: str) -> str:
    """Quote a column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Quote a text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """Quote a path for DuckDB's readers, so that * ? and [ in it stand for themselves."""
    return literal(re.sub(r"([*?\[])", r"[\1]", str(path)))
