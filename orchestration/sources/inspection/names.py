"""Names that SQL can use unquoted, made of the names that a source uses. Nothing is renamed that need not be.

Belongs here: spelling. Which column is what belongs in the drafts, and the words of the company in its mapping.
"""

import re
import unicodedata
from functools import cache

import duckdb

LINEAGE = frozenset({"source_system", "source_table", "batch_id", "source_row", "known_at", "source_file"})
"""Names that every staging model has already."""

_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "æ": "ae", "ø": "oe", "å": "aa"}
)
_PERSONAL = re.compile(
    r"name|person|user|employee|mitarbeiter|customer|kunde|client|contact|kontakt|mail|phone|telefon|mobile|fax|street|"
    r"strasse|address|adresse|birth|geburt|iban|bic|clerk|sachbearbeiter|seller|agent|author|owner|manager|salary|gehalt|"
    r"^by$|_by$|passport|ssn|tax_id|gender|remark|comment|note|bemerkung|memo|token|secret|password"
)
_CODE = re.compile(
    r"(^|_)(no|nr|num|number|nummer|code|account|konto|zip|plz|postal|postcode|phone|fax|ean|gtin|sku|iban|vat|belegnr|cost_cent(er|re)|kostenstelle)$"
)


def snake_case(name: str) -> str:
    """Return a name in lower-case letters, digits and `_`, beginning with a letter: BelegNr. -> beleg_nr."""
    plain = unicodedata.normalize("NFKD", name.translate(_SPELLED)).encode("ascii", "ignore").decode()
    plain = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", plain)
    plain = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", plain)
    plain = plain.replace("%", " pct ").replace("#", " no ")
    plain = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_").lower()
    return plain if re.match(r"[a-z]", plain) else f"n_{plain}".rstrip("_")


def distinct(name: str, taken: set[str]) -> str:
    """Return the name, with a number behind it if it is taken; it is taken from then on."""
    chosen, number = name, 1
    while chosen in taken:
        number += 1
        chosen = f"{name}_{number}"
    taken.add(chosen)
    return chosen


def staging_name(column: str, table: str) -> str:
    """Return the name that a column gets in staging: the source's own, in snake_case, where it can stand in SQL.

    A word that SQL keeps for itself gets the table's name before it, a name of the lineage `_in_source` behind it.
    """
    name = snake_case(column)
    if name in LINEAGE:
        return f"{name}_in_source"
    subject = table.removesuffix("s") if len(table) > 3 else table  # noqa: PLR2004 (bus is no plural)
    return f"{subject}_{name}" if name in _reserved() else name


def is_personal(column: str) -> bool:
    """Tell whether a column may hold something about a person, by its name; its values are not to be shown then."""
    return bool(_PERSONAL.search(snake_case(column)))


def is_code(column: str) -> bool:
    """Tell whether digits in the column name something rather than count it, by its name: an account, a postcode."""
    return bool(_CODE.search(snake_case(column)))


@cache
def _reserved() -> frozenset[str]:
    """Return the words that are no column's name unless they stand in quotes."""
    kept = duckdb.execute(
        "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function')"
    ).fetchall()
    return frozenset(str(word) for (word,) in kept)
