"""Every key of a published fact is in the test that joins it to its dimension."""

import re

import yaml

from tests.companies import PROJECT

MARTS = PROJECT / "dbt_project" / "models" / "marts"
TEST = PROJECT / "dbt_project" / "tests" / "assertions" / "assert_facts_join_to_one_row_of_each_dimension.sql"


def test_every_key_of_a_published_fact_is_joined() -> None:
    text = TEST.read_text(encoding="utf-8")
    dimensions = dict(re.findall(r"'(\w+)': '(\w+)'", text))
    joined = {
        (fact, key)
        for fact, keys in re.findall(r"\('(\w+)', \[(.*?)\]\)", text, re.DOTALL)
        for key in re.findall(r"'(\w+)'", keys)
    }
    models = [
        model
        for file in MARTS.glob("*/_*__models.yml")
        for model in yaml.safe_load(file.read_text(encoding="utf-8"))["models"]
    ]
    published = {
        (model["name"], column["name"])
        for model in models
        if model["name"] not in dimensions.values() and not model["name"].startswith("dim_")
        for column in model["columns"]
        if column["name"] in dimensions or column["name"].endswith("_closing_id")
    }
    assert {("fct_trial_balance", "account_id"), ("fct_sales_order_line", "due_closing_id")} <= published
    assert published == joined
