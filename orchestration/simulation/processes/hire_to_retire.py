"""Hire to retire: positions and who fills them, pay, hours, headcount and sales quotas."""

from dataclasses import dataclass

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, TableData, currencies, entities, texts
from orchestration.simulation.books.documents import Books
from orchestration.simulation.books.ledger import DEPARTMENT_CODES, Event, account, currency_of, department, same
from orchestration.simulation.processes.planning import Plan
from orchestration.simulation.setting.calendars import FIRST_YEAR, OPENING_DAY
from orchestration.simulation.setting.company import DEDUCTION_PERCENT, EMPLOYER_PERCENT, ENTITIES, PARENT, STAFF
from orchestration.simulation.setting.randomness import Bools, Floats, Ints, divided, rounded
from orchestration.simulation.setting.world import World

_GENERATIONS = 3
_LEAVERS_PER_YEAR = 0.09
_GROWTH_PER_YEAR = 0.03
_RAISE = 0.03
_PRODUCTION, _FINANCE = "10", "80"
_HR_PLACE = 2
_SMALL = 3
"""Departments of fewer than this have no head; those of fewer than twice this no HR manager."""
_SHIFT = 12
"""Production staff that a shift supervisor is there for."""
_TOP, _HEAD, _SUPERVISOR, _STAFF_LEVEL = 1, 2, 3, 3
_PAY_OF_LEADERS = {"Managing director": 2.0, "Shift supervisor": 1.2}
_PAY_OF_HEADS = 1.3
_PAY_OF_OTHERS = 0.94
_TITLES = {
    "10": (
        "Plant manager",
        ("Machine operator", "Machine operator", "Assembler", "Maintenance technician", "Assembler"),
    ),
    "20": ("Logistics manager", ("Warehouse clerk", "Forklift driver", "Shipping clerk")),
    "30": ("Head of purchasing", ("Buyer",)),
    "40": ("Head of sales", ("Sales representative", "Key account manager", "Sales representative")),
    "50": ("Head of marketing", ("Marketing specialist", "Product manager")),
    "60": ("Head of customer service", ("Service agent", "Service technician")),
    "70": ("Head of engineering", ("Design engineer", "Test engineer")),
    "80": ("Head of finance", ("Accountant", "Controller", "Payroll clerk", "IT administrator")),
}
"""The head's title, and those of the others in turn."""


@dataclass(frozen=True)
class Role:
    """What a position is called, its level below the chief executive, and its pay by that of the department."""

    title: str
    level: int
    pay: float


def role(entity: int, code: str, place: int, size: int) -> Role:
    """Return the role of a position: the first ones of a department lead it, or the entity."""
    head, others = _TITLES[code]
    if code == _FINANCE:
        if place == 0:
            level = 0 if entity == PARENT else _TOP
            return Role("Managing director", level, _PAY_OF_LEADERS["Managing director"])
        if place == _HR_PLACE and size >= 2 * _SMALL:
            return Role("HR manager", _HEAD, _PAY_OF_HEADS)
        place -= 1
    if place == 0 and size >= _SMALL:
        return Role(head, _HEAD, _PAY_OF_HEADS)
    if code == _PRODUCTION and place % _SHIFT == 1 and size >= _SHIFT:
        return Role("Shift supervisor", _SUPERVISOR, _PAY_OF_LEADERS["Shift supervisor"])
    return Role(others[place % len(others)], _STAFF_LEVEL, _PAY_OF_OTHERS)


