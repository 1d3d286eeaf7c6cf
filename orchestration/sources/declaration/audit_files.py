"""The columns of standard audit files, which a law or a standard fixes: the French FEC and the Swedish SIE.

A table of `format: fec` or `format: sie` has these columns without declaring them; what a declaration says of one of
them comes on top. Reading the files belongs in `formats`.

FEC (article A47 A-1 of the Livre des procédures fiscales) has one kind of line. Its columns keep the decree's names, in
snake_case: JournalCode is journal_code, Montantdevise is montant_devise. SIE (types 1 to 4) has many kinds of line, so
a table says which of them are its rows. Every line of a SIE file that begins with # is a row of exactly one record, or
in its quarantine.
"""

from collections.abc import Mapping
from typing import Any, Literal

from pydantic import Field

from orchestration.sources.declaration.format_options import TextOptions

SieRecord = Literal[
    "voucher", "voucher_line", "balance", "account", "sru", "fiscal_year", "company", "dimension_object", "other"
]


class SieOptions(TextOptions):
    """Which lines of a SIE file are the table's rows; how values are written is fixed by the standard."""

    record: SieRecord | None = Field(
        default=None,
        description="voucher: #VER. voucher_line: #TRANS, #RTRANS, #BTRANS. balance: #IB, #UB, #RES, #OIB, #OUB, "
        "#PSALDO, #PBUDGET. account: #KONTO, #KTYP, #ENHET. sru: #SRU. fiscal_year: #RAR. company: what the header "
        "says. dimension_object: #DIM, #UNDERDIM, #OBJEKT. other: every other line.",
    )
    date_format: None = None
    timestamp_format: None = None
    decimal: Literal["."] = "."
    thousands: Literal[""] = ""


AMOUNT = "DECIMAL(38, 6)"
"""More decimals than any producer writes; a value with more is quarantined, never rounded."""


def _column(kind: str, description: str, *, required: bool = False) -> dict[str, Any]:
    return {"type": kind, "description": description, **({"nullable": False} if required else {})}


FEC_COLUMNS: Mapping[str, dict[str, Any]] = {
    "journal_code": _column("VARCHAR", "Journal."),
    "journal_lib": _column("VARCHAR", "Name of the journal."),
    "ecriture_num": _column("VARCHAR", "Number of the entry; some producers give 0 for whole journals."),
    "ecriture_date": _column("DATE", "Day on which the entry is posted.", required=True),
    "compte_num": _column("VARCHAR", "Account, with its leading zeros."),
    "compte_lib": _column("VARCHAR", "Name of the account."),
    "comp_aux_num": _column("VARCHAR", "Account of the sub-ledger: customer, supplier."),
    "comp_aux_lib": _column("VARCHAR", "Name of the account of the sub-ledger."),
    "piece_ref": _column("VARCHAR", "Reference of the document."),
    "piece_date": _column("DATE", "Date of the document."),
    "ecriture_lib": _column("VARCHAR", "Text of the entry."),
    "debit": _column(AMOUNT, "Debit; of files with Montant and Sens, the amount where Sens is D or +1.", required=True),
    "credit": _column(AMOUNT, "Credit; of files with Montant and Sens, where Sens is C or -1.", required=True),
    "ecriture_let": _column("VARCHAR", "Reconciliation: lines of an account with the same letters settle each other."),
    "date_let": _column("DATE", "Day of the reconciliation."),
    "valid_date": _column("DATE", "Day on which the entry became final."),
    "montant_devise": _column(AMOUNT, "Amount in the currency idevise."),
    "idevise": _column("VARCHAR", "Currency of montant_devise."),
    "date_rglt": _column("DATE", "Cash-basis firms: day of payment."),
    "mode_rglt": _column("VARCHAR", "Cash-basis firms: means of payment."),
    "nat_op": _column("VARCHAR", "Cash-basis firms: kind of operation."),
    "id_client": _column("VARCHAR", "Cash-basis firms: customer."),
}

