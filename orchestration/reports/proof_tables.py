"""The printed form of what the numbers rest on: tie-outs, checks, sources, and the definitions of the KPIs."""

from collections.abc import Sequence
from decimal import Decimal

from orchestration.reports import formats
from orchestration.reports.kpi_lines import Definition
from orchestration.reports.period import Period
from orchestration.reports.quality import Quality, TieOutGap, TieOutRule, UncomparedRule
from orchestration.reports.table import Cell, Head, Row, Table, figure, missing, words


def rules_table(quality: Quality, period: Period) -> Table:
    """Return what must tie: how often it does at this closing and over all closings."""
    expected = [rule for rule in quality.rules if rule.is_expected_to_tie]
    return Table(
        title="What must tie",
        subtitle=f"Pairs of amounts that agree to the cent, over all entities: {period.current.label}, all closings.",
        heads=(
            Head("Rule", css=""),
            Head("One side", css=""),
            Head("Other side", css=""),
            Head(period.current.label),
            Head("All closings"),
        ),
        rows=tuple(_rule(rule) for rule in expected),
        css="proof",
    )


def _rule(rule: TieOutRule) -> Row:
    return Row(
        (
            Cell(rule.name, css="name"),
            words(rule.amount_a_name),
            words(rule.amount_b_name),
            _tied(rule.tied_now, rule.count_now),
            _tied(rule.tied_ever, rule.count_ever),
        )
    )


def _tied(tied: int, count: int) -> Cell:
    if count == 0:
        return missing("not due")
    cell = figure(f"{tied:,} of {count:,}", tied, css="" if tied == count else "bad")
    return cell if tied == count else Cell(cell.text, cell.css, cell.value, mark="▼")


def gaps_table(quality: Quality, period: Period, scale: formats.Scale) -> Table:
    """Return what does not tie at this closing, by how much, and why."""
    return Table(
        title="What does not tie",
        subtitle=f"Closing {period.current.label}. Money in {scale.words} of the currency, the rest as it is.",
        heads=(
            Head("Comparison", css=""),
            Head("Unit", css="u"),
            Head("One side"),
            Head("Other side"),
            Head("Difference"),
            Head("%"),
            Head("Explanation", css="long"),
        ),
        rows=tuple(_gap(gap, scale) for gap in quality.gaps),
        notes=tuple(_uncompared(rule) for rule in quality.uncompared),
        css="proof",
    )


def _uncompared(rule: UncomparedRule) -> str:
    if rule.off_reason:
        return f"{rule.name}: switched off. {rule.off_reason}"
    return f"{rule.name}: no source; nobody supplies {rule.missing_source}."


def _gap(gap: TieOutGap, money: formats.Scale) -> Row:
    scale = money if gap.currency else formats.ONES
    explanation = gap.explanation or "No explanation is recorded."
    failed = "" if not gap.is_expected_to_tie else "Must tie and does not. "
    return Row(
        (
            Cell(gap.name, css="name", small=gap.entity_name),
            words(scale.unit(gap.currency) if gap.currency else "", "u"),
            _side(gap.amount_a, gap.amount_a_name, scale),
            _side(gap.amount_b, gap.amount_b_name, scale),
            missing(formats.NOT_MEANINGFUL)
            if gap.difference is None
            else figure(
                formats.signed_amount(gap.difference, scale),
                gap.difference,
                css="bad" if gap.is_expected_to_tie else "actual",
            ),
            missing(formats.NOT_MEANINGFUL)
            if gap.share is None
            else figure(formats.signed_share(gap.share), gap.share),
            words(f"{failed}{explanation}", "long"),
        ),
        "alarm" if gap.is_expected_to_tie else "",
    )


def _side(amount: Decimal | None, name: str, scale: formats.Scale) -> Cell:
    if amount is None:
        return Cell("not known", css="n missing", small=name)
    return figure(formats.amount(amount, scale), amount, small=name)


def checks_table(quality: Quality) -> Table:
    """Return the checks that did not pass, with their messages."""
    stamp = quality.stamp
    engines = "; ".join(
        f"{engine.replace('_', ' ')}: {passed} passed, {warned} warned, {failed} failed"
        for engine, passed, warned, failed in quality.checks_by_engine
    )
    return Table(
        title=(
            f"Checks: {stamp.checks_passed} of {stamp.checks} passed, {stamp.checks_warned} warned, "
            f"{stamp.checks_failed} failed"
        ),
        subtitle=f"Of publication {stamp.publication_id}. {engines}.",
        heads=(
            Head("Check", css=""),
            Head("Table", css=""),
            Head("Status", css=""),
            Head("Rows"),
            Head("Message", css="long"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(message.check_id.replace("_", " "), css="name"),
                    words(message.table_name),
                    words(
                        f"{'▼ ' if message.status == 'fail' else ''}{message.status}",
                        "bad" if message.status == "fail" else "",
                    ),
                    words("", "n")
                    if message.failing_rows is None
                    else figure(formats.number(Decimal(message.failing_rows)), message.failing_rows),
                    words(message.message, "long"),
                )
            )
            for message in quality.messages
        ),
        notes=(*(() if quality.messages else ("Every check passed.",)), *quality.notes),
        css="proof",
    )


def sources_table(quality: Quality) -> Table:
    """Return each source system's rows and how fresh its tables were when the mart was published."""
    return Table(
        title="Sources",
        subtitle=f"As of the publication, {formats.timestamp(quality.stamp.published_at)}.",
        heads=(
            Head("System", css=""),
            Head("Tables"),
            Head("Rows"),
            Head("In quarantine"),
            Head("Oldest batch", css="u"),
            Head("Newest batch", css="u"),
            Head("Fresh"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(source.name.replace("_", " "), css="name"),
                    figure(formats.number(Decimal(source.tables)), source.tables),
                    figure(formats.number(Decimal(source.rows)), source.rows),
                    figure(formats.number(Decimal(source.quarantined)), source.quarantined),
                    words(formats.timestamp(source.oldest_at), "u"),
                    words(formats.timestamp(source.newest_at), "u"),
                    missing("no promise")
                    if source.promised == 0
                    else figure(
                        f"{source.fresh} of {source.promised}",
                        source.fresh,
                        css="" if source.fresh == source.promised else "bad",
                    ),
                )
            )
            for source in quality.sources
        ),
        css="proof",
    )


def definitions_table(definitions: Sequence[Definition]) -> Table:
    """Return what each KPI of the report means, how it is computed, and what to beware of."""
    return Table(
        title="Definitions",
        subtitle="From the KPI dictionary of this publication. Ratios are sums divided last, never means of ratios.",
        heads=(
            Head("KPI", css=""),
            Head("Formula", css="long"),
            Head("Meaning", css="long"),
            Head("Beware", css="long"),
        ),
        rows=tuple(
            Row(
                (
                    Cell(
                        definition.name,
                        css="name",
                        small=", ".join(
                            part for part in (formats.window(definition.window), definition.standard) if part
                        ),
                    ),
                    words(definition.formula, "long"),
                    words(" ".join(part for part in (definition.description, definition.notes) if part), "long"),
                    words(definition.caveat or "", "long"),
                )
            )
            for definition in definitions
        ),
        css="proof definitions",
    )
