"""A disturbance, one trial of it, and what came of many."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from tests.faults.harness.promises import NotWhole, State, broken_promises, state_of, unclear, what_it_says
from tests.faults.harness.site import Ended, Site, steps

_SHORTEST_PATIENCE = 120
_PATIENCE = 10
"""How many times as long as an undisturbed run a disturbed one may take before it is taken to hang."""


@dataclass(frozen=True)
class Step:
    """When a step of an undisturbed run began and for how long it was at work, in seconds."""

    name: str
    begins: float
    lasts: float


@dataclass(frozen=True)
class Truth:
    """What undisturbed runs leave: of the first sources, and of the changed ones after it. And when their steps were."""

    first: State
    changed: State
    first_steps: list[Step]
    changed_steps: list[Step]
    patience: float
    """Seconds after which a run is taken to hang."""


@dataclass
class Disturbed:
    """What a disturbance did."""

    ended: list[Ended] = field(default_factory=list)
    """The runs that it disturbed and did not kill."""
    cleared: str = ""
    """What the next run must say."""
    is_broken: bool = False
    """Whether something is damaged that no product can make whole by itself: the promises wait for `mended`."""
    faults: list[str] = field(default_factory=list)
    """What the disturbance itself saw that must not be."""
    changes: int = 1
    """How often the sources changed: so many publications there may be."""


@dataclass(frozen=True)
class Disturbance:
    """One way to disturb the product, made on a site that is as `start` says."""

    fault: str
    """What a reader of the table calls it."""
    disturb: Callable[[Site, Random, Truth], Disturbed]
    start: str = "changed"
    """first: nothing was ever run; changed: a mart is published and the sources have changed; same: they have not."""
    mend: Callable[[Site], str] | None = None
    """Do what the product says is to be done where it cannot go on by itself, and return what that was."""


@dataclass(frozen=True)
class Outcome:
    """What came of one trial."""

    fault: str
    broken: list[str]
    said: str
    mended: str
    """What a person had to do before the next run; empty if nothing."""

    @property
    def survived(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken


def prepare(site: Site) -> Ended:
    """Run undisturbed for the first time, and keep what there is after it. Raises `NotWhole`."""
    site.sources(0)
    site.restore(None)
    ended = _undisturbed(site)
    site.keep("published")
    return ended


def truth_of(site: Site) -> Truth:
    """Run undisturbed, first and after a change, and return what is true of every site. Raises `NotWhole`."""
    first_run = prepare(site)
    first = state_of(site)
    site.sources(1)
    changed_run = _undisturbed(site)
    changed = state_of(site)
    site.clear()
    patience = max(_SHORTEST_PATIENCE, _PATIENCE * max(first_run.seconds, changed_run.seconds))
    # Another run leaves what a run leaves that finds its predecessors; what is there then is no leftover.
    changed = replace(changed, files=changed.files | first.files)
    return Truth(first, changed, _steps(first_run), _steps(changed_run), patience)


def trial(site: Site, truth: Truth, chain: Sequence[Disturbance], random: Random) -> list[Outcome]:
    """Disturb the product, once or several times on end, then run it undisturbed, and check every promise each time.

    A chain begins as its first disturbance says; what the others find is what the one before has left. A disturbance
    that somebody may have to mend is followed by a run at once.
    """
    start = chain[0].start
    site.sources(1 if start == "changed" else 0)
    site.restore(None if start == "first" else "published")
    before = state_of(site)
    expected = truth.changed if start == "changed" else truth.first
    expected = replace(expected, files=expected.files | truth.changed.files)
    outcomes: list[Outcome] = []
    done, following = Disturbed(), None
    for disturbance in chain:
        to_clear, begun, following, mended = done.cleared, site.runs, None, ""
        done = disturbance.disturb(site, random, truth)
        broken = [*done.faults, *(fault for ended in done.ended for fault in unclear(ended))]
        if to_clear and (told := _line_with(to_clear, site.said(begun))):
            outcomes[-1] = replace(outcomes[-1], said=outcomes[-1].said or told)
        elif to_clear and "→" in site.said(begun):
            broken.append(f"the next run did not say {to_clear!r}")
        elif to_clear:  # it was killed before it came to that: the one after it has to say it
            done.cleared = to_clear
        if not done.is_broken:
            at_once = broken_promises(site, expected, before, None, changes=done.changes)
            broken += [f"at once: {fault}" for fault in at_once]
        said = next(filter(None, map(what_it_says, done.ended)), "")
        if disturbance.mend:
            following = site.run()
            if not following.is_well:
                broken += unclear(following)
                said = said or what_it_says(following)
                mended, following = disturbance.mend(site), None
        outcomes.append(Outcome(disturbance.fault, broken, said, mended))
    following = following or site.run()
    afterwards = broken_promises(site, expected, before, following, done.cleared, changes=done.changes)
    outcomes = [replace(each, broken=each.broken + afterwards) for each in outcomes]
    if done.cleared:
        outcomes[-1] = replace(outcomes[-1], said=_line_with(done.cleared, following.said))
    if any(each.broken for each in outcomes):
        _keep_evidence(site, outcomes)
    site.clear()
    return outcomes


def _line_with(text: str, said: str) -> str:
    return next((what_it_says(Ended(0, line, 0)) for line in said.splitlines() if text in line), "")


def _undisturbed(site: Site) -> Ended:
    ended = site.run()
    if not ended.is_well:
        raise NotWhole(f"an undisturbed run failed:\n{ended.said}")
    return ended


def _steps(ended: Ended) -> list[Step]:
    """Return the steps of an undisturbed run, and what comes before the first of them."""
    begun: dict[str, float] = {}
    found: list[Step] = []
    for line, seconds in ended.seen.items():
        for sign, name in steps(line):
            if sign == "→":
                begun[name] = seconds
            elif name in begun:
                found.append(Step(name, begun[name], seconds - begun[name]))
    return [Step("start", 0, min(begun.values())), *found]


def _keep_evidence(site: Site, outcomes: Sequence[Outcome]) -> None:
    """Write what was said where somebody who looks for the reason finds it."""
    told = [f"{each.fault}: {'; '.join(each.broken) or 'survived'}" for each in outcomes]
    with (site.folder / "failures.txt").open("a", encoding="utf-8") as file:
        file.write("\n".join([*told, *site.outputs(), "=" * 100]) + "\n")
