"""What the sensors on sources share: the state of each system is looked at, and what changed is refreshed."""

import hashlib
import json
from collections.abc import Callable, Iterable

import dagster as dg

from orchestration.sources.declaration.systems import SourceSystem
from orchestration.sources.errors import SourceError


class NotYet(Exception):  # noqa: N818 (nothing is wrong)
    """A system is changing. `state` is what the next look is told of this one."""

    def __init__(self, reason: str, state: str | None) -> None:
        super().__init__(reason)
        self.state = state


def poll(
    context: dg.SensorEvaluationContext,
    systems: Iterable[SourceSystem],
    state_of: Callable[[SourceSystem, str | None], str],
    nothing: str,
) -> dg.SensorResult | dg.SkipReason:
    """Request one refresh of the systems that are in another state than at the last request.

    `state_of` is given a system and its state at the last look (None: there was none) and returns a text that is
    another one when the source has changed, or raises `NotYet`. A system that cannot be looked at keeps its state and
    holds up no other. `nothing` is said when nothing changed.
    """
    before: dict[str, str] = json.loads(context.cursor) if context.cursor else {}
    now: dict[str, str] = {}
    changed, reasons = [], []
    for system in systems:
        last = before.get(system.name)
        try:
            state: str | None = state_of(system, last)
            if state != last:
                changed.append(system.name)
        except NotYet as waiting:
            reasons.append(str(waiting))
            state = waiting.state
        except (SourceError, OSError) as error:
            context.log.warning(str(error))
            reasons.append(str(error))
            state = last
        if state is not None:
            now[system.name] = state
    cursor = json.dumps(now, sort_keys=True)
    if changed:
        run_key = hashlib.sha256(cursor.encode()).hexdigest()
        request = dg.RunRequest(run_key=run_key, asset_selection=_refresh_of(changed, context))
        return dg.SensorResult(run_requests=[request], cursor=cursor)
    reason = " ".join(reasons) or nothing
    return dg.SkipReason(reason) if now == before else dg.SensorResult(skip_reason=reason, cursor=cursor)


def _refresh_of(systems: Iterable[str], context: dg.SensorEvaluationContext) -> list[dg.AssetKey] | None:
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
