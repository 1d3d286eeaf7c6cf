"""The general ledger: events of the processes, expanded by the posting rules into journal lines.

An event row carries its amounts; the rules say which account gets which amount on which side. Nothing else posts.
Totals by period are added up from the events as they come, for the entries that depend on them (taxes, year end).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, TableData, currencies, entities
from orchestration.simulation.books.contract import PostingRule, chart_of_accounts, posting_rules
from orchestration.simulation.setting.calendars import OPENING_DAY
from orchestration.simulation.setting.company import DEPARTMENTS, ENTITIES
from orchestration.simulation.setting.randomness import Ints
from orchestration.simulation.setting.world import World

ACCOUNTS = [code for code, account in chart_of_accounts().items() if account.is_posting]
DEPARTMENT_CODES = [code for code, _, _ in DEPARTMENTS]
PERIOD_SLOTS = 15
"""Slots of a fiscal year: 0 opening, 1 to 12, 13 adjustments, 14 close."""

ADJUSTMENT, CLOSE = 13, 14
JOURNALS_PER_EVENT = 10**10
_OWN_CURRENCY = np.array([entity.currency for entity in ENTITIES], dtype=np.int64)
_RETAINED = "2430"

Amount = tuple[Ints, Ints]
"""An amount in the transaction's and in the entity's currency."""


def account(code: str) -> int:
    """Return the number of a posting account."""
    return ACCOUNTS.index(code)


def department(code: str) -> int:
    """Return the number of a department."""
    return DEPARTMENT_CODES.index(code)


def same(amount: Ints) -> Amount:
    """Return an amount that is in the entity's currency."""
    return amount, amount


def difference(amount: Ints) -> Amount:
    """Return an amount that is nothing in the transaction's currency."""
    return np.zeros_like(amount), amount


@dataclass(frozen=True)
class Event:
    """Rows of one kind of event. Rows of the same journal have the same posting and entry day.

    `journal` numbers the journals within the event; `currency` is None if it is the entity's. `slot` overrides the
    period that the posting day falls in. `codes` holds the columns that rules name with $.
    """

    name: str
    entity: Ints
    posted: Ints
    journal: Ints
    amounts: Mapping[str, Amount]
    document_type: str = "manual"
    document: Ints | None = None
    entered: Ints | None = None
    currency: Ints | None = None
    slot: Ints | None = None
    partner: Ints | None = None
    product: Ints | None = None
    codes: Mapping[str, Ints] = field(default_factory=dict)

    @cached_property
    def rules(self) -> list[PostingRule]:
        """The rules of this event."""
        return [rule for rule in posting_rules() if rule.event == self.name]

    def account(self, rule: PostingRule) -> Ints:
        """Return the account of each row under a rule."""
        return self._code(rule.account_code, ACCOUNTS)

    def department(self, rule: PostingRule) -> Ints:
        """Return the department of each row under a rule."""
        return self._code(rule.department_code, DEPARTMENT_CODES)

    def _code(self, code: str, codes: list[str]) -> Ints:
        if code.startswith("$"):
            return self.codes[code[1:]]
        return np.full(len(self.entity), codes.index(code), dtype=np.int64)

    @cached_property
    def entry_day(self) -> Ints:
        """Day on which each row was entered."""
        return self.posted if self.entered is None else self.entered


