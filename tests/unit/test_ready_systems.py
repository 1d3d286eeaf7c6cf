"""The layout by nature and the account maps of the ready systems are sound, whatever company uses them."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from orchestration.company.accounts import read_account_rules
from orchestration.company.statement_lines import read_layout

PROJECT = Path(__file__).resolve().parents[2]
SYSTEMS = PROJECT / "systems"
METHODS = {"closing", "average", "historical"}


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


LAYOUT = {row["line_code"]: row for row in read(SYSTEMS / "layouts" / "by_nature.csv")}


def test_each_leaf_has_one_role_each_subtotal_has_members_and_every_parent_is_there() -> None:
    parents = Counter(row["parent_line_code"] for row in LAYOUT.values())
    for code, row in LAYOUT.items():
        is_subtotal = row["is_subtotal"] == "true"
        assert bool(row["role"]) != is_subtotal, code
        assert (parents[code] > 0) == is_subtotal, code
        assert not row["parent_line_code"] or LAYOUT[row["parent_line_code"]]["statement"] == row["statement"], code
        assert row["presentation_sign"] in {"1", "-1"}, code
    assert (
        len({row["line_order"] for row in LAYOUT.values()})
        == len(LAYOUT)
        == len(read(SYSTEMS / "layouts" / "by_nature.csv"))
    )


def test_lines_that_mean_the_same_have_the_codes_of_the_layout_by_function() -> None:
    by_function = {row["line_code"]: row for row in read(SYSTEMS / "layouts" / "by_function.csv")}
    for code in LAYOUT.keys() & by_function.keys():
        assert LAYOUT[code]["statement"] == by_function[code]["statement"], code
    needed = {"net_sales", "operating_profit", "profit_before_tax", "income_taxes", "net_income", "cash", "inventory"}
    needed |= {"trade_receivables", "trade_payables", "current_retained_earnings", "prior_year_retained_earnings"}
    needed |= {
        "total_assets",
        "total_equity",
        "total_liabilities",
        "total_liabilities_and_equity",
        "net_change_in_cash",
    }
    assert needed <= LAYOUT.keys() & by_function.keys()


@pytest.mark.parametrize("kind", ["fec", "sie"])
def test_no_account_is_on_a_line_that_the_product_fills(kind: str) -> None:
    lines, _ = read_layout(SYSTEMS / "layouts" / "by_nature.csv")
    rules, faults = read_account_rules(SYSTEMS / kind / "accounts.csv", kind, lines)
    assert rules
    assert faults == []


@pytest.mark.parametrize(("kind", "classes"), [("fec", "1234567"), ("sie", "12345678")])
def test_an_account_map_leads_every_account_to_leaf_lines(kind: str, classes: str) -> None:
    rows = read(SYSTEMS / kind / "accounts.csv")
    prefixes = [row["account_prefix"] for row in rows]
    assert len(set(prefixes)) == len(prefixes)
    assert {*classes} <= {*prefixes} | {prefix[0] for prefix in prefixes}
    two_digits = {f"{a}{b}" for a in classes for b in "0123456789"} - {"30", "55", "56", "57", "85", "86"}
    two_digits -= {"19"} if kind == "fec" else set()
    uncovered = [
        number for number in two_digits if not any(number.startswith(p) or p.startswith(number) for p in prefixes)
    ]
    assert sorted(uncovered) == []
    for row in rows:
        line, cash = LAYOUT[row["line_code"]], row["cash_flow_line_code"]
        assert line["is_subtotal"] == "false", row
        assert row["currency_method"] in METHODS
        assert (row["currency_method"] == "average") == (line["statement"] == "profit_and_loss"), row
        assert not cash or LAYOUT[cash]["statement"] == "cash_flow"
        is_money = line["role"] == "cash"
        assert bool(cash) == (line["statement"] == "balance_sheet" and not is_money), row
        if row["credit_line_code"]:
            assert LAYOUT[row["credit_line_code"]]["presentation_sign"] == "-1", row
            assert LAYOUT[row["credit_line_code"]]["is_subtotal"] == "false", row


@pytest.mark.parametrize("kind", ["fec", "sie"])
def test_templates_speak_of_the_system_by_its_token_only(kind: str) -> None:
    files = [*(SYSTEMS / kind / "models").iterdir(), *(SYSTEMS / kind / "tests").iterdir()]
    assert {"stg_SYSTEM", "map_SYSTEM", "assert_SYSTEM"} == {file.name.split("__")[0] for file in files}
    for file in files:
        text = file.read_text(encoding="utf-8")
        if "models" in file.parts:
            assert text.startswith("-- Grain: one row per ")
        if file.name.startswith("map_"):
            assert "source(" not in text
            assert "'ENTITY'" in text or "account" in file.name or "department" in file.name
