"""The asset register: what there was at the start, what is bought and sold, depreciation."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, entities
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import ACCOUNTS, DEPARTMENT_CODES, Event, account, department, same
from orchestration.simulation.processes.planning import Plan
from orchestration.simulation.processes.services import Services
from orchestration.simulation.setting.calendars import NEVER, OPENING_DAY
from orchestration.simulation.setting.company import ENTITIES, MAKERS
from orchestration.simulation.setting.randomness import Ints, divided, rounded
from orchestration.simulation.setting.world import World

_CONTRA = {"1220": "1225", "1230": "1235", "1240": "1245"}
_LIFE = {"1210": 0, "1220": 400, "1230": 120, "1240": 60}
_ASSET = 2
"""Kind of supplier invoices for assets."""

_START = (
    # account, basis points of the first year's planned sales (makers, others), assets, youngest and oldest age
    ("1210", (250, 0), 1, 200, 200),
    ("1220", (1500, 0), 2, 90, 180),
    ("1230", (2600, 300), 12, 4, 118),
    ("1240", (260, 260), 6, 2, 58),
)


@dataclass(frozen=True)
class Assets:
    """Assets by number. Ages and lives in periods; costs in cents of the entity's currency."""

    entity: Ints
    account: Ints
    department: Ints
    acquired: Ints
    cost: Ints
    life: Ints
    age: Ints
    """Periods of depreciation before the first period; below zero for what is bought later."""
    sold: Ints
    """Period in which it is sold, or far away."""
    proceeds: Ints

    def accumulated(self, period: int) -> Ints:
        """Return the depreciation of each asset up to the end of a period; -1 is the opening."""
        months = np.clip(np.minimum(self.age + period + 1, self.life), 0, None)
        return np.where(self.life > 0, self.cost * months // np.maximum(self.life, 1), 0)

    @property
    def contra(self) -> Ints:
        """Account of the accumulated depreciation of each asset; the asset's own for land."""
        contra = np.arange(len(ACCOUNTS), dtype=np.int64)
        for code, other in _CONTRA.items():
            contra[account(code)] = account(other)
        return contra[self.account]


def register(world: World, plan: Plan, services: Services) -> Assets:
    """Return the assets: those of the start, then those bought."""
    draws, calendar = world.draws, world.calendar
    rows: list[tuple[int, str, int, int, int]] = []
    for number in range(len(ENTITIES)):
        sales = int(plan.net_sales[number, :12].sum())
        for code, points, count, youngest, oldest in _START:
            value = sales * points[0 if number in MAKERS else 1] // 10_000
            for nth in range(count if value else 0):
                age = youngest + (oldest - youngest) * nth // max(count - 1, 1)
                rows.append((number, code, age, value // count // 100 * 100, nth))
    owner = np.array([r[0] for r in rows], dtype=np.int64)
    kind = np.array([account(r[1]) for r in rows], dtype=np.int64)
    ages = np.array([r[2] for r in rows], dtype=np.int64)
    cost = np.array([r[3] for r in rows], dtype=np.int64)
    spread = 0.8 + 0.4 * draws.uniform("asset/cost", np.arange(len(cost), dtype=np.int64))
    cost = rounded(np.asarray(cost * spread / 100, dtype=np.float64)) * 100
    acquired = OPENING_DAY + 1 - divided(ages * 3044, 100)
    sold = np.full(len(cost), NEVER, dtype=np.int64)
    for number in MAKERS:
        old = np.flatnonzero((owner == number) & (kind == account("1230")))
        for year in range(calendar.years):
            sold[old[-1 - year % len(old)]] = year * 12 + 4 + number
    bills = services.invoices
    bought = np.flatnonzero(bills.kind == _ASSET)
    life = np.array([_LIFE.get(a, 0) for a in ACCOUNTS], dtype=np.int64)
    everyone = np.concatenate([owner, bills.entity[bought]])
    codes = np.concatenate([kind, bills.account[bought]])
    return Assets(
        entity=everyone,
        account=codes,
        department=np.where(
            np.isin(codes, [account("1210"), account("1220"), account("1230")]), department("10"), department("80")
        ),
        acquired=np.concatenate([acquired, bills.day[bought]]),
        cost=np.concatenate([cost, bills.net[bought]]),
        life=life[codes],
        age=np.concatenate([ages, -services.period[bought] - 1]),
        sold=np.concatenate([sold, np.full(len(bought), NEVER, dtype=np.int64)]),
        proceeds=divided(np.concatenate([cost, bills.net[bought]]) * 9, 100),
    )


def use(books: Books, assets: Assets) -> None:
    """Post depreciation and sales; fill asset. The opening balances belong in `record_to_report`."""
    calendar = books.world.calendar
    entity, period = (a.ravel() for a in np.indices((len(assets.entity), calendar.period_count)))
    owned = period < assets.sold[entity]
    accumulated = np.stack([assets.accumulated(p) for p in range(-1, calendar.period_count)], axis=1)
    amount = np.diff(accumulated, axis=1).ravel() * owned
    asset, when = entity[amount > 0], period[amount > 0]
    amount = amount[amount > 0]
    key = np.stack([assets.entity[asset], when, assets.department[asset], assets.contra[asset]])
    cells, group = np.unique(key, axis=1, return_inverse=True)
    total = np.zeros(cells.shape[1], dtype=np.int64)
    np.add.at(total, group.ravel(), amount)
    e, p, unit, contra = cells
    posted = calendar.period_ends[e, p]
    books.ledger.add(
        Event(
            name="depreciation",
            entity=e,
            posted=posted,
            entered=calendar.working_day(e, posted + 1, 1),
            journal=p * len(ENTITIES) + e + 1,
            amounts={"amount": same(total)},
            codes={"department": unit, "account": contra},
        )
    )
    _sell(books, assets, accumulated)
    disposed = np.where(assets.sold < calendar.period_count, assets.sold, 0)
    is_sold = assets.sold < calendar.period_count
    books.tables["asset"] = {
        "asset_id": 1_000 + np.arange(len(assets.entity), dtype=np.int64),
        "entity_id": entities(assets.entity),
        "account_code": Coded(assets.account, ACCOUNTS),
        "department_code": Coded(assets.department, DEPARTMENT_CODES),
        "acquired_on": assets.acquired,
        "cost_amount": assets.cost,
        "life_months": assets.life,
        "disposed_on": np.where(is_sold, _sale_day(books.world, assets.entity, disposed), NULL),
        "proceeds_amount": np.where(is_sold, assets.proceeds, NULL),
    }


def _sale_day(world: World, entity: Ints, period: Ints) -> Ints:
    return world.calendar.working_day(entity, world.calendar.period_starts[entity, period] + 9)


def _sell(books: Books, assets: Assets, accumulated: Ints) -> None:
    row = np.flatnonzero(assets.sold < books.world.calendar.period_count)
    entity, period = assets.entity[row], assets.sold[row]
    day = _sale_day(books.world, entity, period)
    written, cost, proceeds = accumulated[row, period], assets.cost[row], assets.proceeds[row]
    number = 1_000 + row
    books.ledger.add(
        Event(
            name="asset_sale",
            entity=entity,
            posted=day,
            journal=number,
            document_type="asset",
            document=number,
            amounts={
                "proceeds": same(proceeds),
                "accumulated": same(written),
                "cost": same(cost),
                "loss": same(cost - written - proceeds),
            },
            codes={"account": assets.account[row], "contra_account": assets.contra[row]},
        )
    )
    books.bank(entity, day, proceeds, "asset", number)
