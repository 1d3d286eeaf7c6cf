"""The printed form of the statements and the entities: one unit, rounded line by line from exact amounts."""

from decimal import Decimal

from orchestration.analysis.variance import Variance
from orchestration.reports import formats
from orchestration.reports.entities import Entities, EntityRow
from orchestration.reports.kpi_lines import State
from orchestration.reports.period import Period
from orchestration.reports.statements import Amount, Column, Statement, StatementRow
from orchestration.reports.table import Cell, Head, Row, Table, change, figure, missing, words

ROUNDING_NOTE = (
    "Each amount is rounded from its exact value, so printed lines can differ from printed totals by 1. "
    "On a screen, point at a number to see it."
)
VARIANCE_NOTE = (
    "▲ raises the profit, ▼ lowers it; n.m.: not meaningful (base near zero or of the other sign, "
    "or periods of different lengths)."
)


def statement_table(
    statement: Statement,
    period: Period,
    scale: formats.Scale,
    *,
    part: str = "",
    rows: tuple[StatementRow, ...] | None = None,
) -> Table:
    """Return a statement as a table, of all its lines or of those in `rows` (then named by `part`)."""
    heads: list[Head] = [Head(part or statement.title, css="")]
    is_profit = statement.name == "profit_and_loss"
    for column in statement.columns:
        group = _group(column, period, statement.name)
        heads.append(Head(_basis(column, period), group))
        if column.is_compared:
            heads += [Head("Δ", group), Head("Δ %", group)] if is_profit else [Head("Δ", group)]
    shown = statement.rows if rows is None else rows
    return Table(
        title=f"{statement.title}, {scale.unit(statement.currency)}",
        subtitle=f"{period.group.name}, group before eliminations and minority interest. {_when(statement, period)}",
        heads=tuple(heads),
        rows=tuple(_row(row, statement, scale, with_share=is_profit) for row in shown),
        notes=(*statement.notes, *([VARIANCE_NOTE] if is_profit else []), ROUNDING_NOTE),
        css="statement profit" if is_profit else "statement",
    )


def _when(statement: Statement, period: Period) -> str:
    current = period.current
    if statement.name == "balance_sheet":
        return f"At {formats.date(current.end)}."
    return f"{formats.date(current.start)} to {formats.date(current.end)}, and {period.year} to that date."


def _group(column: Column, period: Period, name: str) -> str:
    if column.span == "year_to_date":
        return f"{period.year} to date{_days(period, 0)}"
    return "" if name == "balance_sheet" else f"Closing {period.current.label}"


def _basis(column: Column, period: Period) -> str:
    if column.span == "year_to_date":
        before = f"FY{period.current.fiscal_year - 1}{_days(period, 1)}"
        return {"actual": "Actual", "budget": "Budget", "prior_year": before}[column.basis]
    closings = {"actual": period.current, "prior_year": period.prior_year, "prior": period.prior}
    closing = closings.get(column.basis)
    return "Budget" if closing is None else "Actual" if column.basis == "actual" else closing.label


def _days(period: Period, year: int) -> str:
    return "" if period.is_year_as_long else f" ({period.days_to_date[year]} days)"


def _row(row: StatementRow, statement: Statement, scale: formats.Scale, *, with_share: bool) -> Row:
    cells = [Cell(row.name, css=f"name level{row.level}")]
    for column, amount in zip(statement.columns, row.amounts, strict=True):
        css = "actual" if column.basis == "actual" else "budget" if column.basis == "budget" else ""
        cells.append(_amount(amount.value, scale, css))
        if column.is_compared:
            cells += _variance(amount, scale, with_share=with_share)
    css = f"{'total' if row.is_subtotal else 'line'} level{row.level}"
    return Row(tuple(cells), css)


def _amount(value: Decimal | None, scale: formats.Scale, css: str = "") -> Cell:
    return missing(State.NO_DATA) if value is None else figure(formats.amount(value, scale), value, css=css)


def _variance(amount: Amount, scale: formats.Scale, *, with_share: bool) -> list[Cell]:
    if amount.variance is None:
        return [words("", "n")] * (2 if with_share else 1)
    absolute = change(
        formats.signed_amount(amount.variance.absolute, scale), amount.variance.absolute, amount.variance.effect
    )
    return [absolute, _relative(amount.variance)] if with_share else [absolute]


def _relative(difference: Variance) -> Cell:
    if difference.relative is None:
        return words("", "n") if difference.absolute == 0 else missing(formats.NOT_MEANINGFUL)
    return change(
        formats.signed_share(difference.relative), difference.relative, difference.effect, marked=False, css="pct"
    )


def entity_table(entities: Entities, period: Period, scale: formats.Scale) -> Table:
    """Return the entities in their own currency and in the group's, with the group's total last."""
    own = f"Own currency, {scale.letter}" if scale.letter else "Own currency"
    year = f"on {period.prior_year.label}, %" if period.prior_year else "Δ %"
    translated = f"In {scale.unit(entities.currency)}, at the closing's average rate"
    heads = (
        Head("Entity", css=""),
        Head("Owned %"),
        Head("Currency", own, "u"),
        Head("Revenue", own),
        Head(year, own),
        Head("Operating profit", own),
        Head(year, own),
        Head("Revenue", translated),
        Head("Share %", translated),
        Head("Operating profit", translated),
    )
    rows = [Row(tuple(_entity_cells(entity, scale))) for entity in entities.rows]
    if entities.revenue_group is not None and entities.profit_group is not None:
        blank = words("", "n")
        total = (
            Cell("Group", css="name"),
            *([blank] * 6),
            figure(formats.amount(entities.revenue_group, scale), entities.revenue_group, css="actual"),
            figure(formats.share(Decimal(1)), Decimal(1)),
            figure(formats.amount(entities.profit_group, scale), entities.profit_group, css="actual"),
        )
        rows.append(Row(total, "total level1"))
    return Table(
        title="Entities: revenue and operating profit",
        subtitle=(
            f"Closing {period.current.label}. Whole entities, whatever the group owns of them (at the last closing, "
            "through others too); nothing is eliminated."
        ),
        heads=heads,
        rows=tuple(rows),
        notes=_translation_note(entities),
        css="entities",
    )


def _translation_note(entities: Entities) -> tuple[str, ...]:
    if entities.revenue_gap is None or entities.profit_gap is None:
        return ()
    return (
        "The group's published amounts less the sum of the entities: revenue "
        f"{formats.signed(entities.revenue_gap, 2)} {entities.currency}, operating profit "
        f"{formats.signed(entities.profit_gap, 2)} {entities.currency} (lines are translated and rounded to the cent).",
    )


def _entity_cells(entity: EntityRow, scale: formats.Scale) -> list[Cell]:
    def relative(difference: Variance | None) -> Cell:
        if difference is None:
            return words("", "n")
        if difference.relative is None:
            return _relative(difference)
        return change(formats.signed_share(difference.relative), difference.relative, difference.effect)

    owned = entity.ownership_share
    return [
        Cell(entity.name, css="name"),
        missing("no data") if owned is None else figure(formats.share(owned, 0), owned),
        words(entity.currency, "u"),
        _amount(entity.revenue_own, scale),
        relative(entity.revenue_variance),
        _amount(entity.profit_own, scale),
        relative(entity.profit_variance),
        _amount(entity.revenue_group, scale, "actual"),
        missing("no data")
        if entity.revenue_share is None
        else figure(formats.share(entity.revenue_share), entity.revenue_share),
        _amount(entity.profit_group, scale, "actual"),
    ]