class Ledger:
    """All events of a company, and their totals."""

    def __init__(self, world: World) -> None:
        self._world = world
        calendar = world.calendar
        shape = (len(ENTITIES), calendar.years * PERIOD_SLOTS, len(ACCOUNTS), len(DEPARTMENT_CODES))
        self.totals = np.zeros(shape, dtype=np.int64)
        """Movements by entity, slot, account and department; slot 0 holds all from before the start."""
        self.late = np.zeros(shape[:3], dtype=np.int64)
        """Of these, what was entered after the period was closed."""
        self.events: list[Event] = []
        self._ranks: list[Ints] = []
        self._slots: list[Ints] = []

    def add(self, event: Event) -> None:
        """Post an event; rows of before the start only count in the opening balances."""
        if not len(event.entity):
            return
        if (event.posted > self._world.calendar.last_days[event.entity]).any():
            raise ValueError(f"event {event.name} is posted after the last day of its entity")
        slot = self.slots(event.entity, event.posted) if event.slot is None else event.slot
        is_before = (event.posted <= OPENING_DAY) & (slot == 0)
        period = slot // PERIOD_SLOTS * 12 + slot % PERIOD_SLOTS - 1
        period = np.clip(period, 0, self._world.calendar.period_count - 1)
        closed = self._world.calendar.closed_days[event.entity, period]
        is_late = (event.entry_day > closed) & (slot % PERIOD_SLOTS < ADJUSTMENT) & ~is_before
        retained = account(_RETAINED)
        for rule in event.rules:
            amount = rule.sign * event.amounts[rule.amount][1]
            code, unit = event.account(rule), event.department(rule)
            earlier = is_before & np.array([c[0] in "4567" for c in ACCOUNTS])[code]
            code, unit = np.where(earlier, retained, code), np.where(earlier, 0, unit)
            np.add.at(self.totals, (event.entity, slot, code, unit), amount)
            if is_late.any():
                np.add.at(self.late, (event.entity[is_late], slot[is_late], code[is_late]), amount[is_late])
        kept = ~is_before
        if kept.any():
            self.events.append(event)
            order = np.lexsort((event.journal, event.entry_day))
            self._order_and_rank(event, order[kept[order]], slot)

    def open_books(self) -> None:
        """Post the opening journal of each entity: what had happened before the start, by account."""
        entity, code = np.nonzero(self.totals[:, 0].sum(axis=2))
        event = Event(
            name="opening",
            entity=entity,
            posted=np.full(len(entity), OPENING_DAY, dtype=np.int64),
            journal=entity + 1,
            amounts={"balance": same(self.totals[entity, 0, code].sum(axis=1))},
            codes={"account": code},
        )
        self.events.insert(0, event)
        order = np.arange(len(entity), dtype=np.int64)
        self._order_and_rank(event, order, np.zeros_like(entity))
        self._ranks.insert(0, self._ranks.pop())
        self._slots.insert(0, self._slots.pop())

    def _order_and_rank(self, event: Event, order: Ints, slot: Ints) -> None:
        journal = event.journal[order]
        starts = np.concatenate([[True], journal[1:] != journal[:-1]])
        first = np.maximum.accumulate(np.where(starts, np.arange(len(journal)), 0))
        self._ranks.append(np.stack([order, np.arange(len(journal), dtype=np.int64) - first]))
        self._slots.append(slot[order])

    def slots(self, entity: Ints, day: Ints) -> Ints:
        """Return the slot of the regular period that each day falls in; 0 for all before the start."""
        period = self._world.calendar.period_of_day[entity, day]
        return np.where(period < 0, 0, period // 12 * PERIOD_SLOTS + period % 12 + 1)

    def slot_names(self) -> list[str]:
        """Names of the periods, by slot."""
        names = []
        for year in range(self._world.calendar.years):
            first = int(self._world.calendar.period_ids[year * 12][:4])
            names += [f"{first}-{number:02d}" for number in range(PERIOD_SLOTS)]
        return names

    def entry_range(self) -> tuple[int, int]:
        """First and last day on which anything was entered."""
        days = [event.entry_day[ranks[0][[0, -1]]] for event, ranks in zip(self.events, self._ranks, strict=True)]
        return int(min(d[0] for d in days)), int(max(d[1] for d in days))

    def lines(self, first: int, last: int, partners: list[str], products: list[str]) -> TableData:
        """Return the journal lines that were entered from `first` to `last`, by entry day, journal and line."""
        parts = list(self._parts(first, last))
        if not parts:
            return {}
        document_types = list(dict.fromkeys(event.document_type for event in self.events))
        names = list(dict.fromkeys(event.name for event in self.events))
        columns = {key: np.concatenate([part[key] for part in parts]) for key in parts[0] if key != "event"}
        columns["type"] = np.concatenate(
            [np.full(len(p["entity"]), names.index(self.events[p["event"][0]].name), dtype=np.int64) for p in parts]
        )
        columns["document_type"] = np.concatenate(
            [
                np.full(
                    len(p["entity"]), document_types.index(self.events[p["event"][0]].document_type), dtype=np.int64
                )
                for p in parts
            ]
        )
        order = np.lexsort((columns["line"], columns["journal"], columns["entered"]))
        c = {key: column[order] for key, column in columns.items()}
        return {
            "journal_id": c["journal"],
            "line_number": c["line"],
            "entity_id": entities(c["entity"]),
            "journal_type": Coded(c["type"], names),
            "period_id": Coded(c["slot"], self.slot_names()),
            "posted_on": c["posted"],
            "account_code": Coded(c["account"], ACCOUNTS),
            "department_code": Coded(c["department"], DEPARTMENT_CODES),
            "currency_code": currencies(c["currency"]),
            "transaction_amount": c["transaction"],
            "amount": c["amount"],
            "partner_id": Coded(c["partner"], partners),
            "product_id": Coded(c["product"], products),
            "document_type": Coded(c["document_type"], document_types),
            "document_id": c["document"],
            "entered_on": c["entered"],
        }

    def _parts(self, first: int, last: int) -> Iterator[dict[str, Ints]]:
        for number, (event, ranks, slots) in enumerate(zip(self.events, self._ranks, self._slots, strict=True)):
            entered = event.entry_day[ranks[0]]
            begin, end = np.searchsorted(entered, [first, last + 1])
            if begin == end:
                continue
            rows, rank = ranks[:, begin:end]
            slot = slots[begin:end]
            own = _OWN_CURRENCY[event.entity[rows]]
            for rule in event.rules:
                there, here = (amount[rows] * rule.sign for amount in event.amounts[rule.amount])
                kept = (there != 0) | (here != 0)
                r = rows[kept]
                is_own = rule.currency == "entity" or event.currency is None
                yield {
                    "event": np.array([number]),
                    "journal": event.rules[0].event_number * JOURNALS_PER_EVENT + event.journal[r],
                    "line": rank[kept] * len(event.rules) + rule.line,
                    "entity": event.entity[r],
                    "slot": slot[kept],
                    "posted": event.posted[r],
                    "account": event.account(rule)[r],
                    "department": event.department(rule)[r],
                    "currency": own[kept] if is_own else event.currency[r],  # type: ignore[index]
                    "transaction": here[kept] if rule.currency == "entity" else there[kept],
                    "amount": here[kept],
                    "partner": event.partner[r] if rule.has_partner and event.partner is not None else _none(r),
                    "product": event.product[r] if rule.has_product and event.product is not None else _none(r),
                    "document": event.document[r] if event.document is not None else np.full(len(r), NULL),
                    "entered": event.entry_day[r],
                }


def _none(like: Ints) -> Ints:
    return np.full(len(like), -1, dtype=np.int64)


def currency_of(entity: Ints) -> Ints:
    """Return the currency of each entity."""
    return _OWN_CURRENCY[entity]
