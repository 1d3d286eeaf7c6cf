"""Each entity's revenue and operating profit in its own currency, and its part of the group's in the group's."""

from dataclasses import dataclass
from decimal import Decimal

from orchestration.analysis.variance import Variance, variance
from orchestration.reports.mart import Mart
from orchestration.reports.period import Period


@dataclass(frozen=True)
class EntityRow:
    """One entity at the closing. `_own` amounts are in `currency`, `_group` ones translated at its average rate.

    An entity without a ledger entry for the closing has None throughout. Shares are fractions of the group's total;
    `ownership_share` is the part that the group owns at the last closing, through others too.
    """

    entity_id: str
    name: str
    currency: str
    ownership_share: Decimal | None
    revenue_own: Decimal | None
    revenue_variance: Variance | None
    profit_own: Decimal | None
    profit_variance: Variance | None
    revenue_group: Decimal | None
    revenue_share: Decimal | None
    profit_group: Decimal | None
    profit_group_prior_year: Decimal | None


@dataclass(frozen=True)
class Entities:
    """All entities with a ledger, the largest revenue first, and the group's published totals.

    `revenue_gap` and `profit_gap` are the group's published amount less the sum of the translated entities: what
    translation rounds, and zero to the cent where the group's view is their sum.
    """

    currency: str
    rows: tuple[EntityRow, ...]
    revenue_group: Decimal | None
    profit_group: Decimal | None
    revenue_gap: Decimal | None
    profit_gap: Decimal | None


def read_entities(mart: Mart, period: Period) -> Entities:
    """Return the entities of the closing, with their change against the prior year in their own currency."""
    rows = mart.rows(
        _SQL,
        {
            "current": period.current.closing_id,
            "prior_year": period.prior_year.closing_id if period.prior_year else "",
            "group_id": period.group.entity_id,
        },
    )
    is_as_long = period.is_as_long_as(period.prior_year)
    entities = tuple(_entity(row, is_as_long=is_as_long) for row in rows if row[0] != period.group.entity_id)
    total = next((row for row in rows if row[0] == period.group.entity_id), None)
    revenue, profit = (total[4], total[6]) if total else (None, None)
    return Entities(
        currency=period.group.currency,
        rows=entities,
        revenue_group=revenue,
        profit_group=profit,
        revenue_gap=_gap(revenue, [entity.revenue_group for entity in entities]),
        profit_gap=_gap(profit, [entity.profit_group for entity in entities]),
    )


def _gap(total: Decimal | None, parts: list[Decimal | None]) -> Decimal | None:
    if total is None:
        return None
    return total - sum((part for part in parts if part is not None), Decimal(0))


def _entity(row: tuple[str, str, str, Decimal | None, *tuple[Decimal | None, ...]], *, is_as_long: bool) -> EntityRow:
    entity_id, name, currency, ownership, *amounts = row
    revenue, revenue_before, profit, profit_before, revenue_group, share, profit_group, profit_group_before = amounts
    return EntityRow(
        entity_id=entity_id,
        name=name,
        currency=currency,
        ownership_share=ownership,
        revenue_own=revenue,
        revenue_variance=_variance(revenue, revenue_before, is_as_long=is_as_long),
        profit_own=profit,
        profit_variance=_variance(profit, profit_before, is_as_long=is_as_long),
        revenue_group=revenue_group,
        revenue_share=share,
        profit_group=profit_group,
        profit_group_prior_year=profit_group_before,
    )


def _variance(actual: Decimal | None, base: Decimal | None, *, is_as_long: bool) -> Variance | None:
    return None if actual is None or base is None else variance(actual, base, polarity=1, is_as_long=is_as_long)


_SQL = """
with amounts as (
    select
        line.entity_id,
        line.closing_id,
        sum(line.amount) filter (where line.line_code = 'net_sales') as revenue,
        sum(line.amount) filter (where line.line_code = 'operating_profit') as profit
    from finance.statement_line as line
    where
        line.statement = 'profit_and_loss' and line.scenario = 'actual'
        and line.line_code in ('net_sales', 'operating_profit')
        and line.closing_id in ($current, $prior_year)
    group by line.entity_id, line.closing_id
),

translated as (
    select
        amounts.entity_id,
        amounts.closing_id,
        amounts.revenue,
        amounts.profit,
        cast(round(amounts.revenue * rate.average_rate, 2) as decimal(18, 2)) as revenue_group,
        cast(round(amounts.profit * rate.average_rate, 2) as decimal(18, 2)) as profit_group
    from amounts
    inner join finance.dim_entity as entity on amounts.entity_id = entity.entity_id
    left join finance.exchange_rate as rate
        on entity.currency_code = rate.currency_code and amounts.closing_id = rate.closing_id
),

total as (select revenue from amounts where entity_id = $group_id and closing_id = $current)

select
    entity.entity_id,
    entity.entity_name,
    entity.currency_code,
    entity.ownership_share,
    now_.revenue,
    before.revenue,
    now_.profit,
    before.profit,
    now_.revenue_group,
    cast(now_.revenue_group / nullif(total.revenue, 0) as decimal(18, 10)),
    now_.profit_group,
    before.profit_group
from finance.dim_entity as entity
left join translated as now_ on entity.entity_id = now_.entity_id and now_.closing_id = $current
left join translated as before on entity.entity_id = before.entity_id and before.closing_id = $prior_year
cross join total
where entity.has_ledger or entity.is_group
order by now_.revenue_group desc nulls last, entity.entity_id
"""
