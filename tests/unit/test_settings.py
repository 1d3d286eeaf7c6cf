"""Settings: what cannot be is one message that names the variable and what is allowed."""

import pytest

from orchestration.settings import SettingsError, settings


@pytest.mark.parametrize("given", ["1GB", "512MiB", "1.5 gb"])
def test_a_memory_limit_is_a_number_and_its_unit(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MEMORY_LIMIT", given)
    assert settings.__wrapped__().memory_limit == given


@pytest.mark.parametrize("given", ["much", "1024", "80%", "-1GB", ""])
def test_another_memory_limit_is_refused_with_an_example(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MEMORY_LIMIT", given)
    with pytest.raises(SettingsError) as refused:
        settings.__wrapped__()
    assert str(refused.value) == (
        f"TIEOUT_MEMORY_LIMIT is {given!r}: write a number and its unit, such as 1GB or 1536MiB"
    )
