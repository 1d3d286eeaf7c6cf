"""The tables of schema `company`: what each is, and its columns. `tables` fills them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CompanyTable:
    """A table of what a company declares."""

    description: str
    columns: dict[str, str]
    """Column names and DuckDB types, in order."""


TABLES = {
    "company": CompanyTable(
        "One row: the company.",
        {
            "company_name": "varchar",
            "description": "varchar",
            "group_entity_id": "varchar",
            "currency_code": "varchar",
            "time_zone": "varchar",
            "layout": "varchar",
        },
    ),
    "entity": CompanyTable(
        "One row per entity, the group among them; left_on is an entity's last day in the group.",
        {
            "entity_id": "varchar",
            "entity_name": "varchar",
            "parent_entity_id": "varchar",
            "currency_code": "varchar",
            "calendar_id": "varchar",
            "time_zone": "varchar",
            "joined_on": "date",
            "left_on": "date",
            "is_group": "boolean",
            "has_ledger": "boolean",
        },
    ),
    "ownership": CompanyTable(
        "One row per entity, owner and day from which the owner's direct share holds; 1 is all of it.",
        {"entity_id": "varchar", "owner_entity_id": "varchar", "valid_from": "date", "share": "decimal(9,6)"},
    ),
    "fiscal_period": CompanyTable(
        "One row per calendar and fiscal period; none of a calendar whose closing days a mapping model gives.",
        {
            "calendar_id": "varchar",
            "period_id": "varchar",
            "fiscal_year": "integer",
            "fiscal_period": "integer",
            "fiscal_quarter": "integer",
            "starts_on": "date",
            "ends_on": "date",
            "periods_in_year": "integer",
            "weeks": "integer",
            "label": "varchar",
        },
    ),
    "account": CompanyTable(
        "One row per account that accounts.csv speaks of, by id or by code; source_system where it holds for one only. "
        "line_number is the row's line in the file.",
        {
            "source_system": "varchar",
            "account_id": "varchar",
            "account_code": "varchar",
            "line_code": "varchar",
            "credit_line_code": "varchar",
            "cash_flow_line_code": "varchar",
            "currency_method": "varchar",
            "is_intercompany": "boolean",
            "note": "varchar",
            "line_number": "integer",
        },
    ),
    "account_rule": CompanyTable(
        "One row per prefix of account codes of a ready system; the longest prefix wins, a row of account over all.",
        {
            "source_system": "varchar",
            "account_prefix": "varchar",
            "line_code": "varchar",
            "credit_line_code": "varchar",
            "cash_flow_line_code": "varchar",
            "currency_method": "varchar",
            "note": "varchar",
        },
    ),
    "statement_line": CompanyTable(
        "One row per line of the statements, in the company's layout; leaves carry a role.",
        {
            "statement": "varchar",
            "line_code": "varchar",
            "parent_line_code": "varchar",
            "line_name": "varchar",
            "line_order": "integer",
            "line_level": "integer",
            "is_subtotal": "boolean",
            "presentation_sign": "integer",
            "role": "varchar",
        },
    ),
    "rate_policy": CompanyTable(
        "One row: what is done where an exchange rate is missing, and how averages are made.",
        {"missing": "varchar", "max_age_days": "integer", "average": "varchar"},
    ),
    "closing_policy": CompanyTable(
        "One row: when a period counts as closed.", {"kind": "varchar", "days": "integer", "closed_through": "date"}
    ),
    "tie_out_rule": CompanyTable(
        "One row per rule of what should tie: the product's, and the company's own.",
        {
            "tie_out_id": "varchar",
            "tie_out_name": "varchar",
            "amount_a_name": "varchar",
            "amount_b_name": "varchar",
            "is_expected_to_tie": "boolean",
            "tolerance": "decimal(38,6)",
            "tolerance_reason": "varchar",
            "owner": "varchar",
            "explanation": "varchar",
            "off_reason": "varchar",
            "line_code": "varchar",
            "channel": "varchar",
        },
    ),
    "tie_out_need": CompanyTable(
        "One row per rule of what should tie, need and table of the contract; of a need's tables one must be supplied.",
        {"tie_out_id": "varchar", "need_number": "integer", "table_name": "varchar"},
    ),
    "source_extent": CompanyTable(
        "One row per system (source, entity) whose complete days the company declares.",
        {
            "system": "varchar",
            "source_name": "varchar",
            "entity_id": "varchar",
            "first_on": "date",
            "last_on": "date",
            "ended": "boolean",
        },
    ),
}
