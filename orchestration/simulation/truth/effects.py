"""What each planted effect did: the company's numbers less those of the same company without that effect.

No draw depends on what else happens, so the company without an effect differs in nothing but what the effect changed,
and what followed from it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from orchestration.simulation.processes.company_run import run_company
from orchestration.simulation.setting.world import World
from orchestration.simulation.truth.balances import trial_balances
from orchestration.simulation.truth.measures import MONEY, Measures, measures
from orchestration.simulation.truth.rows import cents
from orchestration.simulation.truth.statements import Statements, statements

Subject = tuple[Literal["statement_line", "measure"], str, int, int]
"""What is counted, its code, entity and period."""
Numbers = dict[Subject, int]
"""Statement lines and measures of money in cents, other measures in wholes."""


@dataclass(frozen=True)
class EffectValue:
    """By how much an effect changed one number; in money, or in the measure's unit."""

    effect_id: str
    subject: Subject
    amount: Decimal


def companies_without(world: World) -> dict[str, Numbers]:
    """Return, by planted effect, the numbers of the company without it. Runs a company for each of them."""
    return {
        effect.effect_id: _numbers_of(replace(world, without=world.without | {effect.effect_id}))
        for effect in world.life.effects
    }


def effect_values(told: Statements, counted: Measures, without: dict[str, Numbers]) -> Iterator[EffectValue]:
    """Return what each effect changed; what it left as it was is left out."""
    found = numbers(told, counted)
    for effect_id, others in without.items():
        for subject in sorted({*found, *others}):
            difference = found.get(subject, 0) - others.get(subject, 0)
            if difference:
                kind, code, _, _ = subject
                is_money = kind == "statement_line" or code in MONEY
                yield EffectValue(effect_id, subject, cents(difference) if is_money else Decimal(difference))


def numbers(told: Statements, counted: Measures) -> Numbers:
    """Return statement lines and measures side by side."""
    found: Numbers = {("statement_line", code, e, p): amount for (e, p, code), amount in told.amounts.items()}
    found.update({("measure", name, e, p): n for name, cells in counted.items() for (e, p), n in cells.items()})
    return found


def _numbers_of(world: World) -> Numbers:
    company = run_company(world)
    return numbers(statements(company, trial_balances(world, company.books.ledger)), measures(company))
