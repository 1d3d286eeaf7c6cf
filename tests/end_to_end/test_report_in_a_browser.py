"""The report as a browser shows it: nobody has to scroll sideways, on a desk or on a phone, and every page prints its footer."""

import re
from pathlib import Path

import pytest

from tests.end_to_end.browser import chromium, layout, needs_browser
from tests.end_to_end.conftest import DemoRun

pytestmark = needs_browser
DESK = 1280


@pytest.mark.parametrize("width", [390, 768, DESK])
def test_the_page_never_scrolls_sideways(demo_run: DemoRun, tmp_path: Path, width: int) -> None:
    found = layout(demo_run.installation.reports / "latest.html", tmp_path, width)
    assert found.window > width - 20
    assert found.page <= found.window
    if width == DESK:
        assert found.hidden == 0


def test_the_report_prints(demo_run: DemoRun, tmp_path: Path) -> None:
    page = (demo_run.installation.reports / "latest.html").resolve()
    pdf = tmp_path / "report.pdf"
    chromium(tmp_path / "profile", f"--print-to-pdf={pdf}", page.as_uri())
    pages = re.findall(rb"/Type\s*/Page[^s]", pdf.read_bytes())
    assert len(pages) >= 5
