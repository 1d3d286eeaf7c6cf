"""Whether each figure of the trial balance is the sum of the lines that it leads to."""

import duckdb


def figures_without_their_lines(connection: duckdb.DuckDBPyConnection, warehouse: str) -> tuple[int, int]:
    """Return how many actual figures there are, and how many of them, or of the lines' sums, have not the other's amount."""
    found = connection.execute(
        f"""
        with lines as (
            select
                entity_id, closing_id, account_id, department_code, balance_type,
                cast(sum(amount) as decimal(38, 2)) as line_amount
            from {warehouse}.core.trial_balance_line
            group by all
        )
        select count(amount), count(case when coalesce(amount, 0) <> coalesce(line_amount, 0) then 1 end)
        from {warehouse}.core.trial_balance
        full outer join lines using (entity_id, closing_id, account_id, department_code, balance_type)
        """
    ).fetchone()
    assert found is not None
    return int(found[0]), int(found[1])
