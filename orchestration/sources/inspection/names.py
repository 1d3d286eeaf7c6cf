"""Names by the project's rules, made of the names that a source uses.

snake_case, `_on` for days, `_at` for times, `is_` for yes or no, a quantity's unit as suffix. Belongs here: spelling.
Which column is what belongs in the drafts.
"""

import re
import unicodedata

LINEAGE = frozenset({"source_system", "source_table", "batch_id", "source_row", "known_at", "source_file"})
"""Names that every staging model has already."""

_SPELLED = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "æ": "ae", "ø": "oe", "å": "aa"}
)
_RESERVED_WORDS = """
    all analyse analyze and any array as asc at between binary both by case cast check collate column columns
    constraint create cross current date default desc describe distinct do else end except exists false fetch for
    foreign from full grant group having if in index inner insert interval into is join key lateral leading left level
    like limit natural not null of offset on only option or order outer over partition position primary range
    references right row rows select set show some table then time timestamp to trailing true type union unique update
    user using value values when where window with
    """
_RESERVED = frozenset(_RESERVED_WORDS.split())
_BARE_WORDS = "id key code number no nr name description text status class category note comment title"
_BARE = frozenset(_BARE_WORDS.split())
"""Names that say nothing without the table's."""
_DAY = re.compile(r"(^|_)(date|datum|dat|day|dt|tag)$")
_TIME = re.compile(r"(^|_)(datetime|date_time|timestamp|time_stamp|date|datum|time|zeit|ts|dt)$")
_PARTICIPLES = {
    "order": "ordered",
    "invoice": "invoiced",
    "ship": "shipped",
    "post": "posted",
    "posting": "posted",
    "booking": "booked",
    "document": "documented",
    "delivery": "delivered",
    "payment": "paid",
    "create": "created",
    "creation": "created",
    "modify": "modified",
    "modification": "modified",
    "update": "updated",
    "entry": "entered",
    "hire": "hired",
    "start": "valid_from",
    "end": "valid_to",
}
_UNITS = {
    "amount": "amount",
    "amt": "amount",
    "betrag": "amount",
    "quantity": "qty",
    "qty": "qty",
    "menge": "qty",
    "percent": "pct",
    "percentage": "pct",
    "pct": "pct",
    "prozent": "pct",
}
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


def staging_name(column: str, kind: str, table: str, *, is_day: bool) -> str:
    """Return the name that a column gets in staging. `kind` is its declared type; `is_day` tells dates from times."""
    name = snake_case(column)
    subject = table.removesuffix("s") if len(table) > 3 else table  # noqa: PLR2004 (bus is no plural)
    if is_day:
        name = _dated(_DAY.sub("", _TIME.sub("", name)), "on", subject)
    elif kind == "TIMESTAMP":
        name = _dated(_TIME.sub("", name), "at", subject)
    elif kind == "BOOLEAN":
        bare = re.sub(r"_(flag|ind|indicator|yn)$", "", name)
        name = bare if bare.startswith(("is_", "has_")) else f"is_{bare}"
    elif kind.startswith("DECIMAL") or "INT" in kind:
        *before, last = name.split("_")
        name = "_".join([*before, _UNITS.get(last, last)])
    if name in _BARE:
        name = f"{subject}_{name}"
    if name in LINEAGE:
        name = f"{name}_in_source"
    return f"{subject}_{name}" if name in _RESERVED else name


def is_personal(column: str) -> bool:
    """Tell whether a column may hold something about a person, by its name; its values are not to be shown then."""
    return bool(_PERSONAL.search(snake_case(column)))


def is_code(column: str) -> bool:
    """Tell whether digits in the column name something rather than count it, by its name: an account, a postcode."""
    return bool(_CODE.search(snake_case(column)))


def _dated(name: str, suffix: str, subject: str) -> str:
    bare = re.sub(r"(^|_)(on|at)$", "", name).strip("_")
    if not bare:
        return f"{subject}_{suffix}"
    *before, last = bare.split("_")
    return f"{'_'.join([*before, _PARTICIPLES.get(last, last)])}_{suffix}"
