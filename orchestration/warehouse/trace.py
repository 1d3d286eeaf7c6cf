"""What a figure of the trial balance is the sum of: the lines of the journal, or of the reports, that it leads to.

Asked of the warehouse, where all lines are; the published mart has the figures alone.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from orchestration.warehouse.connect import Limits, open_warehouse
from orchestration.warehouse.errors import NoSuchFigure

LINE_COLUMNS = (
    "posted_on",
    "journal_entry_id",
    "posted_account_id",
    "department_code",
    "amount",
    "description",
    "source_system",
    "source_table",
    "source_row",
)


@dataclass(frozen=True)
class Traced:
    """A figure and its lines, debit positive, in the entity's currency."""

    figure: Decimal
    currency_code: str
    line_count: int
    line_sum: Decimal
    lines: list[tuple[object, ...]]
    """The largest of them first, with the columns of `LINE_COLUMNS`."""


def trace(
    warehouse: Path,
    entity_id: str,
    closing_id: str,
    account: str,
    *,
    department: str | None = None,
    limit: int = 20,
    limits: Limits | None = None,
) -> Traced:
    """Return the figure of an account, by its id or its code, and at most `limit` of its lines.

    Raises `NoSuchFigure` where the trial balance has none; WarehouseError when the warehouse cannot be opened.
    """
    connection = open_warehouse(warehouse, read_only=True, limits=limits)
    where = "entity_id = $entity and closing_id = $closing" + (" and department_code = $department" * bool(department))
    key: dict[str, object] = {"entity": entity_id, "closing": closing_id}
    if department:
        key["department"] = department
    try:
        figures = connection.execute(
            "select account_id, any_value(currency_code), sum(amount) from core.trial_balance "
            f"where {where} and (account_id = $account or account_code = $account) group by account_id",
            {**key, "account": account},
        ).fetchall()
        if len(figures) != 1:
            raise NoSuchFigure(
                f"{account} of {entity_id} at {closing_id}: "
                + (
                    f"several accounts have this code, take one of their ids: {', '.join(row[0] for row in figures)}."
                    if figures
                    else "the trial balance has no such figure. finance.trial_balance of the mart has the entity_id, "
                    "closing_id and account_id of all there are."
                )
            )
        ((account_id, currency_code, figure),) = figures
        found = f"from core.trial_balance_line where {where} and account_id = $account"
        key["account"] = account_id
        ((count, total),) = connection.execute(f"select count(*), sum(amount) {found}", key).fetchall()
        lines = connection.execute(
            f"select {', '.join(LINE_COLUMNS)} {found} order by abs(amount) desc, posted_on, journal_line_id "
            f"limit {limit}",
            key,
        ).fetchall()
    finally:
        connection.close()
    return Traced(figure, currency_code, count, total or Decimal(0), lines)
