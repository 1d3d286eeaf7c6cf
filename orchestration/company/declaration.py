"""What a company's `company.yaml` may say, and reading it. The rows that it becomes belong in `tables`."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from orchestration.company.calendar_kinds import AnyKind, Declared, Months, Own
from orchestration.company.calendars import CalendarError, fiscal_periods
from orchestration.company.errors import CompanyError, Fault
from orchestration.company.located_yaml import LocatedYaml, Place, read_yaml
from orchestration.settings import COMPANY_FILE

GROUP_CALENDAR = "group"
OWN_LAYOUT = "own"

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

    kind: Literal["declared", "days_after", "by_postings"] = "by_postings"
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


def load_company(folder: Path) -> Company:
    """Read the company.yaml of a folder.

    Raises `CompanyError` with all its faults: file, line, field, what is allowed. The CSV files beside it are read by
    `orchestration.company.tables`.
    """
    file = folder / COMPANY_FILE
    if not file.is_file():
        raise CompanyError(
            [Fault(file, None, "is not there. A company's folder has one; `tieout init DIR` makes a folder.")]
        )
    document = read_yaml(file)
    try:
        declared = CompanyDeclaration.model_validate(document.value)
    except ValidationError as error:
        raise CompanyError(document.faults(error, CompanyDeclaration)) from error
    company = Company.of(declared, folder.resolve())
    if faults := [*_calendar_faults(company, document), *_entity_faults(company, document), *_rest(company, document)]:
        raise CompanyError(faults)
    return company


def _fault(document: LocatedYaml, place: Place, message: str) -> Fault:
    where = ".".join(map(str, place))
    return Fault(document.file, document.line(place), f"{where}: {message}")


def _calendar_faults(company: Company, document: LocatedYaml) -> Iterator[Fault]:
    for name, segments in company.calendars.items():
        place: Place = ("calendars", name)
        if len(segments) > 1 and any(isinstance(segment, Own) for segment in segments):
            yield _fault(document, place, "own closing days cannot be one segment of several")
            continue
        try:
            fiscal_periods(segments)
        except CalendarError as error:
            yield _fault(document, place, str(error))
        for segment in segments:
            if isinstance(segment, Own) and segment.file and not (company.folder / segment.file).is_file():
                yield _fault(document, (*place, "file"), f"there is no file {segment.file} in the company's folder")
    used = {("group", "calendar"): company.group.calendar} | {
        ("entities", number, "calendar"): entity.calendar for number, entity in enumerate(company.entities)
    }
    for where, calendar in used.items():
        if calendar is not None and calendar not in company.all_calendars:
            known = ", ".join(company.all_calendars)
            yield _fault(document, where, f"no calendar is called {calendar!r}; there are: {known}")


def _entity_faults(company: Company, document: LocatedYaml) -> Iterator[Fault]:
    ids = [company.group.id, *(entity.id for entity in company.entities)]
    known = ", ".join(ids)
    parents = {entity.id: company.parent_of(entity) for entity in company.entities}
    for number, entity in enumerate(company.entities):
        place: Place = ("entities", number)
        if entity.id in ids[: number + 1]:
            which = "the group" if entity.id == company.group.id else "another entity"
            yield _fault(document, (*place, "id"), f"{entity.id} is the id of {which} too; ids are unique")
        if entity.parent is not None and entity.parent not in ids:
            yield _fault(document, (*place, "parent"), f"no entity is called {entity.parent!r}; there are: {known}")
        elif cycle := _cycle(entity.id, parents):
            yield _fault(document, (*place, "parent"), f"is its own ancestor: {' → '.join(cycle)}")
        if entity.joined_on and entity.left_on and entity.left_on < entity.joined_on:
            yield _fault(document, (*place, "left_on"), f"{entity.left_on} is before joined_on {entity.joined_on}")
        yield from _ownership_faults(company, entity, (*place, "ownership"), ids, document)


def _cycle(entity_id: str, parents: dict[str, str]) -> list[str]:
    path = [entity_id]
    while (above := parents.get(path[-1])) is not None:
        if above in path:
            return [*path, above]
        path.append(above)
    return []


def _ownership_faults(
    company: Company, entity: Entity, place: Place, ids: list[str], document: LocatedYaml
) -> Iterator[Fault]:
    seen: set[tuple[str, date]] = set()
    totals: dict[date, Decimal] = {}
    shares = entity.ownership or ()
    for number, share in enumerate(shares):
        owner = share.owner or company.parent_of(entity)
        since = share.valid_from or entity.joined_on or LONG_AGO
        if owner not in ids or owner == entity.id:
            yield _fault(document, (*place, number, "owner"), f"{owner!r} cannot own it; there are: {', '.join(ids)}")
        if (owner, since) in seen:
            yield _fault(document, (*place, number), f"{owner} has two shares from {since} on; say `from` of one")
        seen.add((owner, since))
    for since in sorted({since for _, since in seen}):
        newest: dict[str, tuple[date, Decimal]] = {}
        for share in shares:
            owner, start = share.owner or company.parent_of(entity), share.valid_from or entity.joined_on or LONG_AGO
            if start <= since and (owner not in newest or newest[owner][0] <= start):
                newest[owner] = (start, share.share)
        totals[since] = sum((held for _, held in newest.values()), Decimal(0))
    for since, total in totals.items():
        if total > 1:
            yield _fault(document, place, f"shares from {since} on add up to {total}, and 1 is all of it")


def _rest(company: Company, document: LocatedYaml) -> Iterator[Fault]:
    closing = company.closing
    if closing.kind == "days_after" and closing.days is None:
        yield _fault(document, ("closing",), "kind days_after needs days")
    if closing.kind == "declared" and closing.closed_through is None:
        yield _fault(document, ("closing",), "kind declared needs closed_through, the last day that is closed")
    for name, kind in (("days", "days_after"), ("closed_through", "declared")):
        if getattr(closing, name) is not None and closing.kind != kind:
            yield _fault(document, ("closing", name), f"goes with kind {kind} only")
    ids = {company.group.id, *(entity.id for entity in company.entities)}
    for number, coverage in enumerate(company.coverage):
        place: Place = ("coverage", number)
        if coverage.entity is not None and coverage.entity not in ids:
            yield _fault(document, (*place, "entity"), f"no entity has the id {coverage.entity!r}")
        if coverage.ended and coverage.last_on is None:
            yield _fault(document, place, "ended needs last_on, the last day that it delivered")
        if coverage.first_on and coverage.last_on and coverage.last_on < coverage.first_on:
            yield _fault(document, (*place, "last_on"), "is before first_on")
    if company.layout == OWN_LAYOUT and not (company.folder / "statements.csv").is_file():
        yield _fault(document, ("layout",), "own needs statements.csv beside it; or take by_function, by_nature")