_VOUCHER = {
    "series": _column("VARCHAR", "Voucher series."),
    "voucher_number": _column("VARCHAR", "Number in the series and fiscal year; may be empty."),
    "voucher_date": _column("DATE", "Day on which the voucher is posted.", required=True),
    "voucher_text": _column("VARCHAR", "Text of the voucher."),
    "registered_on": _column("DATE", "Day on which the voucher was entered."),
    "voucher_sign": _column("VARCHAR", "Who entered the voucher."),
}
_OBJECTS = {
    "cost_centre": _column("VARCHAR", "Object of dimension 1, kostnadsställe."),
    "project": _column("VARCHAR", "Object of dimension 6, projekt."),
    "objects": _column("VARCHAR", "All objects as a JSON object: dimension to object."),
}
_ACCOUNT = {"account_number": _column("VARCHAR", "Account.")}
_QUANTITY = {"quantity": _column(AMOUNT, "Quantity, in the account's unit.")}
_VALUES = {
    "label": _column("VARCHAR", "The line's label, in upper case without #.", required=True),
    "value": _column("VARCHAR", "The first field."),
    "fields": _column("VARCHAR", "All fields, as a JSON array."),
}

SIE_COLUMNS: Mapping[SieRecord, dict[str, dict[str, Any]]] = {
    "voucher": _VOUCHER,
    "voucher_line": {
        **_VOUCHER,
        "voucher_row": _column("BIGINT", "Line of the file on which the voucher begins.", required=True),
        "line_number": _column("INTEGER", "Place in the voucher, from 1.", required=True),
        "kind": _column("VARCHAR", "trans, rtrans (added later) or btrans (removed later).", required=True),
        "is_counted": _column(
            "BOOLEAN",
            "Whether it counts towards balances: not a removed line, nor an added one that is repeated as #TRANS.",
            required=True,
        ),
        **_ACCOUNT,
        **_OBJECTS,
        "amount": _column(AMOUNT, "Debit positive.", required=True),
        "transaction_date": _column("DATE", "The line's own date, where it has one."),
        "line_text": _column("VARCHAR", "Text of the line."),
        **_QUANTITY,
        "line_sign": _column("VARCHAR", "Who entered the line."),
    },
    "balance": {
        "kind": _column("VARCHAR", "ib, ub, res, oib, oub, psaldo or pbudget.", required=True),
        "year_index": _column("INTEGER", "Fiscal year: 0 is the file's, -1 the one before.", required=True),
        "period": _column("VARCHAR", "Month, YYYYMM, of psaldo and pbudget."),
        **_ACCOUNT,
        **_OBJECTS,
        "amount": _column(AMOUNT, "Debit positive.", required=True),
        **_QUANTITY,
    },
    "account": {
        "kind": _column("VARCHAR", "konto: value is the name. ktyp: the type. enhet: the unit.", required=True),
        **_ACCOUNT,
        "value": _column("VARCHAR", "Name, type (T asset, S liability, K cost, I income) or unit."),
    },
    "sru": {**_ACCOUNT, "sru_code": _column("VARCHAR", "Box of the tax return.")},
    "fiscal_year": {
        "year_index": _column("INTEGER", "0 is the file's year, -1 the one before.", required=True),
        "first_day": _column("DATE", "First day.", required=True),
        "last_day": _column("DATE", "Last day.", required=True),
    },
    "company": _VALUES,
    "dimension_object": {
        "kind": _column("VARCHAR", "dim, underdim or objekt.", required=True),
        "dimension": _column("VARCHAR", "Number of the dimension.", required=True),
        "parent_dimension": _column("VARCHAR", "Of underdim: the dimension above."),
        "object": _column("VARCHAR", "Of objekt: its number."),
        "name": _column("VARCHAR", "Name."),
    },
    "other": _VALUES,
}


def with_fixed_columns(said: object) -> object:
    """Return what is said of a table, with the columns that its format fixes; other formats are left as they are.

    `said` is a declaration before it is validated.
    """
    if not isinstance(said, dict) or said.get("format") not in (
        "fec",
        "sie",
    ):  # what is said may be anything, a mapping too
        return said
    fixed = FEC_COLUMNS
    if said["format"] == "sie":
        options = said.get("sie")
        record = options.get("record") if isinstance(options, dict) else getattr(options, "record", None)
        fixed = SIE_COLUMNS.get(record, {}) if isinstance(record, str) else {}  # type: ignore[call-overload]
    declared = said.get("columns") or {}
    if not isinstance(declared, dict):
        return said
    columns = {**fixed, **{name: _joined(fixed.get(name), column) for name, column in declared.items()}}
    return {**said, "columns": columns}


def _joined(fixed: dict[str, Any] | None, declared: object) -> object:
    if fixed is None or not isinstance(declared, dict | str):
        return declared
    return {**fixed, **({"type": declared} if isinstance(declared, str) else declared)}
