"""docs/contract.md is made from the contract."""

from orchestration.company.document import contract_page
from orchestration.settings import PRODUCT


def test_the_page_of_the_contract_is_the_contracts() -> None:
    assert (PRODUCT / "docs" / "contract.md").read_text(encoding="utf-8") == contract_page(), "run `make docs`"
