"""The environment in which dbt works for one company: where its files are, and which mapping models it has."""

import json

from orchestration.company.contract import contract
from orchestration.settings import Settings
from orchestration.transform.project import project_files, project_folder

_MAPPING = "map_"
NEVER_FAILS = "< 0"
"""What a run tells dbt of the number of failing rows at which a test of severity error fails: never."""


def dbt_environment(installation: Settings) -> dict[str, str]:
    """Return the variables that the dbt project and its profile read, and dbt's own: all folders are absolute.

    The project must have been laid out.
    """
    target = str(installation.dbt_target)
    project = str(project_folder(installation))
    return {
        "TIEOUT_MAPPING_MODELS": " ".join(mapping_models(installation)),
        "TIEOUT_CONTRACT": json.dumps(_contract_rules()),
        "TIEOUT_TESTS_FAIL_IF": NEVER_FAILS,
        "TIEOUT_WAREHOUSE": str(installation.warehouse),
        "TIEOUT_MEMORY_LIMIT": installation.memory_limit,
        "TIEOUT_THREADS": str(installation.threads),
        "DBT_PROJECT_DIR": project,
        "DBT_PROFILES_DIR": project,
        "DBT_TARGET_PATH": target,
        "DBT_LOG_PATH": target,
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }


def mapping_models(installation: Settings) -> list[str]:
    """Return the names of the company's mapping models, `map_<system>__<table>`, in order."""
    return sorted(
        file.stem for file in project_files(installation) if file.name.startswith(_MAPPING) and file.suffix == ".sql"
    )


def _contract_rules() -> dict[str, dict[str, object]]:
    """Return what the contract says of the rows of its tables, as macros read it: by table."""
    return {
        name: {
            "key": table.key,
            "has_lineage": table.has_lineage,
            "filled": table.filled,
            "counts_on": table.counts_on,
            "types": {column: about.type for column, about in table.columns.items()},
            "allowed": table.allowed,
        }
        for name, table in contract().tables.items()
    }
