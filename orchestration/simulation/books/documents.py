"""What all processes write to beside the ledger: the bank's statements, the sub-ledgers, and the output tables.

Sub-ledgers are added up from the documents alone, never from postings: control accounts must agree with them.
"""

import numpy as np

from orchestration.simulation.books.columns import Coded, TableData, currencies, entities, selected
from orchestration.simulation.books.ledger import Ledger, currency_of
from orchestration.simulation.setting.calendars import OPENING_DAY
from orchestration.simulation.setting.company import CURRENCIES, ENTITIES
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.setting.world import World

CONTROL_ACCOUNTS = ("1110", "1120", "1130", "1150", "1160", "1170", "1175", "1190", "2130", "2140", "2150")
_REVALUED = ("1120", "2130", "2150")
REVALUATION_ACCOUNTS = ("1125", "2135", "2155")
"""Where the revaluation of open receivables, payables and intercompany payables stands, in that order."""


class Books:
    """Ledger, bank, sub-ledgers and output tables of a company, as they fill."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ledger = Ledger(world)
        self.tables: dict[str, TableData] = {}
        self.subledgers = np.zeros((len(CONTROL_ACCOUNTS), len(ENTITIES), world.calendar.day_count), dtype=np.int64)
        """Movements by control account, entity and day; debit positive."""
        self.foreign = np.zeros(
            (2, len(_REVALUED), len(ENTITIES), len(CURRENCIES), world.calendar.day_count), dtype=np.int64
        )
        """Movements of open items by their currency and day: in that currency (0), as booked in the entity's (1)."""
        self._bank: list[tuple[Ints, Ints, Ints, str, Ints]] = []

    def move(self, account: str, entity: Ints, day: Ints, amount: Ints) -> None:
        """Add to a sub-ledger; days after the end of the entity's data are left out."""
        inside = (day >= 0) & (day <= self.world.calendar.last_days[entity])
        np.add.at(self.subledgers[CONTROL_ACCOUNTS.index(account)], (entity[inside], day[inside]), amount[inside])

    def open_item(self, account: str, entity: Ints, currency: Ints, day: Ints, amount: Ints, own: Ints) -> None:
        """Add to the sub-ledger of an account whose items are revalued; `amount` is in `currency`, `own` as booked."""
        self.move(account, entity, day, own)
        inside = (day >= 0) & (day <= self.world.calendar.last_days[entity])
        place = _REVALUED.index(account)
        for part, moved in enumerate((amount, own)):
            np.add.at(self.foreign[part, place], (entity[inside], currency[inside], day[inside]), moved[inside])

    def bank(self, entity: Ints, day: Ints, amount: Ints, document_type: str, document: Ints) -> None:
        """Add movements to the bank's statements, in the entity's currency."""
        self._bank.append((entity, day, amount, document_type, document))
        self.move("1110", entity, day, amount)

    def bank_table(self) -> TableData:
        """Return the bank's statements: the balance taken over, then every movement."""
        before = self.subledgers[CONTROL_ACCOUNTS.index("1110"), :, : OPENING_DAY + 1].sum(axis=1)
        number = np.arange(len(ENTITIES), dtype=np.int64)
        parts = [(number, np.full(len(number), OPENING_DAY), before, "opening", number + 1)]
        parts += [(e[k], d[k], a[k], t, n[k]) for e, d, a, t, n in self._bank for k in [d > OPENING_DAY]]
        entity, day, amount, document = (np.concatenate([part[i] for part in parts]) for i in (0, 1, 2, 4))
        types = list(dict.fromkeys(part[3] for part in parts))
        kind = np.concatenate([np.full(len(part[0]), types.index(part[3]), dtype=np.int64) for part in parts])
        order = np.lexsort((document, kind, entity, day))
        entity, day, amount, document, kind = (a[order] for a in (entity, day, amount, document, kind))
        keep = amount != 0
        table: TableData = {
            "bank_transaction_id": np.arange(1, len(entity) + 1, dtype=np.int64),
            "entity_id": entities(entity),
            "booked_on": day,
            "currency_code": currencies(currency_of(entity)),
            "amount": amount,
            "document_type": Coded(kind, types),
            "document_id": document,
            "entered_on": day,
        }
        return selected(table, keep)
