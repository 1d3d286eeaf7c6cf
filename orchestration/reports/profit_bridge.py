"""Why operating profit changed: from the comparison closing to this one, in the lines of the profit and loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orchestration.analysis.bridge import Bridge, Step, bridge
from orchestration.reports.mart import Mart
from orchestration.reports.period import Closing, Period


@dataclass(frozen=True)
class ProfitBridge:
    """Operating profit from `base` to `actual`; the effect of a cost line is positive when the cost fell.

    `bridge` explains it by line, `by_entity` by each entity's change at the base's rates and the effect of exchange
    rates. `is_prior_year` says whether `base` is the same closing of the prior year or, without one, the prior closing.
    """

    actual: Closing
    base: Closing
    is_prior_year: bool
    currency: str
    bridge: Bridge
    by_entity: Bridge


def read_profit_bridge(mart: Mart, period: Period, *, quantum: Decimal) -> ProfitBridge | None:
    """Return the bridge from the prior year's closing, else from the prior closing; None when there is neither.

    Its bars are printed to `quantum`.
    """
    base = period.prior_year or period.prior
    if base is None:
        return None
    rows = _effects(mart, period.group.entity_id, period.current.closing_id, base.closing_id)
    totals = {code: (start, end) for code, _, start, end, _ in rows}
    if "operating_profit" not in totals:
        return None
    start, end = totals["operating_profit"]
    steps = [Step(name, effect) for code, name, _, _, effect in rows if code != "operating_profit"]
    return ProfitBridge(
        actual=period.current,
        base=base,
        is_prior_year=base is period.prior_year,
        currency=period.group.currency,
        bridge=bridge(start, end, steps, quantum=quantum),
        by_entity=_by_entity(mart, period, base, (start, end), quantum),
    )


def _by_entity(mart: Mart, period: Period, base: Closing, ends: tuple[Decimal, Decimal], quantum: Decimal) -> Bridge:
    """Each entity's change at the base's average rate; what is left is the rates', translation's rounding included.

    Entities that have no rate at the base are with the rates, and the bar says so.
    """
    rows = mart.rows(
        """
        with profit as (
            select
                entity_id,
                coalesce(sum(amount) filter (closing_id = $actual), 0) - coalesce(sum(amount) filter (closing_id =
                $base), 0) as change from finance.statement_line where line_code = 'operating_profit' and scenario =
                'actual' and closing_id in ($actual, $base) group by entity_id )

        select entity.entity_name, cast(round(profit.change * rate.average_rate, 2) as decimal(18, 2))
        from profit
        inner join finance.dim_entity as entity on profit.entity_id = entity.entity_id and not entity.is_group
        left join finance.exchange_rate as rate on entity.currency_code = rate.currency_code and rate.closing_id =
        $base order by entity.entity_id
        """,
        {"actual": period.current.closing_id, "base": base.closing_id},
    )
    start, end = ends
    steps = [Step(name, effect) for name, effect in rows if effect is not None]
    what = "Exchange rates" if len(steps) == len(rows) else "Exchange rates, and entities without one"
    rates = Step(what, end - start - sum((step.effect for step in steps), Decimal(0)))
    return bridge(start, end, [*steps, rates], quantum=quantum, most_steps=len(steps) + 1)


def _effects(
    mart: Mart, entity_id: str, actual_id: str, base_id: str
) -> Sequence[tuple[str, str, Decimal, Decimal, Decimal]]:
    """Net sales, cost of sales, the other lines before operating profit, and that: both amounts, the effect on profit.

    The lines that these two sum have no effect of their own: they are those whose next total it is, and of the cost of
    sales those that are costs (income may stand between the two).
    """
    return mart.rows(
        """
        with line as (
            select
                line_code,
                any_value(line_name) as line_name,
                any_value(line_order) as line_order,
                any_value(line_level) as line_level,
                any_value(polarity) as polarity,
                bool_or(is_subtotal) as is_subtotal,
                coalesce(sum(amount) filter (where closing_id = $base), 0) as start_amount,
                coalesce(sum(amount) filter (where closing_id = $actual), 0) as end_amount
            from finance.statement_line
            where
                statement = 'profit_and_loss' and scenario = 'actual'
                and entity_id = $entity_id and closing_id in ($actual, $base)
            group by line_code
        ),

        total as (select line_code, line_order from line where is_subtotal and line_level = 1)

        select
            line.line_code, line.line_name, line.start_amount, line.end_amount,
            line.polarity * (line.end_amount - line.start_amount)
        from line
        asof left join total on line.line_order <= total.line_order
        inner join line as profit on profit.line_code = 'operating_profit'
        where
            line.line_code in ('net_sales', 'cost_of_sales', 'operating_profit')
            or (
                not line.is_subtotal and line.line_order < profit.line_order
                and coalesce(total.line_code, '') <> 'net_sales'
                and (coalesce(total.line_code, '') <> 'cost_of_sales' or line.polarity = 1)
            )
        order by line.line_order
        """,
        {"entity_id": entity_id, "actual": actual_id, "base": base_id},
    )
