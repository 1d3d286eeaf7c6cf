"""`tieout init`: a folder that passes `tieout check`, with drafts of a source; nothing is ever overwritten."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration.cli import app
from orchestration.company.declaration import load_company
from orchestration.company.errors import CompanyError
from orchestration.folder.check import check_folder
from orchestration.folder.init import make_folder
from orchestration.settings import SettingsError
from tests.companies import forget_settings
from tests.database_servers import PostgresServer
from tests.integration.inspected_sources import write_database

ERP = Path(__file__).resolve().parents[2] / "companies" / "adventureworks" / "files" / "erp"


def test_a_new_folder_passes_the_check(tmp_path: Path) -> None:
    folder = tmp_path / "acme_gmbh"
    outcome = CliRunner().invoke(app, ["init", str(folder)])

    assert outcome.exit_code == 0, outcome.output
    assert "Acme Gmbh: 1 entity, 0 source systems, 0 models; no mistakes." in outcome.output
    assert "without journal_line or reported_balance: profit_and_loss, balance_sheet" in outcome.output
    assert (folder / ".gitignore").read_text(encoding="utf-8") == "data/\n"
    assert CliRunner().invoke(app, ["check", str(folder)]).exit_code == 0


@pytest.mark.parametrize("name", ["Müller, Söhne & Co", "{Acme}: 'x' #1", "NO", "0170", '"quoted"', "株式会社"])
def test_any_name_makes_a_sound_company(tmp_path: Path, name: str) -> None:
    made = make_folder(tmp_path / "a", name=name, currency="SEK")
    company = load_company(made.folder)

    assert (company.name, company.entities[0].name, company.group.currency) == (name, name, "SEK")
    assert not check_folder(made.folder).faults


def test_a_source_is_looked_at_and_drafted_into_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "bikes"
    outcome = CliRunner().invoke(app, ["init", str(folder), "--from", str(ERP), "--currency", "USD"])

    assert outcome.exit_code == 0, outcome.output
    assert "erp: 15 tables found." in outcome.output
    assert "Bikes: 1 entity, 1 source system, 15 models; no mistakes." in outcome.output
    for place in (
        "sources/erp/defs.yaml",
        "models/staging/erp/stg_erp__vendor.sql",
        "models/staging/erp/_erp__models.yml",
        "suites/staging.stg_erp__vendor.yaml",
    ):
        assert (folder / place).is_file(), place
    assert not list(folder.rglob("*sources.yml"))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "accounts.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(CompanyError, match=r"accounts\.csv: is there already"):
        make_folder(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["accounts.csv"]

    made = make_folder(tmp_path / "b")
    outcome = CliRunner().invoke(app, ["init", str(made.folder)])
    assert isinstance(outcome.exception, CompanyError)


def test_a_source_that_is_not_there_leaves_no_folder(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(app, ["init", str(tmp_path / "c"), "--from", str(tmp_path / "nowhere")])
    assert outcome.exit_code == 1
    assert not (tmp_path / "c").exists()


def test_a_currency_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CompanyError, match="is no currency"):
        make_folder(tmp_path / "d", currency="euro")


def test_a_company_is_made_from_a_database_where_none_is_chosen_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_database(tmp_path / "crm.db")
    no_company_chosen(tmp_path, monkeypatch)
    outcome = CliRunner().invoke(app, ["init", "acme", "--from", f"sqlite:///{tmp_path}/crm.db", "--only", "customer"])
    assert outcome.exit_code == 0, outcome.output
    assert "Acme: 1 entity, 1 source system, 1 model; no mistakes." in outcome.output
    monkeypatch.chdir(tmp_path / "acme")
    checked = CliRunner().invoke(app, ["check"])
    assert (checked.exit_code, "no mistakes" in checked.output) == (0, True)


def test_a_company_is_made_from_a_server_where_none_is_chosen_yet(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    postgres.sql("CREATE DATABASE made; ")
    postgres.sql("CREATE TABLE entry AS SELECT 1 AS id, 2.50 AS amount", "made")
    no_company_chosen(tmp_path, monkeypatch)
    address = f"postgresql://postgres:Hush-Hush%204711%27@127.0.0.1:{postgres.port}/made"
    outcome = CliRunner().invoke(app, ["init", "acme", "--from", address])
    assert outcome.exit_code == 0, outcome.output
    assert "4711" not in "".join(file.read_text(encoding="utf-8") for file in (tmp_path / "acme").rglob("*.*"))


def test_a_source_is_looked_at_where_no_company_is_chosen_yet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_database(tmp_path / "crm.db")
    no_company_chosen(tmp_path, monkeypatch)
    shown = CliRunner().invoke(app, ["source", "inspect", "crm.db", "--only", "customer", "--only", "visit"])
    assert shown.exit_code == 0, shown.output
    assert "crm: 2 tables found." in shown.output
    refused = CliRunner().invoke(app, ["source", "inspect", "crm.db", "--write"])
    assert isinstance(refused.exception, SettingsError)


def no_company_chosen(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TIEOUT_COMPANY")
    monkeypatch.delenv("TIEOUT_DATA_DIR")
    monkeypatch.chdir(place)
    forget_settings()
