"""Customer service: tickets with their answers and ratings, and the group's call centre."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from orchestration.simulation.books.columns import NULL, Coded, entities
from orchestration.simulation.books.documents import Books
from orchestration.simulation.processes.demand import Orders
from orchestration.simulation.processes.order_to_cash import Shipped
from orchestration.simulation.setting.calendars import OPENING_DAY, ORIGIN
from orchestration.simulation.setting.company import ENTITIES
from orchestration.simulation.setting.randomness import Ints, rounded

_DAY = 86_400
_EPOCH = int(datetime(ORIGIN.year, ORIGIN.month, ORIGIN.day, tzinfo=UTC).timestamp())
_CATEGORIES = ("delivery", "quality", "invoice", "question")
_PRIORITIES = ("low", "normal", "high")
SHIFTS = ("morning", "afternoon", "evening")


@dataclass(frozen=True)
class Tickets:
    """Tickets that were opened by the end of the data; times in seconds since 1970, NULL if not yet."""

    entity: Ints
    opened: Ints
    answered: Ints
    resolved: Ints
    satisfaction: Ints
    recommendation: Ints
    entered: Ints


@dataclass(frozen=True)
class Calls:
    """The call centre by day and shift."""

    day: Ints
    shift: Ints
    calls: Ints
    abandoned: Ints
    automatic: Ints
    issues: Ints
    seconds: Ints
    """Mean seconds on an issue."""


def serve(books: Books, orders: Orders, shipped: Shipped, is_late: Ints) -> Tickets:
    """Draw tickets: for one shipment line in 8, more for those that were late (`is_late`, by shipment line)."""
    world, draws = books.world, books.world.draws
    drawn = shipped.drawn
    chance = np.where(is_late > 0, 0.40, 0.12)
    row = np.flatnonzero(draws.chance("ticket", chance, drawn))
    drawn, entity = drawn[row], shipped.entity[row]
    late = is_late[row] > 0
    offset = np.array([e.utc_offset_hours for e in ENTITIES])[entity]
    after = draws.integers("ticket/after", 1, 8, drawn)
    seconds = draws.integers("ticket/time", 8 * 3600, 17 * 3600, drawn) - offset * 3600
    opened_day = world.calendar.working_day(entity, shipped.day[row], after)
    opened = _EPOCH + opened_day * _DAY + seconds
    priority = draws.choose("ticket/priority", [30, 52, 18], drawn)
    share = draws.uniform("ticket/answer", drawn)
    answered = opened + rounded(300 + share * share * np.array([40, 22, 7])[priority] * 3600)
    share = draws.uniform("ticket/resolve", drawn)
    resolved = answered + rounded(900 + share * share * share * np.array([190, 120, 60])[priority] * 3600)
    category = np.where(
        late & draws.chance("ticket/delivery", 0.75, drawn), 0, draws.integers("ticket/kind", 0, 3, drawn)
    )

    slow = (resolved - opened) / (96 * 3600.0)
    mood = 0.50 + 0.74 * draws.uniform("ticket/mood", drawn) - 0.22 * np.minimum(slow, 1.5) - 0.12 * late
    score = 1 + np.clip(rounded(mood * 4.6), 0, 4)
    recommendation = np.clip(rounded(mood * 9.0 + draws.uniform("ticket/loyal", drawn) * 3.0), 0, 10)
    rates = draws.chance("ticket/rates", 0.38, drawn)
    recommends = draws.chance("ticket/recommends", 0.22, drawn)

    kept = np.flatnonzero(opened_day <= world.calendar.last_days[entity])
    kept = kept[np.argsort(opened[kept] * 4096 + drawn[kept] % 4096, kind="stable")]
    row, drawn, entity, opened, answered, resolved = (a[kept] for a in (row, drawn, entity, opened, answered, resolved))
    last = world.calendar.last_days[entity]
    end = _EPOCH + (last + 1) * _DAY
    rating_day = (resolved - _EPOCH) // _DAY + draws.integers("ticket/rating/days", 0, 3, drawn)
    is_rated = (rates[kept] | recommends[kept]) & (rating_day <= last)
    resolution_day = (resolved - _EPOCH) // _DAY
    entered = np.minimum(np.where(is_rated, rating_day, resolution_day), last)
    satisfaction = np.where(is_rated & rates[kept], score[kept], NULL)
    recommended = np.where(is_rated & recommends[kept], recommendation[kept], NULL)
    answered = np.where(answered < end, answered, NULL)
    resolved = np.where(resolved < end, resolved, NULL)
    books.tables["ticket"] = {
        "ticket_id": 10_000_000 + np.arange(len(kept), dtype=np.int64),
        "entity_id": entities(entity),
        "customer_id": Coded(orders.customer[shipped.order[row]], world.names.customers),
        "product_id": Coded(orders.product[shipped.line[row]], world.names.products),
        "category": Coded(category[kept], _CATEGORIES),
        "priority": Coded(priority[kept], _PRIORITIES),
        "opened_at": opened,
        "first_response_at": answered,
        "resolved_at": resolved,
        "satisfaction_score": satisfaction,
        "recommendation_score": recommended,
        "entered_on": entered,
    }
    return Tickets(entity, opened, answered, resolved, satisfaction, recommended, entered)


def answer_calls(books: Books) -> Calls:
    """Draw the call centre's days, from the first to the last day of the group."""
    world, draws = books.world, books.world.draws
    days = np.arange(OPENING_DAY + 1, int(world.calendar.month_ends[-1]) + 1, dtype=np.int64)
    day, shift = (a.ravel() for a in np.meshgrid(days, np.arange(len(SHIFTS), dtype=np.int64), indexing="ij"))
    weekend = (day % 7 >= 5).astype(np.int64)  # noqa: PLR2004 - ORIGIN is a Monday
    cell = day * len(SHIFTS) + shift
    size = np.array([46.0, 58.0, 21.0])[shift] * np.where(weekend == 1, 0.3, 1.0) * world.scale
    calls = rounded(size * (0.75 + 0.5 * draws.uniform("calls", cell)))
    operators = np.maximum(1, rounded(size / 11.0))
    pressure = np.clip(calls / (operators * 14.0), 0.2, 1.4)
    abandoned = np.minimum(calls, rounded(calls * 0.09 * pressure * draws.uniform("calls/abandoned", cell)))
    automatic = np.minimum(calls - abandoned, rounded(calls * (0.2 + 0.15 * draws.uniform("calls/automatic", cell))))
    rest = calls - abandoned - automatic
    taken = rounded(rest * (0.25 + 0.2 * draws.uniform("calls/orders", cell)))
    issues = np.minimum(rest - taken, rounded(rest * (0.3 + 0.2 * draws.uniform("calls/issues", cell))))
    seconds = draws.integers("calls/seconds", 150, 420, cell)
    share = np.where(calls > 0, rounded(abandoned * 10_000 / np.maximum(calls, 1)), 0)
    books.tables["service_shift"] = {
        "shift_on": day,
        "shift_name": Coded(shift, SHIFTS),
        "wage_type": Coded(weekend, ["weekday", "weekend"]),
        "operator_count": operators,
        "call_count": calls,
        "abandoned_count": abandoned,
        "abandoned_share": share,
        "automatic_response_count": automatic,
        "order_count": taken,
        "issue_count": issues,
        "average_issue_seconds": seconds,
        "entered_on": day,
    }
    return Calls(day, shift, calls, abandoned, automatic, issues, seconds)
