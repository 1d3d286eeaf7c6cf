"""The simulated company agrees with itself, whatever its seed: ledger, sub-ledgers, stock, bank, affiliates, budgets."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.simulation.books.columns import NULL, Coded
from orchestration.simulation.books.contract import chart_of_accounts, posting_rules
from orchestration.simulation.books.documents import CONTROL_ACCOUNTS
from orchestration.simulation.books.ledger import ACCOUNTS, Event, Ledger, department, same
from orchestration.simulation.books.period_entries import regular
from orchestration.simulation.processes.company_run import Company
from orchestration.simulation.processes.master_documents import customers
from orchestration.simulation.setting.calendars import NEVER, OPENING_DAY
from orchestration.simulation.setting.company import ENTITIES, EXPORT_TERRITORY, TERRITORIES
from orchestration.simulation.setting.world import World
from orchestration.simulation.simulate import Options, make_company, world_of
from orchestration.simulation.truth.bridges import bridges
from tests.simulated_company import Ints, journal_lines, small_company, sums

ENTITY_NUMBER = {entity.code: number for number, entity in enumerate(ENTITIES)}
SEEDS, YEARS, SCALES = st.integers(0, 10**6), st.sampled_from([1, 2, 3]), st.sampled_from([0.02, 0.06, 0.15])


def over_many_companies(test: Callable[[Company], None]) -> Callable[[], None]:
    """Run a test on many seeds and sizes."""

    @settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(SEEDS, YEARS, SCALES)
    def on_a_company(seed: int, years: int, scale: float) -> None:
        test(small_company(seed, years, scale))

    on_a_company.__name__ = test.__name__
    on_a_company.__doc__ = test.__doc__
    return on_a_company


def daily(company: Company, entity: Ints, day: Ints, amount: Ints) -> Ints:
    """Balances by entity and day."""
    total = np.zeros((len(ENTITIES), company.world.calendar.day_count), dtype=np.int64)
    np.add.at(total, (entity, day), amount)
    return total.cumsum(axis=1)


def data_days(company: Company, entity: int) -> slice:
    return slice(OPENING_DAY, int(company.world.calendar.last_days[entity]) + 1)


@over_many_companies
def test_every_journal_balances_in_each_currency(company: Company) -> None:
    lines = journal_lines(company)
    for amount in ("amount", "transaction_amount"):
        balances = sums(lines[amount], lines["journal_id"], lines["entity_id"], lines["currency_code"])
        assert {key: value for key, value in balances.items() if value} == {}


@over_many_companies
def test_every_subledger_equals_its_control_account_at_the_end_of_every_day(company: Company) -> None:
    lines = journal_lines(company)
    for place, code in enumerate(CONTROL_ACCOUNTS):
        mine = lines.of("account_code", code)
        ledger = daily(company, lines["entity_id"][mine], lines["posted_on"][mine], lines["amount"][mine])
        documents = company.books.subledgers[place].cumsum(axis=1)
        for entity in range(len(ENTITIES)):
            days = data_days(company, entity)
            assert (ledger[entity, days] == documents[entity, days]).all(), (code, ENTITIES[entity].code)


@over_many_companies
def test_stock_is_the_sum_of_its_movements_and_never_below_zero(company: Company) -> None:
    moves, balances = company.books.tables["stock_movement"], company.books.tables["stock_balance"]
    site, product = moves["site_id"], moves["product_id"]
    assert isinstance(site, Coded)
    assert isinstance(product, Coded)
    shape = (len(ENTITIES), company.world.master.product_count, company.world.calendar.day_count)
    units, value = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    at = (site.places, product.places, np.asarray(moves["moved_on"]))
    np.add.at(units, at, np.asarray(moves["quantity"]))
    np.add.at(value, at, np.asarray(moves["amount"]))
    units, value = units.cumsum(axis=2), value.cumsum(axis=2)
    site, product = balances["site_id"], balances["product_id"]
    assert isinstance(site, Coded)
    assert isinstance(product, Coded)
    at = (site.places, product.places, np.asarray(balances["balance_on"]))
    assert (units[at] == balances["balance_qty"]).all()
    assert (value[at] == balances["stock_amount"]).all()
    assert (np.asarray(balances["balance_qty"]) >= 0).all()


@over_many_companies
def test_what_was_shipped_and_not_invoiced_is_the_accrual(company: Company) -> None:
    """From the tables alone: shipments without an invoice yet, at what they were booked at when they left."""
    lines, shipped, invoices = journal_lines(company), company.shipped, company.invoices
    invoiced = np.full(int(shipped.shipment.max()) + 1, 10**6, dtype=np.int64)
    real = ~invoices.is_credit
    invoiced[invoices.shipment[real]] = invoices.day[real]
    accrual = lines.of("account_code", "1130")
    for entity in range(len(ENTITIES)):
        last = int(company.world.calendar.last_days[entity])
        open_then = (shipped.entity == entity) & (shipped.day <= last) & (invoiced[shipped.shipment] > last)
        booked = lines["amount"][accrual & (lines["entity_id"] == entity) & (lines["posted_on"] <= last)].sum()
        assert booked == shipped.net_own[open_then].sum()


@over_many_companies
def test_the_cash_account_is_what_the_bank_states_every_day(company: Company) -> None:
    lines, bank = journal_lines(company), company.books.tables["bank_transaction"]
    cash = lines.of("account_code", "1110")
    ledger = daily(company, lines["entity_id"][cash], lines["posted_on"][cash], lines["amount"][cash])
    entity = bank["entity_id"]
    assert isinstance(entity, Coded)
    stated = daily(company, entity.places, np.asarray(bank["booked_on"]), np.asarray(bank["amount"]))
    for number in range(len(ENTITIES)):
        assert (ledger[number, data_days(company, number)] == stated[number, data_days(company, number)]).all()


@over_many_companies
def test_intercompany_balances_net_to_zero_in_the_sellers_currency_every_day(company: Company) -> None:
    lines = journal_lines(company)
    after = lines["posted_on"] > OPENING_DAY
    due, owed = lines.of("account_code", "1190") & after, lines.of("account_code", "2150") & after
    assert due.any() == owed.any()
    ends = company.world.calendar.last_days.min()
    for currency in range(3):
        series = []
        for chosen in (due, owed):
            mine = chosen & (lines["currency_code"] == currency)
            total = np.zeros(company.world.calendar.day_count, dtype=np.int64)
            np.add.at(total, lines["posted_on"][mine], lines["transaction_amount"][mine])
            series.append(total.cumsum()[: ends + 1])
        assert (series[0] == -series[1]).all()


@over_many_companies
def test_intercompany_sales_are_in_the_same_period_at_the_buyer(company: Company) -> None:
    lines = journal_lines(company)
    sold = lines.of("account_code", "4020") & lines.of("journal_type", "intercompany_sale")
    bought = lines.of("account_code", "2150") & lines.of("journal_type", "intercompany_purchase")
    by_seller = sums(lines["transaction_amount"][sold], lines["period_id"][sold], lines["currency_code"][sold])
    by_buyer = sums(lines["transaction_amount"][bought], lines["period_id"][bought], lines["currency_code"][bought])
    assert by_seller == by_buyer != {}


@over_many_companies
def test_affiliates_order_and_ship_on_working_days_outside_their_period_ends(company: Company) -> None:
    calendar, transfers = company.world.calendar, company.transfers
    assert calendar.is_working[:-1, transfers.ordered].all()
    assert calendar.is_working[:-1, transfers.release].all()
    crosses = (transfers.seller == 1) | (transfers.buyer == 1)
    for first, last in zip(calendar.period_ends.min(axis=0), calendar.period_ends.max(axis=0), strict=True):
        assert not (crosses & (transfers.release > first) & (transfers.release <= last)).any()


@pytest.mark.parametrize("seed", [1, 2])
def test_what_affiliates_would_ship_between_their_period_ends_leaves_before_and_not_after(seed: int) -> None:
    """So it arrives in the week that it was ordered for, but for a holiday now and then."""
    company = small_company(seed, years=3, scale=0.1)
    calendar, transfers = company.world.calendar, company.transfers
    arrival = calendar.working_day(transfers.buyer, transfers.release, transfers.transit)
    crosses = (transfers.seller == 1) | (transfers.buyer == 1)
    crosses &= transfers.release <= calendar.last_days.min()
    assert (arrival >= (transfers.week + 1) * 7)[crosses].mean() < 0.02


@over_many_companies
def test_the_year_end_close_leaves_nothing_on_accounts_of_profit_and_loss(company: Company) -> None:
    lines, chart = journal_lines(company), chart_of_accounts()
    result = np.array([chart[code].is_profit_and_loss for code in ACCOUNTS])[lines["account_code"]]
    left = sums(lines["amount"][result], lines["entity_id"][result], lines["account_code"][result])
    assert {key: value for key, value in left.items() if value} == {}


@over_many_companies
def test_a_line_is_posted_in_its_period_and_entered_no_earlier(company: Company) -> None:
    lines, calendar = journal_lines(company), company.world.calendar
    year, place = lines["period_id"] // 15, lines["period_id"] % 15
    regular = (place >= 1) & (place <= 12)
    period, entity = (year * 12 + place - 1)[regular], lines["entity_id"][regular]
    posted = lines["posted_on"][regular]
    assert (posted >= calendar.period_starts[entity, period]).all()
    assert (posted <= calendar.period_ends[entity, period]).all()
    assert (lines["entered_on"] >= lines["posted_on"]).all()


@over_many_companies
def test_everything_in_profit_and_loss_is_budgeted_every_period(company: Company) -> None:
    """Also with 0: the mart shows a subtotal of the budget only where every line below it has one."""
    budget = company.books.tables["budget"]
    period, account = budget["period_id"], budget["account_code"]
    assert isinstance(period, Coded)
    assert isinstance(account, Coded)
    chart = chart_of_accounts()
    leaves = {a.line_code for a in chart.values() if a.is_posting and a.code[0] in "4567"}
    for number in range(company.world.calendar.period_count):
        codes = {account.texts[place] for place in account.places[period.places == number]}
        assert {chart[code].line_code for code in codes} == leaves


def test_a_budget_knows_the_year_before_and_nothing_of_its_own_year() -> None:
    """Discounts and intercompany sales are budgeted at what the closed periods of the year before had, and growth."""
    company = small_company(7, 3, 0.3)
    budget, calendar = company.books.tables["budget"], company.world.calendar
    names = ("budget_version", "entity_id", "period_id", "account_code")
    version, entity, period, account = (budget[name] for name in names)
    assert isinstance(version, Coded)
    assert isinstance(entity, Coded)
    assert isinstance(period, Coded)
    assert isinstance(account, Coded)
    posted = regular(company.world, company.books.ledger.totals.sum(axis=3) - company.books.ledger.late)
    amount = np.asarray(budget["amount"])
    for code in ("4010", "4020", "4120", "5010", "6010"):
        place = ACCOUNTS.index(code)
        for number in range(4 if code != "4020" else 2):
            for year in range(1, calendar.years):
                rows = (version.places == 0) & (entity.places == number) & (account.places == place)
                ten = (period.places >= year * 12) & (period.places < year * 12 + 10)
                before = posted[number, year * 12 - 12 : year * 12 - 2, place].sum()
                assert 1.0 < amount[rows & ten].sum() / before < 1.12, (code, number, year)
    issued = np.asarray(budget["issued_on"])
    first = calendar.period_starts[entity.places, period.places // 12 * 12]
    assert (issued[version.places == 0] < first[version.places == 0]).all()


def test_what_happens_after_a_budget_was_issued_does_not_change_it() -> None:
    """The shock of demand starts in 2024: it is in the budget of 2025 only."""
    options = Options(years=3, scale=0.05, seed=7)
    first_day = world_of(options).life.demand_shock.first_day
    tables = [
        make_company(replace(options, without=names))[0].books.tables["budget"] for names in ((), ("demand-shock",))
    ]
    amounts = []
    for table in tables:
        period = table["period_id"]
        assert isinstance(period, Coded)
        known = np.asarray(table["issued_on"]) < first_day
        assert set(period.places[known] // 12) == {0, 1}
        amounts.append((np.asarray(table["amount"])[known], np.asarray(table["amount"])[~known]))
    assert np.array_equal(amounts[0][0], amounts[1][0])
    assert not np.array_equal(amounts[0][1], amounts[1][1])


@over_many_companies
def test_budgets_add_up(company: Company) -> None:
    """Every version plans every period of every year, in whole hundreds, and its accounts make the planned tax."""
    budget = company.books.tables["budget"]
    parts = [budget[name] for name in ("budget_version", "entity_id", "period_id", "account_code")]
    version, entity, period, code = (part.places for part in parts if isinstance(part, Coded))
    amount = np.asarray(budget["amount"])
    assert (amount % 10_000 == 0).all()
    assert (
        len(np.unique(version * 1000 + entity * 100 + period))
        == 2 * len(ENTITIES) * company.world.calendar.period_count
    )
    for number in range(len(ENTITIES)):
        original = (version == 0) & (entity == number)
        for when in range(company.world.calendar.period_count):
            mine = original & (period == when)
            tax = amount[mine & (code == ACCOUNTS.index("7900"))].sum()
            profit = -amount[mine & (code != ACCOUNTS.index("7900"))].sum()
            assert abs(tax - max(profit, 0) * 26 / 100) <= 5_000
    first_quarter = period % 12 < 3
    same_then = sums(amount[first_quarter], version[first_quarter], entity[first_quarter], code[first_quarter])
    for (said, who, what), total in same_then.items():
        assert said == 1 or same_then[1, who, what] == total


def test_a_rule_that_posts_one_side_twice_is_found() -> None:
    """The first property fails where a rule is broken: a journal of one side does not balance."""
    world = World(1, 1, 0.05)
    ledger = Ledger(world)
    one = np.array([0])
    day = np.array([OPENING_DAY + 5])
    ledger.add(Event("accrual", one, day, one, {"amount": same(np.array([100]))},
                     codes={"account": one, "department": one}))  # fmt: skip
    broken = Event("accrual", one, day, one + 1, {"amount": same(np.array([100]))},
                   codes={"account": one, "department": one})  # fmt: skip
    broken.__dict__["rules"] = broken.rules[:1]
    ledger.add(broken)
    table = ledger.lines(0, 10**6, [], [])
    balances = sums(np.asarray(table["amount"]), np.asarray(table["journal_id"]))
    assert sorted(balances.values()) == [0, 100]


def test_what_is_posted_after_the_last_day_is_refused() -> None:
    ledger = Ledger(World(1, 1, 0.05))
    late = np.array([10**5])
    with pytest.raises(ValueError, match="after the last day"):
        ledger.add(Event("accrual", late * 0, late, late, {"amount": same(late)}))


def test_posting_rules_name_posting_accounts_and_amounts_that_balance_by_name() -> None:
    chart = chart_of_accounts()
    for rule in posting_rules():
        assert rule.account_code.startswith("$") or chart[rule.account_code].is_posting
        if not rule.account_code.startswith("$"):
            assert (rule.department_code == "00") == (rule.account_code[0] in "12")
    numbers = {(rule.event, rule.event_number) for rule in posting_rules()}
    assert len({number for _, number in numbers}) == len({event for event, _ in numbers}) == len(numbers)


@over_many_companies
def test_no_more_leaves_than_was_ordered_and_nothing_after_a_line_was_closed(company: Company) -> None:
    orders, shipped, left = company.orders, company.shipped, company.fulfilment
    sent = np.zeros(len(orders.product), dtype=np.int64)
    np.add.at(sent, shipped.line, shipped.quantity)
    assert (sent <= orders.quantity).all()
    closed = left.closed_day < NEVER
    assert (sent[closed] < orders.quantity[closed]).all()
    assert (shipped.day < left.closed_day[shipped.line]).all()
    assert not (closed & ~orders.is_live).any()


@over_many_companies
def test_customers_are_in_a_territory_of_their_entity_and_those_abroad_in_its_export(company: Company) -> None:
    """Before a change and after it; documents say the territory of their day."""
    master, last = company.world.master, int(company.world.calendar.last_days.max())
    entity_of = {number: entity for number, _, _, _, entity in TERRITORIES}
    at_home = np.array([ENTITIES[e].currency for e in master.customer_entity]) == master.customer_currency
    for day in (0, last // 2, last):
        territories = np.asarray(customers(company.world, day)["territory_id"])
        assert [entity_of[int(number)] for number in territories] == list(master.customer_entity)
        assert (np.isin(territories, EXPORT_TERRITORY) == ~at_home).all()


def test_who_sells_is_employed_on_the_day() -> None:
    """Unless the entity has no sales person at all then."""
    company = small_company(7, 3, 0.3)
    orders, staff = company.books.tables["sales_order"], company.staff
    entity, seller = orders["entity_id"], np.asarray(orders["sales_person_id"])
    assert isinstance(entity, Coded)
    day = np.asarray(orders["ordered_on"])
    person = np.where(seller == NULL, 0, seller - 1)
    gone = (seller != NULL) & ~((staff.hired[person] <= day) & (staff.last_day[person] >= day))
    known = (staff.department == department("40")) & np.isin(staff.position, staff.position[staff.hired <= OPENING_DAY])
    for row in np.flatnonzero(gone):
        there = known & (staff.entity == ENTITY_NUMBER[entity.texts[entity.places[row]]])
        assert not (there & (staff.hired <= day[row]) & (staff.last_day >= day[row])).any()


@over_many_companies
def test_nothing_is_ordered_before_its_launch_after_its_end_or_by_a_customer_that_was_lost(company: Company) -> None:
    """Nor made, nor bought, before its launch."""
    orders, master = company.orders, company.world.master
    first, last = master.sale_days
    day = orders.ordered[orders.line_order]
    assert (day >= first[orders.product]).all()
    assert (day <= last[orders.product]).all()
    assert (orders.ordered <= master.customer_last_day[orders.customer]).all()
    assert (company.work.planned >= first[company.work.product] - 50).all()


def test_products_come_and_go_customers_are_lost_and_limits_change() -> None:
    company = small_company(7, 3, 1.0)
    master, end = company.world.master, int(company.world.calendar.last_days.min())
    first, last = master.sale_days
    assert ((first > OPENING_DAY) & (first < end)).sum() >= 1
    assert ((last > OPENING_DAY) & (last < end)).sum() >= 2
    assert 3 <= (master.customer_last_day < end).sum() <= 20
    found = list(bridges(company))
    assert any(bridge.new > 0 for bridge in found)
    assert any(bridge.lost < 0 for bridge in found)
    change = company.books.tables["customer_change"]
    field = change["field_name"]
    assert isinstance(field, Coded)
    counts = {name: int((field.places == place).sum()) for place, name in enumerate(field.texts)}
    assert min(counts.values()) >= 10


@over_many_companies
def test_the_log_of_changes_leads_from_what_customers_were_to_what_they_are(company: Company) -> None:
    """Every field's last new value is what the customer has at the end, and its first old one what it had at first."""
    change, end = company.books.tables["customer_change"], int(company.world.calendar.last_days.max())
    before, after = customers(company.world, 0), customers(company.world, end)
    who, field, old, new = (change[name] for name in ("customer_id", "field_name", "old_value", "new_value"))
    assert isinstance(who, Coded)
    assert isinstance(field, Coded)
    assert isinstance(old, Coded)
    assert isinstance(new, Coded)
    for row in range(len(who)):
        name = field.texts[field.places[row]]
        unit = 100 if name == "credit_limit_amount" else 1
        place = who.places[row]
        assert float(old.texts[old.places[row]]) * unit == np.asarray(before[name])[place]
        assert float(new.texts[new.places[row]]) * unit == np.asarray(after[name])[place]
    assert all((np.asarray(after[name]) != np.asarray(before[name])).sum() == (field.places == place).sum()
               for place, name in enumerate(field.texts))  # fmt: skip
