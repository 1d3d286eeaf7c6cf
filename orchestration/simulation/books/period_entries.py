"""How entries of periods are posted: on the last day, or through the bank.

Which entries there are belongs in `record_to_report`.
"""

import numpy as np

from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import PERIOD_SLOTS, Event, same
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.setting.world import World


def cells(world: World, first: int = 0) -> tuple[Ints, Ints]:
    """Entity and period of all cells, by entity."""
    entity, period = np.indices((len(ENTITIES), world.calendar.period_count - first), dtype=np.int64)
    return entity.ravel(), period.ravel() + first


def journal(entity: Ints, period: Ints) -> Ints:
    """Return the number of the journal of each entity and period."""
    return period * len(ENTITIES) + entity + 1


def at_end(
    books: Books, name: str, entity: Ints, period: Ints, amount: Ints, codes: dict[str, Ints] | None = None
) -> None:
    """Post an amount on the last day of periods, entered on the second working day after."""
    calendar = books.world.calendar
    posted = calendar.period_ends[entity, period]
    books.ledger.add(
        Event(
            name=name,
            entity=entity,
            posted=posted,
            entered=calendar.working_day(entity, posted + 1, 1),
            journal=journal(entity, period),
            amounts={"amount": same(amount)},
            codes=codes or {},
        )
    )


def paid(books: Books, name: str, entity: Ints, day: Ints, journal: Ints, amount: Ints, sign: int = -1) -> None:
    """Post an amount that goes through the bank (out, unless sign is 1); days after the end are left out."""
    kept = (day <= books.world.calendar.last_days[entity]) & (amount != 0)
    entity, day, journal, amount = entity[kept], day[kept], journal[kept], amount[kept]
    books.ledger.add(
        Event(name=name, entity=entity, posted=day, journal=journal, document=journal, amounts={"amount": same(amount)})
    )
    books.bank(entity, day, sign * amount, "manual", journal)


def regular(world: World, totals: Ints) -> Ints:
    """Return totals (entity, slot, ...) of the regular periods."""
    period = np.arange(world.calendar.period_count)
    return totals[:, period // 12 * PERIOD_SLOTS + period % 12 + 1]