@dataclass(frozen=True)
class Staff:
    """Employees, by position and generation; days may lie long before the first day. `left` is NULL while employed."""

    world: World
    entity: Ints
    department: Ints
    position: Ints
    generation: Ints
    hired: Ints
    left: Ints
    share: Ints
    """Share of full time, in hundredths."""
    roles: list[Role]
    yearly_pay: Ints
    """At full time in the first year, cents of the entity's currency."""

    @property
    def last_day(self) -> Ints:
        """Last day of each employee, far away while employed."""
        return np.where(self.left == NULL, 10**6, self.left)

    def employed(self, day: Ints) -> Bools:
        """Whether each employee is employed on its entity's day (by entity)."""
        on = day[self.entity]
        return (self.hired <= on) & (self.last_day >= on)

    def headcount(self, day: Ints) -> Ints:
        """Employees by entity and department on a day of each entity."""
        count = np.zeros((len(ENTITIES), len(DEPARTMENT_CODES)), dtype=np.int64)
        there = self.employed(day)
        np.add.at(count, (self.entity[there], self.department[there]), 1)
        return count

    def sales_person(self, entity: Ints, day: Ints, customer: Ints) -> Ints:
        """Return the employee who looks after each customer on a day: a colleague where the position is vacant.

        Where nobody is employed at all, who had the position last.
        """
        rows = np.flatnonzero(
            (self.department == department("40")) & (self.hired <= OPENING_DAY) & (self.generation == 0)
        )
        result = np.zeros(len(entity), dtype=np.int64)
        holder = np.full((int(self.position.max()) + 1, _GENERATIONS), -1, dtype=np.int64)
        holder[self.position, self.generation] = np.arange(len(self.entity), dtype=np.int64)
        for number in range(len(ENTITIES)):
            positions = self.position[rows[self.entity[rows] == number]]
            open_ones = np.flatnonzero(entity == number)
            for step in range(len(positions) + 1):
                chain = holder[positions[(customer[open_ones] + step) % len(positions)]]
                started = (chain >= 0) & (self.hired[np.maximum(chain, 0)] <= day[open_ones, None])
                newest = np.maximum(started.sum(axis=1) - 1, 0)
                person = chain[np.arange(len(open_ones)), newest]
                there = (self.hired[person] <= day[open_ones]) & (self.last_day[person] >= day[open_ones])
                if step == 0:
                    result[open_ones] = person + 1
                result[open_ones[there]] = person[there] + 1
                open_ones = open_ones[~there]
                if not len(open_ones):
                    break
        return result


def employ(world: World) -> Staff:
    """Draw the staff of all entities."""
    entity, unit, base, first, roles = _positions(world)
    number = np.arange(len(entity), dtype=np.int64)
    draws = world.draws
    parts: list[tuple[Ints, int, Ints, Ints]] = []
    hired, alive = first, np.ones(len(entity), dtype=bool)
    for generation in range(_GENERATIONS):
        start = np.maximum(hired, OPENING_DAY)
        stay = rounded(draws.uniform("staff/leaves", number, generation) / _LEAVERS_PER_YEAR * 365)
        left = start + 20 + stay
        here = alive & (hired <= world.calendar.last_days[entity])
        gone = left <= world.calendar.last_days[entity]
        parts.append((number[here], generation, hired[here], np.where(gone, left, NULL)[here]))
        alive = here & gone
        hired = left + draws.integers("staff/vacant", 15, 60, number, generation)
    position = np.concatenate([p[0] for p in parts])
    generation_of = np.concatenate([np.full(len(p[0]), p[1], dtype=np.int64) for p in parts])
    hired, left = np.concatenate([p[2] for p in parts]), np.concatenate([p[3] for p in parts])
    level = 0.75 + 0.7 * draws.uniform("staff/level", position) ** 2
    leads = np.array([r.level <= _HEAD for r in roles])
    pay_of_role = np.array([r.pay for r in roles])[position]
    pay = base[position] * pay_of_role * level * np.array([e.pay_factor for e in ENTITIES])[entity[position]]
    share = np.array([100, 100, 100, 100, 100, 100, 100, 80, 60, 50])[draws.integers("staff/share", 0, 9, position)]
    return Staff(
        world=world,
        entity=entity[position],
        department=unit[position],
        position=position,
        generation=generation_of,
        hired=hired,
        left=left,
        share=np.where(leads[position], 100, share),
        roles=[roles[number] for number in position],
        yearly_pay=rounded(pay) * 100,
    )


def _positions(world: World) -> tuple[Ints, Ints, Floats, Ints, list[Role]]:
    """Return entity, department, pay, first hiring day and role of each position."""
    roles: list[Role] = []
    entity, unit, pay, place, size = [], [], [], [], []
    years = world.calendar.years + 0.3
    for code, counts, base in STAFF:
        for number, count in enumerate(counts):
            now = max(1, round(count * world.scale)) if count else 0
            all_of_them = now + int(now * _GROWTH_PER_YEAR * years)
            entity += [number] * all_of_them
            unit += [department(code)] * all_of_them
            pay += [base] * all_of_them
            place += list(range(all_of_them))
            size += [now] * all_of_them
            roles += [role(number, code, n, now) for n in range(all_of_them)]
    where, first_size = np.array(place, dtype=np.int64), np.array(size, dtype=np.int64)
    position = np.arange(len(where), dtype=np.int64)
    long_ago = OPENING_DAY - world.draws.integers("staff/tenure", 60, 5500, position)
    grown = OPENING_DAY + rounded((where - first_size + 1) / first_size / _GROWTH_PER_YEAR * 365)
    hired = np.where(where < first_size, long_ago, grown)
    entity_of, unit_of = np.array(entity, dtype=np.int64), np.array(unit, dtype=np.int64)
    return entity_of, unit_of, np.array(pay, dtype=np.float64), hired, roles


