"""A declaration says only what is allowed; a mistake names the file, the field and what is allowed."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from orchestration.sources.declaration.systems import COMPONENT_TYPE, SourceSystem, load_declarations
from orchestration.sources.errors import DeclarationError
from tests.companies import ADVENTUREWORKS, PROJECT, TARNVALE, declare_system, made_company


def declare(folder: Path, **changes: Any) -> Path:
    """Write a sound declaration with changes; a dotted name changes the table."""
    table: dict[str, Any] = {"name": "ledger", "description": "Lines.", "files": "*.csv", "format": "csv"}
    attributes: dict[str, Any] = {
        "name": "erp",
        "description": "The ERP.",
        "owners": ["team:finance"],
        "group": "finance",
        "root": "files",
        "tables": [table],
    }
    for name, value in changes.items():
        (table if name.startswith("table_") else attributes)[name.removeprefix("table_")] = value
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "defs.yaml").write_text(yaml.safe_dump({"type": COMPONENT_TYPE, "attributes": attributes}))
    return folder


def test_a_sound_declaration_is_read(tmp_path: Path) -> None:
    (system,) = load_declarations(declare(tmp_path, table_columns={"amount": "decimal(18, 2)"}))
    assert system.tables[0].columns["amount"].type == "DECIMAL(18,2)"


def test_a_range_may_be_written_as_yaml_writes_dates_and_numbers(tmp_path: Path) -> None:
    said = "{day: {type: DATE, minimum: 2005-01-01, maximum: '2030-12-31'}, n: {type: 'DECIMAL(9,2)', minimum: 0.1}}"
    (system,) = load_declarations(declare(tmp_path, table_columns=yaml.safe_load(said)))
    columns = system.tables[0].columns
    assert (columns["day"].minimum, columns["day"].maximum, columns["n"].minimum) == ("2005-01-01", "2030-12-31", "0.1")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"colour": "red"}, "colour"),
        ({"owners": ["finance"]}, "team:<name>"),
        ({"table_format": "xml"}, "'parquet', 'csv', 'json', 'jsonl', 'excel', 'fec' or 'sie'"),
        ({"table_load": "sometimes"}, "tables.0.load"),
        ({"table_files": "../secrets.csv"}, "'..'"),
        ({"table_files": "/etc/passwd"}, "below the system's root"),
        ({"table_columns": {"amount": "MONEY"}}, "DECIMAL(precision, scale)"),
        ({"table_columns": {"amount": "DECIMAL(40,2)"}}, "at most 38 digits"),
        ({"table_columns": {"source_row": "BIGINT"}}, "landing uses itself"),
        ({"table_columns": {"batch_id": "BIGINT"}}, "landing uses itself"),
        (
            {"table_columns": {"a": {"type": "DECIMAL(9,2)", "rounding": "half_even"}}},
            "floating-point Parquet and database columns",
        ),
        ({"table_columns": {"a": {"type": "VARCHAR", "minimum": "a"}}}, "takes no minimum or maximum"),
        ({"table_columns": {"a": {"type": "DATE", "maximum": "31.12.2030"}}}, "a date such as 2005-01-31"),
        ({"table_columns": {"a": {"type": "TIMESTAMP", "maximum": "2030"}}}, "a time such as 2005-01-31 23:59:59"),
        ({"table_columns": {"a": {"type": "INTEGER", "minimum": 0.5}}}, "a whole number"),
        ({"table_columns": {"a": {"type": "DECIMAL(9,2)", "minimum": 0.005}}}, "at most 2 digits after the point"),
        ({"table_columns": {"a": {"type": "INTEGER", "minimum": 2, "maximum": 1}}}, "greater than maximum 1"),
        ({"table_files": "**.csv"}, "as in **/*.csv"),
        ({"table_format": "jsonl", "table_json": {"path": "data"}}, "json.path is for format: json"),
        ({"table_keys": ["id"], "table_columns": {"a": "INTEGER"}}, "not among the declared columns"),
        ({"table_csv": {"delimeter": ";"}}, "delimeter"),
        ({"table_csv": {"decimal": ",", "thousands": ","}}, "two different marks"),
        ({"table_csv": {"header": False}}, "in the order of the file"),
        ({"table_format": "parquet", "table_csv": {"delimiter": ";"}}, "format: csv"),
        ({"table_json": {"date_format": "%d"}}, "format: json or jsonl"),
        ({"table_excel": {"sheet": "A"}}, "format: excel"),
        ({"table_format": "parquet", "table_compression": "gzip"}, "format: csv or json or jsonl"),
        ({"table_compression": "zip"}, "'auto', 'gzip', 'zstd' or 'none'"),
        ({"table_csv": {"delimiter": "||"}}, "at most 1 character"),
        ({"table_csv": {"encoding": "ebcdic"}}, "'windows-1252'"),
        ({"table_format": "json", "table_json": {"decimal": ","}}, "tables.0.json.decimal"),
        ({"table_format": "excel", "table_excel": {"header_row": 0}}, "tables.0.excel.header_row"),
    ],
)
def test_a_mistake_names_the_file_and_what_is_allowed(tmp_path: Path, changes: dict[str, Any], said: str) -> None:
    folder = declare(tmp_path, **changes)
    with pytest.raises(DeclarationError) as fault:
        load_declarations(folder)
    assert str(folder / "defs.yaml") in str(fault.value)
    assert said in str(fault.value)


def test_a_table_declared_twice_is_refused(tmp_path: Path) -> None:
    declare(tmp_path)
    (system,) = load_declarations(tmp_path)
    with pytest.raises(ValueError, match="declared more than once: ledger"):
        SourceSystem.model_validate({**system.model_dump(), "tables": [system.tables[0], system.tables[0]]})


def test_a_system_declared_twice_is_refused(tmp_path: Path) -> None:
    declare(tmp_path / "a")
    declare(tmp_path / "b")
    with pytest.raises(DeclarationError, match="declared twice"):
        load_declarations(tmp_path)


def test_what_is_not_yaml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "defs.yaml").write_text("type: [")
    with pytest.raises(DeclarationError, match="not YAML"):
        load_declarations(tmp_path)


def test_a_root_from_the_environment_must_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (system,) = load_declarations(declare(tmp_path, root="${ERP_FILES}/out"))
    monkeypatch.delenv("ERP_FILES", raising=False)
    with pytest.raises(DeclarationError, match="ERP_FILES"):
        system.folder(tmp_path)
    monkeypatch.setenv("ERP_FILES", "/srv/erp")
    assert system.folder(tmp_path) == Path("/srv/erp/out")


def test_describing_a_column_does_not_change_how_it_is_read(tmp_path: Path) -> None:
    def reading_hash(column: dict[str, str]) -> str:
        return load_declarations(declare(tmp_path, table_columns={"a": column}))[0].tables[0].reading_hash

    plain = reading_hash({"type": "INTEGER"})
    assert reading_hash({"type": "INTEGER", "description": "The key."}) == plain
    assert reading_hash({"type": "BIGINT"}) != plain


def test_a_company_has_the_systems_of_its_folder_and_no_other(tmp_path: Path) -> None:
    company = made_company(tmp_path)
    assert load_declarations(company / "sources") == []
    table = {"name": "sale", "description": "Sales.", "files": "sale.csv", "format": "csv"}
    said = {"description": "A shop.", "owners": ["team:shop"], "group": "sources_shop", "root": "files"}
    declare_system(company, {"name": "shop", **said, "tables": [table]})
    found = {
        folder: [system.name for system in load_declarations(folder / "sources")]
        for folder in (company, TARNVALE, ADVENTUREWORKS)
    }
    assert found[company] == ["shop"]
    assert found[TARNVALE] == ["simulated"]
    assert len(found[ADVENTUREWORKS]) == 3


def test_every_table_and_column_of_the_demo_is_described() -> None:
    systems = load_declarations(ADVENTUREWORKS / "sources")
    columns = {(s.name, t.name, n): c for s in systems for t in s.tables for n, c in t.columns.items()}
    assert columns
    assert not [name for name, column in columns.items() if not column.description]
    assert not [(s.name, t.name) for s in systems for t in s.tables if not t.keys or not t.columns]


def test_landing_does_not_import_what_is_slow() -> None:
    code = (
        "import sys, orchestration.sources.landing; "
        "print([m for m in ('pandas', 'pyarrow', 'dagster', 'great_expectations') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("root", "storage", "told"),
    [
        ("s3://bucket/folder", {"secret": "AbCd"}, r"storage\.secret is a secret; write \$\{VARIABLE\} there"),
        ("s3://bucket/folder", {"key": "AKIA"}, r"storage\.key is a secret"),
        (
            "s3://bucket/folder",
            {"client_kwargs": {"aws_secret_access_key": "AbCd"}},
            r"storage\.client_kwargs\.aws_secret",
        ),
        ("s3://bucket/folder", {"token": "x${HALF}"}, r"storage\.token is a secret"),
        ("sftp://host/folder", {"password": "AbCd"}, r"storage\.password is a secret"),
        ("sftp://host/folder", {"passphrase": "AbCd"}, r"storage\.passphrase is a secret"),
        ("s3://bucket/folder", {"proxies": ["http://me:AbCd@proxy"]}, r"storage\.proxies is a secret"),
        ("abfs://box@account/folder", {"sas_token": "AbCd"}, r"storage\.sas_token is a secret"),
        ("sftp://me:AbCd@host/folder", None, r"root holds a password; declare it as storage"),
        ("sftp://me:${AbCd}@host/folder", {}, r"root holds a password; declare it as storage"),
        ("s3://bucket/folder", "AbCd", r"storage: Input should be a valid dictionary"),
        ("files", {"key": "${KEY}"}, r"storage is for a root such as s3://"),
    ],
)
def test_a_secret_that_is_written_down_is_refused_and_not_shown(
    tmp_path: Path, root: str, storage: dict[str, object] | None, told: str
) -> None:
    changes = {"root": root, **({"storage": storage} if storage is not None else {})}
    with pytest.raises(DeclarationError, match=told) as raised:
        load_declarations(declare(tmp_path, **changes))
    said = yaml.safe_load((tmp_path / "defs.yaml").read_text())["attributes"]
    with pytest.raises(ValidationError) as shown:
        SourceSystem.model_validate(said)
    assert "AbCd" not in f"{raised.value} {shown.value}"


@pytest.mark.parametrize(
    ("root", "storage"),
    [
        ("s3://bucket/folder", {"key": "${KEY}", "secret": "${SECRET}", "endpoint_url": "https://s3.example.com"}),
        (
            "sftp://me@host:2222/folder",
            {"password": "${PASSWORD}", "known_hosts": "/etc/ssh/ssh_known_hosts", "port": 22},
        ),
        ("sftp://host/folder", {"client_keys": ["/home/me/.ssh/id"], "host_key": "ssh-ed25519 AAAA", "username": "me"}),
        ("abfs://box@account/folder", {"account_name": "account", "account_key": "${KEY}"}),
        ("${SHOP_FILES}", {"key": "${KEY}", "secret": "${SECRET}"}),
    ],
)
def test_storage_says_what_the_library_needs(tmp_path: Path, root: str, storage: dict[str, object]) -> None:
    (system,) = load_declarations(declare(tmp_path, root=root, storage=storage))
    assert system.storage == storage


def test_no_library_for_files_elsewhere_is_loaded_for_a_local_folder(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from orchestration.sources.declaration.systems import load_declarations\n"
        "from orchestration.sources.landing import open_source\n"
        f"with open_source(load_declarations(Path({str(declare(tmp_path))!r}))[0], Path({str(tmp_path)!r})):\n"
        "    print([name for name in ('fsspec', 's3fs', 'sshfs', 'asyncssh', 'botocore') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
    assert done.stdout.strip() == "[]"


def test_a_format_that_is_a_mapping_is_a_mistake_in_words(tmp_path: Path) -> None:
    declare(tmp_path)
    (file,) = tmp_path.rglob("defs.yaml")
    file.write_text(file.read_text(encoding="utf-8").replace("format: csv", "format: {kind: csv}"), encoding="utf-8")
    with pytest.raises(DeclarationError, match="format"):
        load_declarations(tmp_path)
