"""dagster-dbt without dbt: what is used of it reads dbt's files and its log, and dbt works in a process of its own.

dagster-dbt works where dbt is not installed, and imports it where it is, for the names of a few states: that takes more
than twice as long as importing Dagster. So it is imported here as if dbt were not there, and from here everywhere else.
"""

import sys

_SEEN = "dbt.version"
"""The module by which dagster-dbt knows whether dbt is installed."""

_seen_before = sys.modules.get(_SEEN)
sys.modules[_SEEN] = None  # type: ignore[assignment]  # Python's mark of a module that is not to be found
try:
    from dagster_dbt import DagsterDbtTranslator, DbtCliInvocation, DbtProject, dbt_assets
finally:
    del sys.modules[_SEEN]
    if _seen_before is not None:
        sys.modules[_SEEN] = _seen_before

__all__ = ["DagsterDbtTranslator", "DbtCliInvocation", "DbtProject", "dbt_assets"]
