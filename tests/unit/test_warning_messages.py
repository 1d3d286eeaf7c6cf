"""What warnings say: a test of dbt's that warns names what it found, also where something about it is not known."""

from types import SimpleNamespace

import duckdb
import jinja2

from tests.companies import PROJECT

DBT = PROJECT / "dbt_project"


def rendered(name: str) -> str:
    """Return a test's SQL on tables that have their models' names."""
    macro = (DBT / "macros" / "plain_number.sql").read_text(encoding="utf-8")
    text = macro + (DBT / "tests" / "assertions" / f"{name}.sql").read_text(encoding="utf-8")
    dbt = SimpleNamespace(type_string=lambda: "varchar")
    return jinja2.Environment(autoescape=False).from_string(text).render(config=lambda **_: "", ref=str, dbt=dbt)  # noqa: S701


def test_a_tie_out_without_one_side_is_told_with_what_is_not_known() -> None:
    query = rendered("warn_of_what_does_not_tie")
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table tie_out as
            select *, false as ties, false as is_expected_to_tie, null::varchar as explanation
            from (values
                ('pairs', 'Pairs', 'A', 'B', date '2025-01-31', 5.25::decimal(38, 6), 'EUR', 'with B'),
                ('pairs', 'Pairs', 'A', 'C', date '2025-02-28', -7, 'EUR', 'with C'),
                ('pairs', 'Pairs', 'A', 'D', date '2025-03-31', null, 'EUR', 'no closing rate'),
                ('stock', 'Stock', 'A', 'all', date '2025-01-31', null, null, null)
            ) as t(tie_out_id, tie_out_name, entity_id, partner_entity_id, period_end, difference, currency_code, detail)
            """
        )
        told = [row[-1] for row in connection.execute(query).fetchall()]
    assert told == [
        "Pairs (2 differences, the greatest 7.00 EUR of A with C on 2025-02-28, the last on 2025-03-31; "
        "1 where one side is not known: no closing rate)",
        "Stock (1 where one side is not known)",
    ]


def test_an_amount_has_as_many_decimals_as_it_needs_and_at_least_two() -> None:
    macro = (DBT / "macros" / "plain_number.sql").read_text(encoding="utf-8")
    dbt = SimpleNamespace(type_string=lambda: "varchar")
    text = jinja2.Environment(autoescape=False).from_string(macro + "{{ plain_number('x') }}").render(dbt=dbt)  # noqa: S701
    numbers = "(values (1, 5), (2, -0.12), (3, 1234.5), (4, 0.001), (5, -2.125), (6, 0)) as numbers (n, given)"
    cast = f"select n, given::decimal(38, 6) as x from {numbers}"
    told = [row[0] for row in duckdb.sql(f"select {text} from ({cast}) order by n").fetchall()]
    assert told == ["5.00", "-0.12", "1234.50", "0.001", "-2.125", "0.00"]
