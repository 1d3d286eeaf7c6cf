"""What a sensor refreshes: the source systems that changed, and everything that is made of sources."""

from collections.abc import Iterable

import dagster as dg


def refresh_of(systems: Iterable[str], context: dg.SensorEvaluationContext) -> list[dg.AssetKey] | None:
    """Return the assets to refresh where only these systems changed; None for all, where that cannot be known.

    All models are among them: a mart is published only of a whole build.
    """
    if context.repository_def is None:
        return None
    unchanged = dg.AssetSelection.tag("layer", "raw")
    for system in systems:
        unchanged -= dg.AssetSelection.tag("source_system", system)
    selection = dg.AssetSelection.all() - unchanged
    return sorted(selection.resolve(context.repository_def.asset_graph))
