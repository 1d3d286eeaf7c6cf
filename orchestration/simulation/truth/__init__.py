"""The true numbers of a simulated company, told from its own state with arithmetic of its own, and written as CSV."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from orchestration.simulation.books.documents import CONTROL_ACCOUNTS
from orchestration.simulation.delivery.delivered import DeliveredFile
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.setting.calendars import FIRST_YEAR, OPENING_DAY, date_of
from orchestration.simulation.setting.company import CURRENCIES, ENTITIES, GROUP
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.truth.balances import OPENING, TrialBalances, trial_balances
from orchestration.simulation.truth.bridges import bridges
from orchestration.simulation.truth.effects import Numbers, effect_values
from orchestration.simulation.truth.kpis import Facts, budget_lines, kpi_values
from orchestration.simulation.truth.measures import IN_DICTIONARY, MONEY, Measures, measures
from orchestration.simulation.truth.rows import Value, cents, rounded_fraction, write_rows
from orchestration.simulation.truth.statements import GROUP_NUMBER, Statements, statement_lines, statements

__all__ = ["write_truth"]

_ENTITY_NAMES = [*[entity.code for entity in ENTITIES], GROUP]
_CURRENCIES = [*[CURRENCIES[entity.currency] for entity in ENTITIES], "EUR"]


def write_truth(
    company: Company, in_force: Ints, folder: Path, delivered: Sequence[DeliveredFile], without: dict[str, Numbers]
) -> None:
    """Write all truth files.

    `in_force` is the budget by entity, period, account and department; `without` has the numbers of the company without
    each of its planted effects.
    """
    world, books = company.world, company.books
    balances = trial_balances(world, books.ledger)
    told = statements(company, balances)
    counted = measures(company)
    facts = Facts(company, told, counted, budget_lines(company, in_force))
    write_rows(folder, "trial_balance", _trial_balance(company, balances))
    write_rows(folder, "statement_line", _statement_lines(company, told))
    write_rows(folder, "elimination", _eliminations(company, told))
    write_rows(folder, "measure_value", _measures(company, counted))
    write_rows(folder, "kpi_value", _kpis(company, facts))
    write_rows(folder, "subledger_balance", _subledgers(company))
    write_rows(folder, "effect", _effects(company))
    write_rows(folder, "effect_value", _effect_values(company, told, counted, without))
    write_rows(folder, "price_volume_mix", _bridges(company))
    write_rows(folder, "delivery", _deliveries(delivered))
    counts: dict[str, int] = {}
    for file in delivered:
        if file.version.is_current:
            sound = file.row_count - len(file.dirt.duplicates) - file.dirt.malformed
            counts[file.table.name] = counts.get(file.table.name, 0) + sound
    write_rows(folder, "row_count", counts.items())


def _period(company: Company, period: int) -> str:
    return f"{FIRST_YEAR}-00" if period == OPENING else company.world.calendar.period_ids[period]


def _trial_balance(company: Company, balances: TrialBalances) -> Iterator[tuple[Value, ...]]:
    for kind, cells in (("balance", balances.balances), ("movement", balances.movements)):
        for (entity, period, code, unit), amount in cells.items():
            if not amount:
                continue
            names = _ENTITY_NAMES[entity], _period(company, period), code, unit
            yield *names, kind, _CURRENCIES[entity], cents(amount)
    for (entity, year, code, unit), amount in balances.adjustments.items():
        yield (
            _ENTITY_NAMES[entity],
            f"{FIRST_YEAR + year}-13",
            code,
            unit,
            "movement",
            _CURRENCIES[entity],
            cents(amount),
        )


def _statement_lines(company: Company, told: Statements) -> Iterator[tuple[Value, ...]]:
    periods = range(OPENING, company.world.calendar.period_count)
    for line in statement_lines().values():
        for period in periods if line.statement == "balance_sheet" else periods[1:]:
            for entity, name in enumerate(_ENTITY_NAMES):
                amount = told.amounts.get((entity, period, line.code), 0)
                view = "group_before_eliminations" if entity == GROUP_NUMBER else "entity"
                key = line.statement, line.code, name, _period(company, period)
                yield *key, view, _CURRENCIES[entity], cents(amount)
            if line.statement == "cash_flow":
                continue
            before = told.amounts.get((GROUP_NUMBER, period, line.code), 0)
            out = told.eliminated.get((period, line.code), 0)
            key = line.statement, line.code, GROUP, _period(company, period)
            yield *key, "elimination", "EUR", cents(out)
            yield *key, "group", "EUR", cents(before + out)


def _eliminations(company: Company, told: Statements) -> Iterator[tuple[Value, ...]]:
    for (period, elimination, code), amount in told.eliminations.items():
        yield _period(company, period), elimination, statement_lines()[code].statement, code, cents(amount)


def _measures(company: Company, counted: Measures) -> Iterator[tuple[Value, ...]]:
    for name, cells in counted.items():
        for (entity, period), amount in cells.items():
            value = cents(amount) if name in MONEY else Decimal(amount)
            yield name, _ENTITY_NAMES[entity], _period(company, period), name in IN_DICTIONARY, value


def _kpis(company: Company, facts: Facts) -> Iterator[tuple[Value, ...]]:
    for found in kpi_values(facts):
        parts = [None if part is None else rounded_fraction(part, 6) for part in (found.numerator, found.denominator)]
        value = None if found.value is None else rounded_fraction(found.value, 10)
        key = found.kpi.kpi_id, _ENTITY_NAMES[found.entity], found.period_type, _period(company, found.period)
        yield *key, found.kpi.is_in_dictionary, *parts, value, False


def _subledgers(company: Company) -> Iterator[tuple[Value, ...]]:
    last = company.world.calendar.last_days
    balances = company.books.subledgers.cumsum(axis=2)
    for place, code in enumerate(CONTROL_ACCOUNTS):
        for entity in range(len(ENTITIES)):
            series = balances[place, entity, OPENING_DAY : last[entity] + 1]
            if not series.any():
                continue
            for day, amount in enumerate(series.tolist(), start=OPENING_DAY):
                yield _ENTITY_NAMES[entity], code, date_of(day).isoformat(), cents(amount)


def _effects(company: Company) -> Iterator[tuple[Value, ...]]:
    life, bills = company.world.life, company.services.invoices
    for effect in life.effects:
        size, document = Decimal(str(effect.size)), None
        if effect.effect_type == "anomaly":
            is_duplicate = effect is life.duplicate_invoice
            row = len(bills.net) - 1 if is_duplicate else company.services.slipped
            if (company.services.duplicate if is_duplicate else company.services.slipped) < 0:
                continue
            size = cents(int(bills.net[row]) * (1 if is_duplicate else 9) // (1 if is_duplicate else 10))
            document = int(bills.number[row])
        yield (
            effect.effect_id,
            effect.effect_type,
            _ENTITY_NAMES[effect.entity],
            effect.scope,
            date_of(effect.first_day).isoformat(),
            None if effect.last_day is None else date_of(effect.last_day).isoformat(),
            effect.measure,
            size,
            effect.unit,
            document,
            effect.description,
        )


def _effect_values(
    company: Company, told: Statements, counted: Measures, without: dict[str, Numbers]
) -> Iterator[tuple[Value, ...]]:
    for found in effect_values(told, counted, without):
        kind, code, entity, period = found.subject
        is_local = kind == "statement_line"
        currency = _CURRENCIES[entity] if is_local else "EUR" if code in MONEY else None
        yield found.effect_id, kind, code, _ENTITY_NAMES[entity], _period(company, period), currency, found.amount


def _bridges(company: Company) -> Iterator[tuple[Value, ...]]:
    for b in bridges(company):
        parts = (b.base, b.new, b.lost, b.volume, b.mix, b.price, b.exchange, b.actual)
        yield _ENTITY_NAMES[b.entity], FIRST_YEAR + b.year, *[rounded_fraction(part / 100, 6) for part in parts]


def _deliveries(delivered: Sequence[DeliveredFile]) -> Iterator[tuple[Value, ...]]:
    for file in delivered:
        version = file.version
        yield (
            version.file_name,
            file.table.name,
            version.number,
            version.kind,
            date_of(version.due).isoformat(),
            date_of(version.delivered).isoformat(),
            version.is_current,
            file.row_count,
            file.late_rows,
            version.corrected_rows,
            len(file.dirt.duplicates),
            file.dirt.malformed,
            file.dirt.drifted_columns,
        )
