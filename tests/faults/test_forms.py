"""The forms of `make faults`: the short one leaves no kind of disturbance out, and kills as often as it says."""

from tests.faults.harness.damage import damages
from tests.faults.harness.forms import apart, together
from tests.faults.harness.surroundings import OBSTACLES

_TWINS = {"the mart is cut off", "what one run hands to the next, sources unchanged, is cut off"}
"""Damage that the short form tries with the sources changed, or unchanged, and not both."""


def test_the_short_form_kills_each_step_and_makes_each_other_disturbance() -> None:
    faults = [disturbance.fault for chain in together(25, 1) for disturbance in chain]
    assert sum(fault.startswith("kill -9") for fault in faults) == 25
    assert {fault.split(" while ")[1] for fault in faults if fault.startswith("kill -9")} == {
        "it starts",
        "it lands the books",
        "it lands the shop",
        "dbt builds",
        "the expectations are checked",
        "the mart is published",
        "the report is made",
    }
    what = {_without_way(fault) for fault in faults}
    assert {_without_way(each.fault) for each in damages(1)} - what == {_without_way(twin) for twin in _TWINS}
    assert {each.fault for each in OBSTACLES} <= set(faults)
    for sign in ("the zone", "DuckDB has 300 MB", "two refreshes at once", "the source database restarts"):
        assert any(sign in fault for fault in faults), sign


def test_the_long_form_kills_two_hundred_times_and_repeats_the_others() -> None:
    faults = [disturbance.fault for chain in apart(200, 2, 50) for disturbance in chain]
    assert sum(fault.startswith("kill -9") for fault in faults) == 200
    others = {_without_way(fault) for fault in faults if not fault.startswith("kill -9")}
    assert len(faults) == 200 + 2 * len(others) - 2, "the neighbours are there once"


def _without_way(fault: str) -> str:
    return fault.removesuffix(" is cut off").removesuffix(" has flipped bits")
