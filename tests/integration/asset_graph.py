"""The asset graph of the company that is chosen, as text.

`TIEOUT_COMPANY=companies/adventureworks python -m tests.integration.asset_graph` writes the reviewed snapshot anew;
`show` after it prints the graph and writes nothing.
"""

import sys
from pathlib import Path

import dagster as dg

from orchestration.definitions import defs

SNAPSHOT = Path(__file__).with_name("asset_graph.txt")


def loaded_definitions() -> dg.Definitions:
    """Return the code location's definitions."""
    return defs()


def asset_graph_lines(definitions: dg.Definitions) -> list[str]:
    """Return one line per asset: its group, its key, and the keys that it depends on."""
    return sorted(
        f"{spec.group_name}: {spec.key.to_user_string()} <- "
        + (", ".join(sorted(dep.asset_key.to_user_string() for dep in spec.deps)) or "nothing")
        for spec in definitions.resolve_all_asset_specs()
    )


if __name__ == "__main__":
    graph = "\n".join(asset_graph_lines(loaded_definitions())) + "\n"
    if sys.argv[1:] == ["show"]:
        sys.stdout.write(graph)
    else:
        SNAPSHOT.write_text(graph, encoding="utf-8")
