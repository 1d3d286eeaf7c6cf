"""A source system in Dagster: one step, an asset per table; a refused table fails it after the others have landed."""

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from orchestration.components.scaffolding import write_declaration
from orchestration.components.source_system import NOTHING_QUARANTINED, raw_asset_key, source_system_assets
from orchestration.settings import settings
from orchestration.sources.declaration.api_options import BearerAuth
from orchestration.sources.declaration.systems import SourceSystem, load_declarations
from orchestration.sources.lake.raw_lake import RawLake
from tests.companies import ADVENTUREWORKS, PROJECT


@pytest.fixture
def system(tmp_path: Path) -> SourceSystem:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.csv").write_text("n\n1\n2\n")
    tables = [
        {"name": name, "description": "x", "files": f"{name}.csv", "format": "csv", "columns": {"n": "INTEGER"}}
        for name in ("a", "b", "c")
    ]
    said = {"name": "erp", "description": "x", "owners": ["team:a"], "group": "g", "root": str(tmp_path)}
    return SourceSystem.model_validate({**said, "max_age_hours": 24, "tables": tables})


def run(system: SourceSystem, only: list[str] | None = None) -> dg.ExecuteInProcessResult:
    selection = [raw_asset_key("erp", name) for name in only] if only else None
    return dg.materialize([source_system_assets(system)], selection=selection, raise_on_error=False)


def landed(result: dg.ExecuteInProcessResult) -> dict[str, dg.AssetMaterialization]:
    found = result.asset_materializations_for_node("land_erp")
    return {event.asset_key.path[-1]: event for event in found}


def test_each_table_is_an_asset_with_rows_columns_and_a_version_of_its_data(system: SourceSystem) -> None:
    first, again = run(system), run(system)
    assert first.success
    assert set(landed(first)) == {"a", "b", "c"}
    before, after = landed(first)["a"], landed(again)["a"]
    assert before.metadata["dagster/row_count"].value == 2
    schema = before.metadata["dagster/column_schema"].value
    assert isinstance(schema, dg.TableSchema)
    assert [(c.name, c.type) for c in schema.columns] == [("n", "INTEGER"), ("source_row", "BIGINT")]
    assert (before.metadata["new_batch"].value, after.metadata["new_batch"].value) == (True, False)
    assert before.tags is not None
    assert after.tags is not None
    assert before.tags["dagster/data_version"] == after.tags["dagster/data_version"]


def test_a_refused_table_fails_the_step_after_the_others_have_landed(system: SourceSystem, tmp_path: Path) -> None:
    assert run(system).success
    (tmp_path / "a.csv").unlink()
    (tmp_path / "b.csv").write_text("m\n1\n")
    result = run(system)
    assert not result.success
    assert set(landed(result)) == {"c"}
    (failure,) = result.filter_events(lambda event: event.event_type_value == "STEP_FAILURE")
    described = failure.step_failure_data.user_failure_data
    assert described is not None
    assert "2 of 3 tables of erp were refused" in str(described.description)
    assert str(tmp_path / "b.csv") in str(described.description)
    assert len(RawLake(settings().raw_lake).current("erp", "a")) == 1


def test_one_table_can_be_landed_alone(system: SourceSystem) -> None:
    result = run(system, ["b"])
    assert result.success
    assert RawLake(settings().raw_lake).tables() == [("erp", "b")]


def test_quarantined_rows_are_a_warning_with_their_count(system: SourceSystem, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("n\n1\n2\nx\n")
    result = run(system)
    assert result.success
    checks = {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}
    assert {name: check.passed for name, check in checks.items()} == {"a": False, "b": True, "c": True}
    assert checks["a"].check_name == NOTHING_QUARANTINED
    assert checks["a"].severity == dg.AssetCheckSeverity.WARN
    assert checks["a"].metadata["rows_quarantined"].value == 1


def test_assets_carry_group_owner_kind_and_freshness(system: SourceSystem) -> None:
    assets = source_system_assets(system)
    spec = assets.get_asset_spec(raw_asset_key("erp", "a"))
    assert (spec.group_name, list(spec.owners), spec.kinds) == ("g", ["team:a"], {"csv", "duckdb"})
    assert spec.freshness_policy is not None


def test_the_code_location_holds_an_asset_for_each_declared_table() -> None:
    defs_folder = ADVENTUREWORKS / "sources"
    declared = {raw_asset_key(s.name, t.name) for s in load_declarations(defs_folder) for t in s.tables}
    definitions = dg.Definitions.merge(
        *[dg.Definitions(assets=[source_system_assets(system)]) for system in load_declarations(defs_folder)]
    )
    assert declared
    assert set(definitions.resolve_all_asset_keys()) == declared


def test_what_is_scaffolded_is_a_sound_declaration(tmp_path: Path) -> None:
    folder = tmp_path / "my-erp"
    folder.mkdir()
    write_declaration(folder)
    (system,) = load_declarations(folder)
    assert (system.name, system.root) == ("my_erp", "${MY_ERP_FILES}")


def test_what_is_scaffolded_for_an_api_is_a_sound_declaration(tmp_path: Path) -> None:
    folder = tmp_path / "my-crm"
    folder.mkdir()
    write_declaration(folder, "api")
    (system,) = load_declarations(folder)
    assert system.api is not None
    assert isinstance(system.api.auth, BearerAuth)
    assert system.api.auth.token == "${MY_CRM_TOKEN}"  # noqa: S105
    (asset,) = source_system_assets(system).specs
    assert asset.kinds == {"dlt", "duckdb"}
    assert (asset.metadata["resource"], asset.metadata["load"]) == ("GET invoices", "incremental")


def test_what_is_scaffolded_for_a_database_is_a_sound_declaration(tmp_path: Path) -> None:
    folder = tmp_path / "my-erp"
    folder.mkdir()
    write_declaration(folder, "database")
    (system,) = load_declarations(folder)
    assert (system.kind, system.tables[0].relation) == ("postgres", "accounting.journal_line")
    (asset,) = source_system_assets(system).specs
    assert asset.kinds == {"postgres", "duckdb"}
    assert (asset.metadata["relation"], asset.metadata["load"]) == ("accounting.journal_line", "incremental")


def test_dg_check_names_the_file_and_field_of_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "mini"\nversion = "1"\n[tool.dg]\ndirectory_type = "project"\n'
        '[tool.dg.project]\nroot_module = "mini"\nregistry_modules = ["orchestration.components"]\n'
    )
    folder = tmp_path / "mini" / "defs" / "erp"
    folder.mkdir(parents=True)
    for package in (folder.parent.parent, folder.parent):
        (package / "__init__.py").touch()
    write_declaration(folder)
    command = [str(Path(sys.executable).parent / "dg"), "check", "yaml"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(PROJECT), str(tmp_path)])}

    def check() -> tuple[int, str]:
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    sound = check()
    file = folder / "defs.yaml"
    file.write_text(file.read_text().replace("max_age_hours", "max_age_days"))
    code, said = check()
    assert sound[0] == 0, sound[1]
    assert code != 0
    assert "max_age_days" in said
    assert "defs.yaml:8" in said
