"""Public holidays by country: the main ones, on their day; one that falls on a weekend is not made up for.

Which days an entity works belongs in `calendars`.
"""

from datetime import date, timedelta

_FIXED = {
    # month and day
    "DE": ((1, 1), (5, 1), (10, 3), (12, 25), (12, 26)),
    "US": ((1, 1), (7, 4), (12, 25)),
    "GB": ((1, 1), (12, 25), (12, 26)),
    "FR": ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)),
}
_FROM_EASTER = {
    # days after Easter Sunday
    "DE": (-2, 1, 39, 50),
    "US": (),
    "GB": (-2, 1),
    "FR": (1, 39, 50),
}
_WEEKDAYS = {
    # month, weekday (0 is Monday) and which of the month, -1 for the last
    "DE": (),
    "US": ((5, 0, -1), (9, 0, 1), (11, 3, 4)),
    "GB": ((5, 0, 1), (5, 0, -1), (8, 0, -1)),
    "FR": (),
}


def holidays(country: str, year: int) -> set[date]:
    """Return the public holidays of a country (ISO 3166) in a year."""
    easter = _easter(year)
    days = {date(year, month, day) for month, day in _FIXED[country]}
    days |= {easter + timedelta(days=after) for after in _FROM_EASTER[country]}
    return days | {_weekday(year, *rule) for rule in _WEEKDAYS[country]}


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (the anonymous algorithm of 1876)."""
    moon = year % 19
    century, rest = divmod(year, 100)
    shift = (century - (century + 8) // 25 + 1) // 3
    full = (19 * moon + century - century // 4 - shift + 15) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (rest // 4) - full - rest % 4) % 7
    late = (moon + 11 * full + 22 * sunday) // 451
    month, day = divmod(full + sunday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _weekday(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1) if which > 0 else date(year, month + 1, 1)
    weeks = which - 1 if which > 0 else which
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * weeks)
