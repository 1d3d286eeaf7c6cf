"""What a company's `company.yaml` may say, and what follows from its defaults. Reading it belongs in `declaration`."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from orchestration.company.calendar_kinds import AnyKind, Declared, Months
from orchestration.settings import COMPANY_FILE

GROUP_CALENDAR = "group"
OWN_LAYOUT = "own"
LAYOUT_NAMES = ("by_function", "by_nature", OWN_LAYOUT)

_OWNER = re.compile(r"team:[\w.-]+|[^@\s]+@[^@\s]+\.[^@\s]+")
_CRON_FIELD = r"(?:\*|\d+(?:-\d+)?(?:,\d+(?:-\d+)?)*)(?:/\d+)?"
_WEEKDAY_FIELD = rf"(?:{_CRON_FIELD}|[A-Za-z]{{3}}(?:[,-][A-Za-z]{{3}})*)"
_CRON = re.compile(rf"(?:{_CRON_FIELD} ){{4}}{_WEEKDAY_FIELD}")
LONG_AGO = date(1900, 1, 1)
"""From when a share holds that has no day."""


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("is no time zone; allowed: names such as Europe/Berlin or UTC")
    return value


def _owner(value: str) -> str:
    if not _OWNER.fullmatch(value):
        raise ValueError("is no owner; allowed: an e-mail address or team:<name>")
    return value


def _currency(value: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", value):
        raise ValueError("is no currency; allowed: three capital letters (ISO 4217), such as EUR")
    return value


def _id(value: str) -> str:
    if not re.fullmatch(r"[^\s,;/\\]{1,50}", value):
        raise ValueError("is no id; allowed: up to 50 characters without blanks, commas, semicolons and slashes")
    return value


def _cron(value: str) -> str:
    if not _CRON.fullmatch(value):
        raise ValueError("is no cron schedule; allowed: minute hour day month weekday, such as 0 5 * * *")
    return value


def _as_list(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Id = Annotated[str, AfterValidator(_id)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Currency = Annotated[str, AfterValidator(_currency)]
TimeZone = Annotated[str, AfterValidator(_zone)]
Owner = Annotated[str, AfterValidator(_owner)]
Cron = Annotated[str, AfterValidator(_cron)]
CalendarSegments = Annotated[tuple[AnyKind, ...], BeforeValidator(_as_list), Field(min_length=1)]


class Group(Declared):
    """The group, or the company as a whole: whose currency and calendar reports are in."""

    currency: Currency
    id: Id = "GROUP"
    name: Name | None = Field(default=None, description="The company's name unless given.")
    calendar: str | None = None


class Share(Declared):
    """A share of an entity that an owner holds, from a day on until its next share."""

    valid_from: date | None = Field(default=None, alias="from", description="The day of joining unless given.")
    share: Decimal = Field(ge=0, le=1, decimal_places=6, description="1 is all of it; the direct share.")
    owner: Id | None = Field(default=None, description="The parent unless given.")


class Entity(Declared):
    """A legal entity, a division, or whatever keeps books of its own."""

    id: Id
    name: Name
    currency: Currency | None = Field(default=None, description="The group's unless given.")
    parent: Id | None = Field(default=None, description="The group unless given.")
    calendar: str | None = Field(default=None, description="The group's unless given.")
    time_zone: TimeZone | None = Field(default=None, description="The company's unless given.")
    has_ledger: bool = True
    joined_on: date | None = Field(default=None, description="First day in the group.")
    left_on: date | None = Field(default=None, description="Last day in the group.")
    ownership: tuple[Share, ...] | None = Field(
        default=None, description="Owned to 100 % by the parent unless given; an empty list: owned by nobody."
    )


class Owners(Declared):
    """Who answers for what; Dagster's owners."""

    finance: Owner = "team:finance"
    operations: Owner = "team:operations"
    data: Owner = "team:data"


class Rates(Declared):
    """What is done where an exchange rate is missing, and how averages are made."""

    missing: Literal["last_known", "refuse"] = "last_known"
    max_age_days: int = Field(default=7, ge=0, description="How old the last known rate may be.")
    average: Literal["days", "month_ends", "given"] = "days"


class Closing(Declared):
    """When a period counts as closed."""

    kind: Literal["declared", "days_after", "by_postings", "as_delivered"] = "by_postings"
    days: int | None = Field(default=None, ge=0, description="days_after: so many days after the period's end.")
    closed_through: date | None = Field(default=None, description="declared: all periods up to this day are closed.")


class Coverage(Declared):
    """The days that a system has delivered completely, where its data do not say it themselves."""

    system: Name
    source: Name | None = None
    entity: Id | None = None
    first_on: date | None = None
    last_on: date | None = None
    ended: bool = Field(default=False, description="A system or channel that ended: nothing is expected after last_on.")


class Schedules(Declared):
    """When things run, in the company's time zone."""

    refresh: Cron = "0 5 * * *"
    report: Cron = "0 7 4 * *"


class CompanyDeclaration(Declared):
    """All that company.yaml may say."""

    name: Name
    description: str | None = None
    group: Group
    entities: tuple[Entity, ...] = Field(min_length=1)
    time_zone: TimeZone = "UTC"
    owners: Owners = Owners()
    calendars: dict[str, CalendarSegments] = Field(default_factory=dict)
    rates: Rates = Rates()
    closing: Closing = Closing()
    layout: Literal["by_function", "by_nature", "own"] = Field(
        default="by_function", description="own: statements.csv in the company's folder."
    )
    coverage: tuple[Coverage, ...] = ()
    schedules: Schedules = Schedules()


class Company(CompanyDeclaration):
    """A company as declared, with all that follows from its defaults, and its folder."""

    folder: Path

    @classmethod
    def of(cls, declared: CompanyDeclaration, folder: Path) -> "Company":
        """Return the company of a declaration in a folder."""
        return cls.model_construct(**dict(declared), folder=folder)

    @property
    def file(self) -> Path:
        """Its company.yaml."""
        return self.folder / COMPANY_FILE

    @property
    def all_calendars(self) -> dict[str, tuple[Any, ...]]:
        """The calendars by name; where none is the group's, one of calendar months."""
        return (
            self.calendars
            if self.calendar_of_group in self.calendars
            else {
                GROUP_CALENDAR: (Months(kind="months"),),
                **self.calendars,
            }
        )

    @property
    def calendar_of_group(self) -> str:
        """The name of the group's calendar: as said, or the only one, or the default one."""
        return self.group.calendar or (next(iter(self.calendars)) if len(self.calendars) == 1 else GROUP_CALENDAR)

    def parent_of(self, entity: Entity) -> str:
        """Return the id of an entity's parent."""
        return entity.parent or self.group.id
