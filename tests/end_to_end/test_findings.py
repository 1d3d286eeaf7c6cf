"""What a run says of a company's books that somebody has to act on: once, with names and amounts."""

from pathlib import Path

import pytest

from tests.end_to_end.installation import Installation
from tests.end_to_end.test_contract import MAPPING
from tests.small_company import write_company_folder

POSTINGS = """\
Nr,Datum,Konto,Betrag
1,2024-01-31,1400,100.00
2,2024-01-31,8400,-100.00
3,2024-01-31,4900,30.00
4,2024-01-31,1200,-30.00
5,2024-13-01,4900,5.00
11,2024-01-31,1400,70.00
12,2024-01-31,8400,-70.00
13,2024-01-31,4900,40.00
14,2024-01-31,1200,-40.00
"""
BUDGET = [
    "('B1', 'Budget 2024', 'budget', date '2023-12-01', 'NW', '2024-01', '8400', -90.00)",
    "('B1', 'Budget 2024', 'budget', date '2023-12-01', 'SW', '2024-01', '8400', -60.00)",
    "('B1', 'Budget 2024', 'budget', date '2023-12-01', 'SW', '2024-01', '4900', 35.00)",
]
BUDGET_COLUMNS = "version_id, version_name, version_kind, issued_on, entity_id, period_id, account_code, amount"


@pytest.fixture
def company(tmp_path: Path) -> Installation:
    """Two entities that both spend; one of them has no budget of what it spends. A posting has no day."""
    folder = write_company_folder(tmp_path / "company")

    def change(name: str, before: str, after: str) -> None:
        file = folder / name
        text = file.read_text(encoding="utf-8")
        assert before in text
        file.write_text(text.replace(before, after), encoding="utf-8")

    change("company.yaml", "name: Nordwind GmbH}", "name: Nordwind GmbH}\n  - {id: SW, name: Suedwind GmbH}")
    change("accounts.csv", "8400,", "4900,other_expenses,\n8400,")
    change("macros/entity.sql", "'NW'", "case when posting_number > 10 then 'SW' else 'NW' end")
    (folder / "files" / "posting.csv").write_text(POSTINGS, encoding="utf-8")
    sql = MAPPING.format(grain="budget line", table="budget", rows=", ".join(BUDGET), columns=BUDGET_COLUMNS)
    (folder / "models" / "mapping" / "map_books__budget_line.sql").write_text(sql, encoding="utf-8")
    return Installation(folder)


def test_what_to_act_on_is_said_once(company: Installation) -> None:
    ended = company.tieout("run")
    said = ended.stdout + ended.stderr
    assert ended.returncode == 0, said
    (budget,) = [line for line in said.splitlines() if "has no budget on lines" in line]
    assert budget.startswith("⚠")
    assert (
        "NW has no budget on lines that it has results on, so that neither it nor the group has a budget of them and of "
        "their totals: other_expenses of 2024 (30.00 EUR)" in budget
    )
    assert "SW" not in budget
    assert said.count("row is in quarantine") == 1

    declaration = company.company / "sources" / "books" / "defs.yaml"
    declared = declaration.read_text(encoding="utf-8")
    declaration.write_text(
        declared.replace("- name: posting\n", "- name: posting\n      max_quarantined_share: 0.01\n"), encoding="utf-8"
    )
    blocked = company.tieout("run")
    said = blocked.stdout + blocked.stderr
    assert blocked.returncode == 1, said
    assert "max_quarantined_share allows 1.00%" in said
    assert said.count("row is in quarantine") == 1
