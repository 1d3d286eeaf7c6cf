"""Settings: what cannot be is one message that names the variable and what is allowed."""

import duckdb
import pytest

from orchestration.settings import SettingsError, settings


@pytest.mark.parametrize("given", ["1GB", "512MiB", "1.5 gb"])
def test_a_memory_limit_is_a_number_and_its_unit(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MEMORY_LIMIT", given)
    assert settings.__wrapped__().memory_limit == given


@pytest.mark.parametrize(
    ("given", "half"), [("1.5 GB", "750MB"), ("3GB", "1500MB"), ("1GiB", "512MiB"), ("1.5 gb", "750MB")]
)
def test_connections_side_by_side_share_the_memory(given: str, half: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MEMORY_LIMIT", given)
    with duckdb.connect(config={"memory_limit": settings.__wrapped__().memory_share(2)}) as connection:
        shared = connection.execute("SELECT current_setting('memory_limit')").fetchone()
        connection.execute(f"SET memory_limit = '{half}'")
        assert shared == connection.execute("SELECT current_setting('memory_limit')").fetchone()


@pytest.mark.parametrize("given", ["much", "1024", "80%", "-1GB", ""])
def test_another_memory_limit_is_refused_with_an_example(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MEMORY_LIMIT", given)
    with pytest.raises(SettingsError) as refused:
        settings.__wrapped__()
    assert str(refused.value) == (
        f"TIEOUT_MEMORY_LIMIT is {given!r}: write a number and its unit, such as 1GB or 1536MiB"
    )
