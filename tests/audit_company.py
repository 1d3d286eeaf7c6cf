"""One company of several companies' audit files: what `tieout init` makes of each, joined to entities with a calendar each.

Their currencies are not told apart, as nothing is translated here; nothing is written by hand, and there is no SQL.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import yaml

from orchestration.folder.audit_facts import read_facts
from orchestration.folder.init import make_folder
from orchestration.sources.inspection.audit_kinds import audit_file_kind


@dataclass(frozen=True)
class Books:
    """One file's books as an entity of the company."""

    file: Path
    kind: str
    entity: str
    first_day: date
    last_day: date


def company_of_audit_files(folder: Path, files: Sequence[Path]) -> list[Books]:
    """Make a company's folder of audit files, each of another company, and return whose books they are."""
    entities, calendars, books = [], {}, []
    for number, file in enumerate(files, start=1):
        kind = audit_file_kind(file)
        assert kind is not None, file
        place = folder.parent / f"{folder.name}-{number}"
        made = make_folder(place, origin=str(file)).folder
        said = yaml.safe_load((made / "company.yaml").read_text(encoding="utf-8"))
        system, entity, calendar = f"{kind}_{number}", f"E{number}", f"calendar_{number}"
        segments = said.get("calendars", {"fiscal": {"kind": "months"}})["fiscal"]
        calendars[calendar] = segments
        entities.append({"id": entity, "name": said["entities"][0]["name"], "calendar": calendar})
        declared = yaml.safe_load((made / "sources" / kind / "defs.yaml").read_text(encoding="utf-8"))
        declared["attributes"] |= {"name": system, "entity": entity}
        declaration = folder / "sources" / system / "defs.yaml"
        declaration.parent.mkdir(parents=True)
        declaration.write_text(yaml.safe_dump(declared, sort_keys=False, allow_unicode=True), encoding="utf-8")
        assert (made / "accounts.csv").read_text(encoding="utf-8").count("\n") == 1, "every account has a line"
        first_day, last_day = max(read_facts(file, kind).years)
        books.append(Books(file, kind, entity, first_day, last_day))
        shutil.copy(made / "accounts.csv", folder / "accounts.csv")
        closing, layout = said["closing"], said["layout"]
        shutil.rmtree(place)
    company = {"name": "Audit files", "group": {"currency": "EUR"}, "calendars": calendars, "entities": entities}
    company |= {"closing": closing, "layout": layout}
    text = yaml.safe_dump(company, sort_keys=False, allow_unicode=True)
    (folder / "company.yaml").write_text(text, encoding="utf-8")
    return books
