"""Disturb the product, and say what it survived: `make faults [FAULTS="--kills 200"]`; exit code 1 if it did not."""

import argparse
import math
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from queue import Queue
from random import Random
from threading import Lock

from orchestration.errors import TieoutError
from tests.faults.harness.forms import Chain, apart, together
from tests.faults.harness.page import PAGE, table, write_page
from tests.faults.harness.promises import NotWhole
from tests.faults.harness.site import Site
from tests.faults.harness.trials import Outcome, Truth, prepare, trial, truth_of


def main(arguments: Sequence[str]) -> int:
    """Run the trials that are asked for, print the table, and return the exit code."""
    asked = _asked(arguments)
    if asked.each or asked.only:
        chains = apart(asked.kills, asked.each or 1, asked.publications)
        chains = [chain for chain in chains if any(asked.only in each.fault for each in chain)]
    else:
        chains = together(asked.kills, asked.publications)
    started, outcomes = time.monotonic(), list[Outcome]()
    folder = Path(tempfile.mkdtemp(prefix="tieout-faults-", dir=asked.folder))
    try:
        end = started + asked.minutes * 60
        for came_of_it in _outcomes(folder, chains, seed=asked.seed, at_once=asked.at_once, end=end):
            outcomes += came_of_it
            if asked.write:  # after each chain: whoever stops it in the middle has what was measured until then
                write_page(PAGE, outcomes, seed=asked.seed)
    finally:
        evidence = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*/failures.txt"))
        shutil.rmtree(folder, ignore_errors=True)
    minutes = (time.monotonic() - started) / 60
    _say(table(outcomes))
    _say(f"{len(outcomes)} trials in {minutes:.1f} minutes, {sum(not each.survived for each in outcomes)} not survived")
    if asked.evidence and evidence:
        asked.evidence.write_text(evidence, encoding="utf-8")
        _say(f"What was said in those: {asked.evidence}")
    return 0 if outcomes and all(each.survived for each in outcomes) else 1


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__)
    parser.add_argument("--kills", type=int, default=25, help="how often a run is killed (25)")
    parser.add_argument("--each", type=int, help="make each other disturbance so often, in runs of its own")
    parser.add_argument("--publications", type=int, default=1, help="how many are made while ten readers read (1)")
    parser.add_argument("--only", default="", help="only disturbances whose name has this in it, in runs of their own")
    parser.add_argument(
        "--seed", type=int, default=1, help="chooses the moments and the places; the same again repeats"
    )
    parser.add_argument("--at-once", type=int, default=2, help="how many companies are disturbed side by side (2)")
    parser.add_argument("--minutes", type=float, default=math.inf, help="begin no other trial after so many minutes")
    parser.add_argument("--folder", type=Path, help="where the companies are put; the system's temporary folder")
    parser.add_argument("--evidence", type=Path, help="a file for what was said where a promise was broken")
    parser.add_argument("--write", action="store_true", help=f"write the table into {PAGE.name}")
    return parser.parse_args(arguments)


def _outcomes(folder: Path, chains: Sequence[Chain], *, seed: int, at_once: int, end: float) -> Iterator[list[Outcome]]:
    """Make the trials at several sites side by side; what a trial does depends on the seed and its place only."""
    sites: Queue[Site] = Queue()
    saying, done, number_of_all = Lock(), [0], sum(map(len, chains))

    def prepared(number: int) -> Truth | None:
        """Prepare a site; the first one says what is true of all of them."""
        site = Site(folder / str(number))
        truth = truth_of(site) if number == 0 else None
        if number:
            prepare(site)
        sites.put(site)
        return truth

    def outcomes(numbered: tuple[int, Chain]) -> list[Outcome]:
        number, chain = numbered
        if time.monotonic() > end:
            return []
        site = sites.get()
        try:
            came_of_it = trial(site, truth, chain, Random(f"{seed} {number}"))  # noqa: S311
        except (NotWhole, TieoutError, OSError, subprocess.SubprocessError) as error:
            site.clear()
            came_of_it = [Outcome(each.fault, [f"the trial broke off: {error}"], "", "") for each in chain]
        finally:
            sites.put(site)
        with saying:
            for each in came_of_it:
                done[0] += 1
                verdict = "survived" if each.survived else f"NOT SURVIVED: {'; '.join(each.broken)}"
                _say(f"{done[0]:>4} of {number_of_all}  {each.fault}: {verdict}")
        return came_of_it

    with ThreadPoolExecutor(at_once) as workers:
        truth = next(filter(None, workers.map(prepared, range(at_once))))
        for site in sites.queue:
            site.patience = truth.patience
        for made in as_completed(workers.submit(outcomes, each) for each in enumerate(chains)):
            yield made.result()


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
