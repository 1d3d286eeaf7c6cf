"""The one scale of a report's amounts of money, by the size of the company that it is about."""

from orchestration.reports.formats import Scale, scale_for
from orchestration.reports.mart import Mart
from orchestration.reports.period import Period


def read_scale(mart: Mart, period: Period) -> Scale:
    """Return the scale for the largest amount of the group's statements at the closing, else of its KPIs."""
    rows = mart.rows(
        """
        select coalesce(
            (
                select max(abs(amount)) from finance.statement_line
                where entity_id = $group_id and closing_id = $closing_id and scenario = 'actual'
            ),
            (
                select max(abs(value.value))
                from kpi.kpi_value as value
                inner join kpi.kpi_definition as definition
                    on value.kpi_id = definition.kpi_id and value.period_type = definition.default_period_type
                where
                    value.entity_id = $group_id and value.period_end = $period_end and value.scenario = 'actual'
                    and value.dimension = 'total' and definition.unit = 'currency'
            )
        )
        """,
        {
            "group_id": period.group.entity_id,
            "closing_id": period.current.closing_id,
            "period_end": period.current.end,
        },
    )
    return scale_for([rows[0][0]])
