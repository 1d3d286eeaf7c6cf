"""What the numbers rest on: the publication, its checks, the tie-outs and the age of the sources."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from orchestration.reports.errors import MartUnreadableError
from orchestration.reports.mart import Mart
from orchestration.reports.period import Period


@dataclass(frozen=True)
class PublicationStamp:
    """The publication that a report was made from. `published_at` is UTC, without a zone."""

    publication_id: str
    published_at: dt.datetime
    code_version: str
    content_hash: str
    checks_passed: int
    checks_warned: int
    checks_failed: int

    @property
    def checks(self) -> int:
        """How many checks ran."""
        return self.checks_passed + self.checks_warned + self.checks_failed


@dataclass(frozen=True)
class CheckMessage:
    """A check that did not pass, as it was published."""

    check_id: str
    engine: str
    table_name: str
    severity: str
    status: str
    failing_rows: int | None
    message: str


@dataclass(frozen=True)
class TieOutRule:
    """A rule over all its entities: how many pairs of amounts tie, at this closing and at all closings."""

    name: str
    amount_a_name: str
    amount_b_name: str
    is_expected_to_tie: bool
    tied_now: int
    count_now: int
    tied_ever: int
    count_ever: int


@dataclass(frozen=True)
class TieOutGap:
    """A pair of amounts of this closing that do not tie. `currency` is None where the amounts are not money.

    An amount is None where nobody knows it, such as one without a rate; so is the difference then.
    """

    name: str
    entity_name: str
    amount_a_name: str
    amount_a: Decimal | None
    amount_b_name: str
    amount_b: Decimal | None
    difference: Decimal | None
    share: Decimal | None
    currency: str | None
    is_expected_to_tie: bool
    explanation: str


@dataclass(frozen=True)
class UncomparedRule:
    """A rule that has no second side: no system supplies `missing_source`, or the company has switched it off."""

    name: str
    missing_source: str | None
    off_reason: str | None


@dataclass(frozen=True)
class SourceSystem:
    """The tables of one source system. `oldest_at` is when the oldest current batch became known, UTC.

    `fresh` of `promised` tables were younger than their promise when the mart was published.
    """

    name: str
    tables: int
    rows: int
    quarantined: int
    oldest_at: dt.datetime
    newest_at: dt.datetime
    promised: int
    fresh: int


@dataclass(frozen=True)
class Quality:
    """All of it, for one closing."""

    stamp: PublicationStamp
    messages: tuple[CheckMessage, ...]
    notes: tuple[str, ...]
    """What checks tell that is no fault, and how many suites' rules only known or tolerated rows break."""
    checks_by_engine: tuple[tuple[str, int, int, int], ...]
    rules: tuple[TieOutRule, ...]
    gaps: tuple[TieOutGap, ...]
    uncompared: tuple[UncomparedRule, ...]
    sources: tuple[SourceSystem, ...]


def read_quality(mart: Mart, period: Period) -> Quality:
    """Return what the mart says about itself. Raises MartUnreadableError when it has no publication."""
    stamps = mart.rows(
        """
        select publication_id, published_at, code_version, content_hash, checks_passed, checks_warned, checks_failed
        from meta.publication
        order by published_at desc, publication_id desc
        limit 1
        """
    )
    if not stamps:
        raise MartUnreadableError("The mart has no row in meta.publication: it was never published. Run `tieout run`.")
    stamp = PublicationStamp(*stamps[0])
    messages = mart.rows(
        """
        select check_id, engine, table_name, severity, status, failing_rows, coalesce(message, '')
        from meta.check_result
        where status <> 'pass'
        order by status, severity, table_name, check_id
        """
    )
    notes = mart.rows(
        """
        select message from meta.check_result
        where engine = 'dbt' and status = 'pass' and message is not null
        union all
        select 'Broken by rows that are known or tolerated only: ' || string_agg(replace(check_id, '_', ' ') || ' ('
            || failing_rows || ')', ', ' order by check_id) || '.'
        from meta.check_result
        where engine = 'great_expectations' and status = 'pass' and failing_rows > 0
        having count(*) > 0
        order by message
        """
    )
    engines = mart.rows(
        """
        select engine, count(*) filter (status = 'pass'), count(*) filter (status = 'warn'), count(*) filter (status =
        'fail') from meta.check_result group by engine order by engine
        """
    )
    return Quality(
        stamp=stamp,
        messages=tuple(CheckMessage(*row) for row in messages),
        notes=tuple(row[0] for row in notes),
        checks_by_engine=tuple((row[0], row[1], row[2], row[3]) for row in engines),
        rules=_rules(mart, period),
        gaps=_gaps(mart, period),
        uncompared=_uncompared(mart),
        sources=_sources(mart, stamp.published_at),
    )


def _rules(mart: Mart, period: Period) -> tuple[TieOutRule, ...]:
    rows = mart.rows(
        """
        select
            any_value(tie_out_name), any_value(amount_a_name), any_value(amount_b_name), bool_and(is_expected_to_tie),
            count(*) filter (ties and period_end = $period_end), count(*) filter (period_end = $period_end),
            count(*) filter (ties), count(*)
        from meta.tie_out
        group by tie_out_id
        order by bool_and(is_expected_to_tie) desc, any_value(tie_out_name)
        """,
        {"period_end": period.current.end},
    )
    return tuple(TieOutRule(*row) for row in rows)


def _gaps(mart: Mart, period: Period) -> tuple[TieOutGap, ...]:
    rows = mart.rows(
        """
        select
            tie.tie_out_name, entity.entity_name, tie.amount_a_name, tie.amount_a, tie.amount_b_name, tie.amount_b,
            tie.difference, cast(tie.difference / nullif(abs(tie.amount_b), 0) as decimal(18, 6)), tie.currency_code,
            tie.is_expected_to_tie,
            coalesce(concat_ws(' ', tie.explanation, upper(tie.detail[1]) || tie.detail[2:] || '.'), '')
        from meta.tie_out as tie
        left join finance.dim_entity as entity on tie.entity_id = entity.entity_id
        where not tie.ties and tie.period_end = $period_end
        order by tie.is_expected_to_tie desc, tie.currency_code is null, abs(tie.difference) desc, tie.tie_out_id,
        tie.entity_id
        """,
        {"period_end": period.current.end},
    )
    return tuple(TieOutGap(*row) for row in rows)


def _uncompared(mart: Mart) -> tuple[UncomparedRule, ...]:
    rows = mart.rows(
        """
        select tie_out_name, missing_source, off_reason from meta.tie_out_rule
        where status in ('no source', 'off')
        order by tie_out_name
        """
    )
    return tuple(UncomparedRule(*row) for row in rows)


def _sources(mart: Mart, published_at: dt.datetime) -> tuple[SourceSystem, ...]:
    """Ages are taken at the publication, not now: a report says the same whenever it is rendered."""
    rows = mart.rows(
        """
        select
            source_system, count(*), sum(row_count)::bigint, sum(quarantined_count)::bigint, min(known_at),
            max(known_at), count(max_age_hours), count(*) filter (epoch($published_at::timestamp) - epoch(known_at) <=
            max_age_hours * 3600) from meta.source_freshness group by source_system order by source_system
        """,
        {"published_at": published_at},
    )
    return tuple(SourceSystem(*row) for row in rows)
