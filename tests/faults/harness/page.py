"""The table of what was survived, and its place in docs/reliability.md; all of it comes out of trials."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from orchestration.settings import PRODUCT
from tests.faults.harness.trials import Outcome

PAGE = PRODUCT / "docs" / "reliability.md"
_BEGIN, _END = "<!-- measured: written by make faults -->", "<!-- end of what was measured -->"
_SILENT = "nothing: the run succeeds"
_LONGEST = 400
_DATA = re.compile(r"/\S*?/company/data")


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a Markdown table with a line per fault: runs, survived, what the user sees and has to do."""
    faults = dict.fromkeys(each.fault for each in outcomes)
    lines = ["| fault | runs | survived | what the user sees | what the user does |", "|---|---|---|---|---|"]
    for fault in faults:
        of_it = [each for each in outcomes if each.fault == fault]
        survived = sum(each.survived for each in of_it)
        cells = (
            fault,
            f"{len(of_it):,}",
            f"{survived:,}",
            _most_often(each.said or _SILENT for each in of_it),
            _most_often(each.mended or "runs again" for each in of_it),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def write_page(page: Path, outcomes: Sequence[Outcome], *, seed: int) -> None:
    """Put the table in its place between the page's marks."""
    before, _, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    survived = sum(each.survived for each in outcomes)
    summary = f"{len(outcomes):,} trials with seed {seed}, {survived:,} survived."
    page.write_text(f"{before}{_BEGIN}\n{summary}\n\n{table(outcomes)}\n{_END}{after}", encoding="utf-8")


def _most_often(texts: Sequence[str] | object) -> str:
    counted = Counter(texts)  # type: ignore[call-overload]
    ((text, _),) = counted.most_common(1)
    text = _DATA.sub("<data>", text)
    shown = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
    return shown.replace("|", "\\|")