def pay_staff(books: Books, staff: Staff) -> None:
    """Post pay, its payment and its taxes; fill employee, payroll_line and time_entry."""
    world, calendar = books.world, books.world.calendar
    start, end = calendar.period_starts[staff.entity], calendar.period_ends[staff.entity]
    first = np.maximum(staff.hired[:, None], start)
    last = np.minimum(staff.last_day[:, None], end)
    days = np.maximum(last - first + 1, 0)
    employee, period = np.nonzero(days)
    days, whole = days[employee, period], (end - start + 1)[employee, period]
    year = (period + 9) // 12
    monthly = staff.yearly_pay[employee] * staff.share[employee] / 1200 * (1 + _RAISE * year)
    gross = rounded(monthly * days / whole)
    withheld, employer = divided(gross * DEDUCTION_PERCENT, 100), divided(gross * EMPLOYER_PERCENT, 100)
    entity, unit = staff.entity[employee], staff.department[employee]
    payday = pay_days(world)[entity, period]
    books.tables["employee"] = _employee_table(world, staff)
    books.tables["payroll_line"] = {
        "employee_id": employee + 1,
        "entity_id": entities(entity),
        "department_code": Coded(unit, DEPARTMENT_CODES),
        "period_id": Coded(period, calendar.period_ids),
        "currency_code": currencies(currency_of(entity)),
        "gross_amount": gross,
        "deduction_amount": withheld,
        "net_amount": gross - withheld,
        "employer_amount": employer,
        "entered_on": payday,
    }
    _hours(books, staff, employee, period, days, whole)
    _post_pay(books, entity, period, unit, gross, withheld, employer)


def pay_days(world: World) -> Ints:
    """Day of the payroll, by entity and period: the fourth working day from the end."""
    entity = np.arange(len(ENTITIES), dtype=np.int64)[:, None]
    return world.calendar.working_day(entity, world.calendar.period_ends + 1, -4)


def _post_pay(
    books: Books, entity: Ints, period: Ints, unit: Ints, gross: Ints, withheld: Ints, employer: Ints
) -> None:
    calendar = books.world.calendar
    shape = (len(ENTITIES), calendar.period_count, len(DEPARTMENT_CODES))
    sums = np.zeros((3, *shape), dtype=np.int64)
    for total, amount in zip(sums, (gross, withheld, employer), strict=True):
        np.add.at(total, (entity, period, unit), amount)
    e, p, d = np.nonzero(sums[0])
    total_gross, total_withheld, total_employer = sums[:, e, p, d]
    payday, number = pay_days(books.world)[e, p], p * len(ENTITIES) + e + 1
    is_production = d == department(_PRODUCTION)
    books.ledger.add(
        Event(
            name="payroll",
            entity=e,
            posted=payday,
            journal=number,
            document_type="payroll_line",
            document=number,
            amounts={
                "gross": same(total_gross),
                "employer": same(total_employer),
                "net": same(total_gross - total_withheld),
                "withheld": same(total_withheld + total_employer),
            },
            codes={
                "account": np.where(is_production, account("5310"), account("6010")),
                "contribution_account": np.where(is_production, account("5320"), account("6020")),
                "department": d,
            },
        )
    )
    e, p = (a.ravel() for a in np.indices(shape[:2]))
    payday, number = pay_days(books.world)[e, p], p * len(ENTITIES) + e + 1
    net = (sums[0] - sums[1]).sum(axis=2)[e, p]
    _pay_out(books, "payroll_payment", e, payday, number, net)
    due = calendar.working_day(e, calendar.period_ends[e, p] + 10)
    kept = due <= calendar.last_days[e]
    owed = (sums[1] + sums[2]).sum(axis=2)[e, p]
    _pay_out(books, "payroll_tax_payment", e[kept], due[kept], number[kept], owed[kept])


def _pay_out(books: Books, name: str, entity: Ints, day: Ints, number: Ints, amount: Ints) -> None:
    books.ledger.add(
        Event(name=name, entity=entity, posted=day, journal=number, document=number, amounts={"amount": same(amount)})
    )
    books.bank(entity, day, -amount, "manual", number)


