"""company.yaml: what a minimal one means, and that all faults are told at once with their lines."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from orchestration.company.declaration import load_company
from orchestration.company.errors import CompanyError

MINIMAL = """\
name: Acme
group: {currency: EUR}
entities:
  - id: 0170
    name: NO
"""


def write(folder: Path, text: str) -> Path:
    (folder / "company.yaml").write_text(text, encoding="utf-8")
    return folder


def faults_of(folder: Path, text: str) -> list[str]:
    write(folder, text)
    with pytest.raises(CompanyError) as told:
        load_company(folder)
    return [fault.in_folder(folder) for fault in told.value.faults]


def test_a_company_of_five_lines_has_defaults(tmp_path: Path) -> None:
    company = load_company(write(tmp_path, MINIMAL))

    assert (company.group.id, company.time_zone, company.layout) == ("GROUP", "UTC", "by_function")
    assert list(company.all_calendars) == ["group"]
    assert company.rates.missing == "last_known"


def test_what_is_written_stays_text(tmp_path: Path) -> None:
    company = load_company(write(tmp_path, MINIMAL))

    assert [(entity.id, entity.name) for entity in company.entities] == [("0170", "NO")]


def test_values_get_their_types(tmp_path: Path) -> None:
    text = MINIMAL + "    joined_on: 2024-03-01\n    ownership: [{from: 2024-03-01, share: 0.375}]\n"
    (entity,) = load_company(write(tmp_path, text)).entities

    assert entity.joined_on == date(2024, 3, 1)
    assert entity.ownership is not None
    assert entity.ownership[0].share == Decimal("0.375")


def test_all_faults_are_told_with_line_field_and_what_is_allowed(tmp_path: Path) -> None:
    told = faults_of(
        tmp_path,
        """\
nam: Acme
group: {currency: eur, foo: 1}
time_zone: Mars
calendars:
  a: {kind: moths}
  b:
    - {kind: weeks, to: 2024-01-01}
    - {kind: weeks, patern: 4}
entities:
  - id: A B
    ownership: [{shar: 1}]
schedules: {refresh: daily}
""",
    )

    assert told == [
        "company.yaml:1: name: is missing",
        "company.yaml:2: group.currency: is no currency; allowed: three capital letters (ISO 4217), such as EUR "
        "(it is 'eur')",
        "company.yaml:2: group.foo: is not known here; allowed: currency, id, name, calendar",
        "company.yaml:10: entities.0.id: is no id; allowed: up to 50 characters without blanks, commas, semicolons "
        "and slashes (it is 'A B')",
        "company.yaml:10: entities.0.name: is missing",
        "company.yaml:11: entities.0.ownership.0.share: is missing",
        "company.yaml:11: entities.0.ownership.0.shar: is not known here; allowed: from, share, owner",
        "company.yaml:3: time_zone: is no time zone; allowed: names such as Europe/Berlin or UTC (it is 'Mars')",
        "company.yaml:5: calendars.a: kind is 'moths'; allowed: 'months', 'weeks', 'thirteen', 'own'",
        "company.yaml:8: calendars.b.1.patern: is not known here; allowed: from, to, fiscal_year, year_named_after, "
        "first_fiscal_year, period_id, week_53_in, kind, pattern, year_ends, weekday, month",
        "company.yaml:12: schedules.refresh: is no cron schedule; allowed: minute hour day month weekday, such as "
        "0 5 * * * (it is 'daily')",
        "company.yaml:1: nam: is not known here; allowed: name, description, group, entities, time_zone, owners, "
        "calendars, rates, closing, layout, coverage, schedules",
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            "  - {id: A, name: a, parent: B}\n  - {id: B, name: b, parent: A}\n",
            "6: entities.1.parent: is its own ancestor",
        ),
        ("  - {id: GROUP, name: a}\n", "6: entities.1.id: GROUP is the id of the group too"),
        (
            "  - {id: A, name: a, parent: Q}\n",
            "6: entities.1.parent: no entity is called 'Q'; there are: GROUP, 0170, A",
        ),
        ("  - {id: A, name: a, calendar: z}\n", "6: entities.1.calendar: no calendar is called 'z'; there are: group"),
        (
            "  - {id: A, name: a, ownership: [{share: 0.7}, {share: 0.7, owner: 0170}]}\n",
            "6: entities.1.ownership: shares from 1900-01-01 on add up to 1.4",
        ),
        ("closing: {kind: declared}\n", "6: closing: kind declared needs closed_through"),
        ("layout: own\n", "6: layout: own needs statements.csv"),
        ("coverage: [{system: erp, entity: X}]\n", "6: coverage.0.entity: no entity has the id 'X'"),
        ("name: twice\n", "6: name: is said twice"),
        ("  }\n", "6: this is not YAML"),
        ("description: &x [*x]\n", "6: an alias stands within what it stands for"),
    ],
)
def test_what_does_not_fit_together_is_refused(tmp_path: Path, more: str, told: str) -> None:
    assert any(fault.startswith(f"company.yaml:{told}") for fault in faults_of(tmp_path, MINIMAL + more))


def test_a_folder_without_company_yaml_is_no_company(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match="tieout init"):
        load_company(tmp_path)


def test_the_examples_of_the_docs_are_sound(tmp_path: Path) -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "company.md").read_text(encoding="utf-8")
    whole, calendars = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)

    assert len(load_company(write(tmp_path, whole)).entities) == 2
    assert len(load_company(write(tmp_path, MINIMAL + calendars)).calendars["group"]) == 3
