"""Whether what a company.yaml says fits together. What each field may be belongs in `company_yaml`."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from orchestration.company.calendar_kinds import Own
from orchestration.company.calendars import CalendarError, fiscal_periods
from orchestration.company.company_yaml import LONG_AGO, OWN_LAYOUT, Company, Entity
from orchestration.company.errors import Fault
from orchestration.company.located_yaml import LocatedYaml, Place


def inconsistencies(company: Company, document: LocatedYaml) -> Iterator[Fault]:
    """Yield what does not fit together in a company.yaml, which is `document`."""
    yield from _calendar_faults(company, document)
    yield from _entity_faults(company, document)
    yield from _rest(company, document)


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
