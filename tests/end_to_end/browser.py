"""A page as Chromium lays it out."""

import html
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs a browser: apt-get install chromium")

_PROBE = """<!doctype html><iframe id="page" style="width:{width}px;height:900px;border:0" srcdoc="{page}"></iframe>
<script>
document.getElementById("page").addEventListener("load", (event) => {{
  const root = event.target.contentDocument.documentElement;
  const hidden = [...root.querySelectorAll(".scroll")].map((part) => part.scrollWidth - part.clientWidth);
  document.title = `widths ${{root.clientWidth}} ${{root.scrollWidth}} ${{Math.max(0, ...hidden)}}`;
}});
</script>"""


@dataclass(frozen=True)
class Layout:
    """Widths in pixels: of the window, of the page, and of what the worst table hides until it is scrolled."""

    window: int
    page: int
    hidden: int


def layout(page: Path, workplace: Path, width: int) -> Layout:
    """Lay a page out in a window of a width; `workplace` is a folder to write to."""
    probe = workplace / "probe.html"
    probe.write_text(_PROBE.format(width=width, page=html.escape(page.read_text(encoding="utf-8"))), encoding="utf-8")
    shown = chromium(
        workplace / "profile", "--window-size=1400,1000", "--virtual-time-budget=5000", "--dump-dom", probe.as_uri()
    )
    found = re.search(r"<title>widths (\d+) (\d+) (\d+)</title>", shown)
    assert found, "the page did not load"
    return Layout(*map(int, found.groups()))


def chromium(profile: Path, *arguments: str) -> str:
    """Run the browser and return what it says."""
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