def _employee_table(world: World, staff: Staff) -> TableData:
    count = len(staff.entity)
    level = np.array([held.level for held in staff.roles], dtype=np.int64)
    return {
        "employee_id": np.arange(1, count + 1, dtype=np.int64),
        "entity_id": entities(staff.entity),
        "department_code": Coded(staff.department, DEPARTMENT_CODES),
        "job_title": texts([held.title for held in staff.roles]),
        "organisation_level": level,
        "hired_on": staff.hired,
        "left_on": staff.left,
        "is_salaried": (staff.department != department(_PRODUCTION)) | (level <= _HEAD),
        "full_time_share": staff.share,
        "is_current": staff.employed(world.calendar.last_days),
    }


def _hours(books: Books, staff: Staff, employee: Ints, period: Ints, days: Ints, whole: Ints) -> None:
    """Hours in hundredths: 38 a week by contract, a little overtime, a little sickness."""
    draws, entity = books.world.draws, staff.entity[employee]
    contract = divided(days * 3800 * staff.share[employee], 700)
    over, off = draws.uniform("hours/over", employee, period), draws.uniform("hours/off", employee, period)
    overtime = rounded(contract * 0.09 * over * over / 25) * 25
    absence = np.minimum(rounded(contract * 0.16 * off * off * off / 25) * 25, contract)
    del whole
    books.tables["time_entry"] = {
        "employee_id": employee + 1,
        "entity_id": entities(entity),
        "period_id": Coded(period, books.world.calendar.period_ids),
        "contract_hours": contract,
        "worked_hours": contract - absence + overtime,
        "overtime_hours": overtime,
        "absence_hours": absence,
        "entered_on": books.world.calendar.period_ends[entity, period],
    }


def count_heads(books: Books, staff: Staff, units_sold: Ints) -> Ints:
    """Fill statistical_balance; `units_sold` is by entity and period. Returns the headcount by entity and period.

    The first column of the headcount is that of the opening day, which period 00 has.
    """
    calendar = books.world.calendar
    heads = [staff.headcount(np.full(len(ENTITIES), OPENING_DAY))]
    heads += [staff.headcount(calendar.period_ends[:, period]) for period in range(calendar.period_count)]
    by_unit = np.stack(heads, axis=1)
    e, p, d = np.nonzero(by_unit)
    whole_e, whole_p = (a.ravel() for a in np.indices(units_sold.shape))
    feet = np.array([entity.square_feet for entity in ENTITIES])[whole_e]
    none = np.zeros(len(whole_e), dtype=np.int64)
    entity = np.concatenate([e, whole_e, whole_e])
    period = np.concatenate([p, whole_p + 1, whole_p + 1])
    unit = np.concatenate([d, none, none])
    code = np.concatenate([np.full(len(e), n, dtype=np.int64) for n, e in enumerate((e, whole_e, whole_e))])
    quantity = np.concatenate([by_unit[e, p, d], units_sold[whole_e, whole_p], feet])
    books.tables["statistical_balance"] = {
        "entity_id": entities(entity),
        "period_id": Coded(period, [f"{FIRST_YEAR}-00", *calendar.period_ids]),
        "account_code": Coded(code, ["9510", "9520", "9540"]),
        "department_code": Coded(unit, DEPARTMENT_CODES),
        "quantity": quantity * 100,
        "entered_on": np.where(period > 0, calendar.period_ends[entity, period - 1], OPENING_DAY),
    }
    return np.asarray(by_unit.sum(axis=2))


def set_quotas(books: Books, staff: Staff, plan: Plan, reseller_share: Floats) -> Ints:
    """Fill sales_quota; returns the targets in EUR cents by period (in the first of each quarter)."""
    world, calendar = books.world, books.world.calendar
    quotas = np.zeros(calendar.period_count, dtype=np.int64)
    rows: list[tuple[int, int, int, int]] = []
    for number in range(len(ENTITIES)):
        for first in range(0, calendar.period_count, 3):
            day = int(calendar.period_starts[number, first])
            on = np.full(len(ENTITIES), day)
            people = np.flatnonzero(
                staff.employed(on) & (staff.entity == number) & (staff.department == department("40"))
            )
            planned = plan.net_sales[number, first : first + 3].sum() * reseller_share[number]
            rate = world.rates.plan[ENTITIES[number].currency, first // 12]
            each = round(planned * rate / 10**8 * 1.03 / max(len(people), 1) / 10_000) * 10_000
            rows += [(int(person) + 1, number, day, each) for person in people]
            quotas[first] += each * len(people)
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    books.tables["sales_quota"] = {
        "sales_person_id": table[:, 0],
        "entity_id": entities(table[:, 1]),
        "quarter_starts_on": table[:, 2],
        "quota_amount": table[:, 3],
    }
    return quotas
