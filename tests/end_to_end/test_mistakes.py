"""A mistake in a file that people write is one message of `tieout run`: what is wrong, where, and what to do.

Nothing is landed or built of it where the file can be read before; no trace, and none of Dagster's or dbt's own words.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.companies import PROJECT, made_company
from tests.end_to_end.installation import environment

DECLARATION = """
type: orchestration.components.SourceSystemComponent
attributes:
  name: shop
  description: A shop.
  owners: [team:sales]
  group: operations
  root: shop
  tables:
    - {name: sale, description: Sales., files: sale.csv, format: csv}
"""
SUITE = """
table: core.customer
asset: [core, customer]
key: [customer_id]
description: Customers.
expectations:
  - id: customers_have_a_number
    severity: error
    why: Orders are by customer.
    type: expect_column_values_to_not_be_null
    kwargs: {column: customer_id}
"""
KPI = """
kpis:
  - id: a_kpi
    name: A KPI
    area: sales
    owner: sales
    audience: all
    description: For this test.
    formula: Sales.
    unit: ratio
    polarity: higher
    numerator: [{measure: net_sales}]
"""
SHOP = "sources/shop/defs.yaml"
CUSTOMER = "expectations/suites/core.customer.yaml"
MORE = "orchestration/kpis/dictionary/more.yaml"
MISTAKES = {
    "suite, a key": (CUSTOMER, SUITE.replace("severity", "severty"), "'severty': there is no such key; correct its"),
    "suite, no YAML": (CUSTOMER, f"{SUITE}\n  - [", "core.customer.yaml: is not valid YAML: line 13, column 6: "),
    "declaration, a key": (SHOP, DECLARATION.replace("group:", "grup:"), f"{SHOP}: group: must be given; grup: there"),
    "declaration, of a table": (SHOP, DECLARATION.replace("files:", "fils:"), "tables.0.fils: there is no such key"),
    "declaration, no YAML": (SHOP, f"{DECLARATION}  - [", f"{SHOP}: this is not YAML: line 11, column 3: "),
    "declaration, its type": (
        SHOP,
        DECLARATION.replace("mComp", "mKomp"),
        "SourceSystemKomponent' is not known; allowed: ",
    ),
    "declaration, no type": (SHOP, DECLARATION.replace("type: o", "tipe: o"), f"{SHOP}: say `type: orchestration."),
    "declared twice": (SHOP, f"{DECLARATION}---{DECLARATION}", "'shop' is declared twice; rename one of them."),
    "dictionary, a key": (MORE, KPI.replace("polarity", "polarty"), f"{MORE}, a_kpi: polarity: must be given; polarty"),
    "dictionary, no YAML": (MORE, f"{KPI}\n  - [", f"{MORE} is not YAML: line 14, column 6: "),
    "dictionary, a measure": (
        MORE,
        KPI.replace("net_sales", "nett_sales"),
        f"{MORE}, a_kpi: no measure is called nett",
    ),
    "dictionary, not indented": (
        MORE,
        KPI.replace("\n  - id: a_kpi", " a_kpi\n  - id: x"),
        f"{MORE} is not YAML: line",
    ),
    "dictionary, no list": (MORE, "kpis: a_kpi\n", f"{MORE}, kpis: must be a list of entries"),
}
"""By name: a file, its content, and what is said of it."""


@dataclass(frozen=True)
class Installation:
    """A copy of the product that may be spoilt, and a company without data."""

    product: Path
    company: Path

    def tieout(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run the command of the copy in the company's folder, and return what it printed."""
        return subprocess.run(
            [sys.executable, "-m", "orchestration.cli", *arguments],
            env=environment() | {"PYTHONPATH": str(self.product)},
            cwd=self.company,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    place = tmp_path_factory.mktemp("mistakes")
    for name in ("orchestration", "expectations", "dbt_project", "systems"):
        shutil.copytree(PROJECT / name, place / "product" / name, ignore=shutil.ignore_patterns("__pycache__"))
    return Installation(place / "product", made_company(place / "company"))


@pytest.fixture
def spoil(installation: Installation) -> Iterator["Spoil"]:
    """What writes files of the installation; they are put back after the test."""
    spoiling = Spoil(installation)
    yield spoiling
    for file, content in spoiling.before.items():
        if content is None:
            file.unlink()
        else:
            file.write_text(content, encoding="utf-8")


class Spoil:
    """Writes files and remembers what they held."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.before: dict[Path, str | None] = {}

    def __call__(self, name: str, content: str) -> None:
        """Write a file of the installation."""
        file = (self.installation.company if name == SHOP else self.installation.product) / name
        self.before[file] = file.read_text(encoding="utf-8") if file.exists() else None
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


def message(outcome: "subprocess.CompletedProcess[str]") -> str:
    """Return what a run that failed said, which must be of use to a person."""
    assert outcome.returncode == 1, outcome.stdout + outcome.stderr
    assert outcome.stdout == ""
    for never in ("Traceback", 'File "', "Error occurred while executing", "pydantic"):
        assert never not in outcome.stderr, outcome.stderr
    return outcome.stderr


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message_before_anything_is_done(
    installation: Installation, spoil: Spoil, mistake: str
) -> None:
    file, content, said = MISTAKES[mistake]
    spoil(file, content)
    told = message(installation.tieout("run"))
    assert told.startswith("tieout: ")
    assert said in told
    assert len(told.splitlines()) <= 3
    assert not (installation.company / "data" / "raw").exists()


def test_definitions_that_dagster_cannot_load_are_one_message(installation: Installation, spoil: Spoil) -> None:
    spoil("orchestration/defs/reports/monthly.py", "import nothing_of_that_name\n")
    told = message(installation.tieout("run"))
    (line,) = told.splitlines()
    assert line.startswith("tieout: Dagster cannot load what is defined below ")
    assert "ModuleNotFoundError: No module named 'nothing_of_that_name'" in line


def test_a_model_that_refers_to_nothing_is_one_message(installation: Installation, spoil: Spoil) -> None:
    model = "dbt_project/models/marts/operations/dim_supplier.sql"
    spoil(model, "select * from {{ ref('suplier') }}\n")
    where, *what = message(installation.tieout("run")).splitlines()
    assert where.startswith("tieout: The dbt project ")
    assert where.endswith(" cannot be parsed; nothing was landed or built. Mend it, and run again.")
    assert what == [
        "  Compilation Error",
        "    Model 'model.tieout.dim_supplier' (models/marts/operations/dim_supplier.sql) depends on a node named "
        "'suplier' which was not found",
    ]


def test_a_model_that_the_database_refuses_is_one_message_with_its_file(
    installation: Installation, spoil: Spoil
) -> None:
    spoil("dbt_project/models/core/ledger/entity.sql", "select nothing as entity_id\n")
    told = message(installation.tieout("run")).splitlines()
    assert told[:3] == ["→ dbt build", "✗ dbt build", "✗ dbt_build: dbt could not build"]
    assert told[3].startswith("  entity: Runtime Error in model entity (models/core/ledger/entity.sql) Binder Error: ")
    assert told[4].endswith("mart.duckdb stays as it was. Mend what is named, and run `tieout run` again.")
    assert len(told) == 5
