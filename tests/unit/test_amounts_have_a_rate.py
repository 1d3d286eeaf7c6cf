"""An amount that no rate translates is nowhere: whatever translates one is asked for it by a test that blocks, or says that it lacks one."""

import re

from tests.companies import PROJECT

MODELS = PROJECT / "dbt_project" / "models"
TRANSLATES = re.compile(r"\btranslated\(|open_items_in_ledger\(|ref\('(?:day_rate|closing_rate)'\)")
ASKED_BY = ("assert_document_amounts_have_a_rate.sql", "assert_every_rate_is_known.sql")
AMOUNTS_OF = {
    "measure_stock": "stock_balance",
    "translated_amount": "trial_balance",
    "historical_amount": "trial_balance",
    "cash_flow_amount": "trial_balance",
    "translation_roll_forward": "trial_balance",
}
"""Models that translate the amounts of another one."""
ONLY_RATES = {"fct_exchange_rate"}
"""Models of rates, without amounts."""
TELLS_WITHOUT_AMOUNT = {"out_of_place_finding", "reference_finding", "open_item_finding"}
"""A finding is told with its documents; the amount beside them is of what could be translated."""


def translating_models() -> dict[str, str]:
    texts = {file.stem: file.read_text(encoding="utf-8") for file in MODELS.rglob("*.sql")}
    return {name: text for name, text in texts.items() if TRANSLATES.search(text)}


def test_every_amount_that_is_translated_is_asked_for_its_rate() -> None:
    tests = PROJECT / "dbt_project" / "tests" / "assertions"
    asked = {name for file in ASKED_BY for name in re.findall(r"ref\('(\w+)'\)", (tests / file).read_text("utf-8"))}
    models = translating_models()
    assert models.keys() >= AMOUNTS_OF.keys() | ONLY_RATES | TELLS_WITHOUT_AMOUNT
    tie_outs = {name for name in models if name.startswith("tie_out__")}
    others = models.keys() - tie_outs - ONLY_RATES - TELLS_WITHOUT_AMOUNT
    assert {name for name in others if AMOUNTS_OF.get(name, name) not in asked} == set()


def test_a_tie_out_without_a_rate_says_so() -> None:
    said = (PROJECT / "dbt_project" / "macros" / "open_items_in_ledger.sql").read_text(encoding="utf-8")
    silent = {
        name
        for name, text in translating_models().items()
        if name.startswith("tie_out__")
        and not re.search(r"then '\W*no [\w ]*rate", said if "open_items_in_ledger" in text else text)
    }
    assert silent == set()


def test_an_amount_with_a_currency_of_its_own_is_asked_for_that() -> None:
    """The cost of an order may be in another currency than its price."""
    text = (PROJECT / "dbt_project" / "tests" / "assertions" / ASKED_BY[0]).read_text(encoding="utf-8")
    for name, model in translating_models().items():
        if f"ref('{name}')" in text:
            calls = re.findall(r"translated\(\s*'[^']*',\s*'([^']*)'", model)
            assert calls or name not in {"sales_order_line", "purchase_order_line", "target_line", "open_item"}
            currencies = {column for call in calls for column in re.findall(r"(?:known_)?(\w*currency_code)", call)}
            assert currencies <= set(re.findall(r"\w*currency_code", text)), name
