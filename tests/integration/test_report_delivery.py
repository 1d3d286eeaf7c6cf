"""A report reaches the archive whole, once for each publication, and is never replaced."""

import subprocess
import sys
from pathlib import Path

import pytest

from orchestration.reports.deliver import Delivery, deliver_to_folder
from orchestration.reports.document import MonthlyReport, build_monthly_report
from orchestration.reports.errors import ReportError
from tests.integration.test_report_small_mart import write_small_mart

HTML = "<!doctype html><p>Net sales 12 k€</p>"


@pytest.fixture(scope="module")
def mart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_mart(tmp_path_factory.mktemp("mart") / "mart.duckdb")


@pytest.fixture(scope="module")
def report(mart: Path) -> MonthlyReport:
    return build_monthly_report(mart)


def files(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_a_report_lies_under_its_closing_and_publication_and_as_the_latest(
    report: MonthlyReport, tmp_path: Path
) -> None:
    delivery = deliver_to_folder(HTML, report, tmp_path)
    assert delivery.is_new
    assert delivery.path == tmp_path / "2022-06" / "tieout-2022-06-000002-abcdef01.html"
    assert files(tmp_path) == {"2022-06/tieout-2022-06-000002-abcdef01.html": HTML, "latest.html": HTML}


def test_the_same_report_again_changes_nothing(report: MonthlyReport, tmp_path: Path) -> None:
    first = deliver_to_folder(HTML, report, tmp_path)
    before = {path: path.stat().st_ino for path in tmp_path.rglob("*.html")}
    again = deliver_to_folder(HTML, report, tmp_path)
    assert (again.path, again.is_new) == (first.path, False)
    assert {path: path.stat().st_ino for path in tmp_path.rglob("*.html")} == before


def test_a_delivered_report_is_never_replaced_another_text_is_its_next_edition(
    report: MonthlyReport, tmp_path: Path
) -> None:
    first = deliver_to_folder(HTML, report, tmp_path)
    second = deliver_to_folder(f"{HTML} changed", report, tmp_path)
    assert (second.path.name, second.is_new) == (f"{first.path.stem}-edition-2.html", True)
    assert first.path.read_text() == HTML
    assert deliver_to_folder(HTML, report, tmp_path) == Delivery(first.path, is_new=False)
    assert deliver_to_folder(f"{HTML} changed", report, tmp_path) == Delivery(second.path, is_new=False)


def test_what_a_killed_delivery_left_half_written_goes_with_the_next_one(report: MonthlyReport, tmp_path: Path) -> None:
    (tmp_path / "2022-06").mkdir()
    for folder in (tmp_path, tmp_path / "2022-06"):
        (folder / ".report-killed.tmp").write_text("<!doctype html><p>Net sa")
    deliver_to_folder(HTML, report, tmp_path)
    assert files(tmp_path) == {"2022-06/tieout-2022-06-000002-abcdef01.html": HTML, "latest.html": HTML}


def test_the_report_of_an_older_closing_does_not_become_the_latest(mart: Path, tmp_path: Path) -> None:
    deliver_to_folder(HTML, build_monthly_report(mart), tmp_path)
    older = deliver_to_folder("older", build_monthly_report(mart, "2022-05"), tmp_path)
    assert older.is_new
    assert (tmp_path / "latest.html").read_text() == HTML


def test_a_folder_that_cannot_be_written_gives_one_clear_line(report: MonthlyReport, tmp_path: Path) -> None:
    blocked = tmp_path / "reports"
    blocked.write_text("a file where the folder should be")
    with pytest.raises(ReportError, match="cannot be written") as error:
        deliver_to_folder(HTML, report, blocked)
    assert "\n" not in str(error.value)


def test_of_many_processes_that_deliver_at_once_exactly_one_is_first(mart: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from orchestration.reports.deliver import deliver_to_folder as d; "
        "from orchestration.reports.document import build_monthly_report as b; "
        "print(d(sys.argv[3], b(Path(sys.argv[1])), Path(sys.argv[2])).is_new)"
    )
    archive, script = tmp_path / "archive", tmp_path / "deliver.py"
    script.write_text(code, encoding="utf-8")  # not -c: DuckDB takes that for a person, and shows progress
    command = [sys.executable, str(script), str(mart), str(archive), HTML * 500]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = [process.communicate()[0].strip() for process in started]
    assert sorted(answers) == ["False", "False", "False", "True"]
    assert set(files(archive).values()) == {HTML * 500}
    assert len(files(archive)) == 2, "no temporary file is left"
