"""What a build is made of, as one fingerprint, and how far it came: the same fingerprint again needs no build.

It covers the current batches of the raw lake, what the company declares, the product's dbt project, KPI dictionary and
expectation suites, the code that builds and reports, and the versions of the libraries that compute. It covers neither
another company nor the simulator.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from importlib.metadata import version
from pathlib import Path

from orchestration.company.calendar_kinds import Own
from orchestration.company.declaration import load_company
from orchestration.settings import PRODUCT, Settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.lake.raw_lake import RawLake

_CODE = (
    ("dbt_project", ("models", "macros", "tests", "dbt_project.yml", "profiles.yml")),
    ("expectations", (".",)),
    ("orchestration", (".",)),
    ("systems", (".",)),
)
_SIMULATOR = Path("orchestration", "simulation")  # makes files to land, and has no part in what is built of them
_COMPANY_FOLDERS = ("sources", "models", "macros", "tests", "suites", "kpis", "lists", "packs", "plans")
_LIBRARIES = ("duckdb", "dbt-core", "dbt-duckdb", "great-expectations", "altair", "vl-convert-python")
_BUILT, _PUBLISHED, _COMPLETED = "built.json", "published.json", "completed.json"
_SUFFIXES = {".sql", ".yml", ".yaml", ".csv", ".py", ".j2", ".css"}


def build_fingerprint(installation: Settings) -> str:
    """Return the SHA-256 of everything that a build and its report depend on."""
    digest = hashlib.sha256()
    for name in _LIBRARIES:
        digest.update(f"{name}={version(name)}\n".encode())
    for root, files in ((PRODUCT, _product_files()), (installation.company_dir, _company_files(installation))):
        for file in files:
            digest.update(f"{file.relative_to(root)}\n".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    digest.update(f"as_of={installation.as_of.astimezone(UTC) if installation.as_of else None}\n".encode())
    lake = RawLake(installation.raw_lake)
    for system in load_declarations(installation.declarations):
        for table in system.tables:
            batches = [batch.batch_id for batch in lake.current(system.name, table.name, as_of=installation.as_of)]
            digest.update(f"{system.name}.{table.name}={batches}\n".encode())
    return digest.hexdigest()


def _product_files() -> list[Path]:
    files: set[Path] = set()
    for folder, parts in _CODE:
        for part in parts:
            files |= _below(PRODUCT / folder / part)
    return sorted(files - _below(PRODUCT / _SIMULATOR))


def _company_files(installation: Settings) -> list[Path]:
    """Return the files that a company declares itself with; neither what it lands nor what is built of it."""
    company = installation.company_dir
    files = {file for file in company.iterdir() if file.suffix in _SUFFIXES and file.is_file()}
    return sorted(files.union(_closing_days(company), *(_below(company / folder) for folder in _COMPANY_FOLDERS)))


def _closing_days(company: Path) -> set[Path]:
    """Return the files of the calendars' own closing days, which may be anywhere below the folder."""
    calendars = load_company(company).calendars.values()
    return {company / one.file for segments in calendars for one in segments if isinstance(one, Own) and one.file}


def _below(place: Path) -> set[Path]:
    found = [place] if place.is_file() else place.rglob("*")
    return {file for file in found if file.suffix in _SUFFIXES and file.is_file()}


def record_built(installation: Settings, fingerprint: str) -> None:
    """Remember that the warehouse was built, and its tests passed, from what had this fingerprint when it began."""
    _write(installation.state / _BUILT, {"fingerprint": fingerprint})


def record_published(installation: Settings) -> None:
    """Remember that what was built is what is published now."""
    _write(installation.state / _PUBLISHED, _read(installation.state / _BUILT))


def record_completed(installation: Settings, report: Path) -> None:
    """Remember that `report` is the report of what is published now, and what both are."""
    made = {
        "report": str(report),
        "report_sha256": _sha256(report),
        "mart_sha256": _sha256(installation.published_mart),
    }
    _write(installation.state / _COMPLETED, _read(installation.state / _PUBLISHED) | made)


def is_completed(installation: Settings, fingerprint: str) -> bool:
    """Return whether the mart and the report of exactly this fingerprint are there already, and undamaged."""
    completed = _read(installation.state / _COMPLETED)
    return (
        completed.get("fingerprint") == fingerprint
        and completed.get("mart_sha256") == _sha256(installation.published_mart)
        and completed.get("report_sha256") == _sha256(Path(completed.get("report", "")))
    )


def _sha256(file: Path) -> str | None:
    """Return the hash of a file; None if it is not there."""
    if not file.is_file():
        return None
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _write(file: Path, record: Mapping[str, str | None]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(record), encoding="utf-8")
    temporary.replace(file)


def _read(file: Path) -> dict[str, str]:
    """Return a record; one that is not there or not readable says nothing."""
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}
