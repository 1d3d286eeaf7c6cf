"""What warnings say: a test of dbt's that warns names what it found, also where something about it is not known."""

import re

import duckdb

from tests.companies import PROJECT

TEST = PROJECT / "dbt_project" / "tests" / "assertions" / "warn_of_what_does_not_tie.sql"


def test_a_tie_out_without_one_side_is_told_with_what_is_not_known() -> None:
    query = re.sub(r"\{\{ config.*?\}\}", "", TEST.read_text(encoding="utf-8")).replace(
        "{{ ref('tie_out') }}", "tie_out"
    )
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
        "Pairs (2 differences, the greatest 7.000000 EUR of A with C on 2025-02-28, the last on 2025-03-31; "
        "1 where one side is not known: no closing rate)",
        "Stock (1 where one side is not known)",
    ]
