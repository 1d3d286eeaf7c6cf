"""Which Data Docs pages stay."""

from pathlib import Path

from expectations.data_docs import remove_old_pages


def page(folder: Path, name: str) -> Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("<html></html>")
    return file


def test_pages_of_earlier_runs_go_and_everything_else_stays(tmp_path: Path):
    old = page(tmp_path, "validations/core/stock/latest/1/a.html")
    new = page(tmp_path, "validations/core/stock/latest/2/a.html")
    dropped_suite = page(tmp_path, "expectations/core/gone.html")
    others = [page(tmp_path, "index.html"), page(tmp_path, "static/x.html")]
    remove_old_pages(tmp_path, {new})
    assert not old.parent.exists()
    assert not dropped_suite.exists()
    assert all(file.exists() for file in [new, *others])


def test_an_empty_site_is_no_error(tmp_path: Path):
    remove_old_pages(tmp_path, set())
