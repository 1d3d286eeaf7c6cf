"""The report as a browser shows it: nobody has to scroll sideways, on a desk or on a phone, and every page prints its footer."""

import html
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.end_to_end.conftest import DemoRun

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")

PROBE = """<!doctype html><iframe id="page" style="width:{width}px;height:900px;border:0" srcdoc="{page}"></iframe>
<script>
document.getElementById("page").addEventListener("load", (event) => {{
  const root = event.target.contentDocument.documentElement;
  document.title = `widths ${{root.clientWidth}} ${{root.scrollWidth}}`;
}});
</script>"""


def chromium(profile: Path, *arguments: str) -> str:
    assert CHROMIUM
    quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
    ]
    command = [CHROMIUM, *quiet, f"--user-data-dir={profile}", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_the_page_never_scrolls_sideways(demo_run: DemoRun, tmp_path: Path, width: int) -> None:
    report = (demo_run.installation.reports / "latest.html").read_text(encoding="utf-8")
    probe = tmp_path / "probe.html"
    probe.write_text(PROBE.format(width=width, page=html.escape(report)), encoding="utf-8")
    shown = chromium(
        tmp_path / "profile", "--window-size=1400,1000", "--virtual-time-budget=5000", "--dump-dom", probe.as_uri()
    )
    found = re.search(r"<title>widths (\d+) (\d+)</title>", shown)
    assert found, "the page did not load"
    client_width, scroll_width = map(int, found.groups())
    assert client_width > width - 20
    assert scroll_width <= client_width


def test_the_report_prints(demo_run: DemoRun, tmp_path: Path) -> None:
    page = (demo_run.installation.reports / "latest.html").resolve()
    pdf = tmp_path / "report.pdf"
    chromium(tmp_path / "profile", f"--print-to-pdf={pdf}", page.as_uri())
    pages = re.findall(rb"/Type\s*/Page[^s]", pdf.read_bytes())
    assert len(pages) >= 5
