"""A system elsewhere in Dagster: its sensor looks there, and its runs show no secret."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from orchestration.components.source_system import source_system_assets
from orchestration.defs.schedules.source_files import source_files_changed
from tests.companies import choose, declare_system, made_company
from tests.integration.landing_places import declared, hold_no_secret
from tests.remote_servers import PASSWORD, S3, Sftp, s3_server, sftp_server


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    with s3_server() as running:
        monkeypatch.setenv("SHOP_S3_KEY", running.key)
        monkeypatch.setenv("SHOP_S3_SECRET", running.secret)
        yield running


@pytest.fixture
def sftp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sftp]:
    monkeypatch.setenv("SHOP_PASSWORD", PASSWORD)
    (tmp_path / "server" / "exports").mkdir(parents=True)
    with sftp_server(tmp_path / "server") as running:
        yield running


def on_s3(server: S3) -> tuple[str, dict[str, Any]]:
    return "s3://exports/erp", {"key": "${SHOP_S3_KEY}", "secret": "${SHOP_S3_SECRET}", "endpoint_url": server.url}


def on_sftp(server: Sftp, password: str = "${SHOP_PASSWORD}") -> tuple[str, dict[str, Any]]:  # noqa: S107
    return f"sftp://erp@127.0.0.1:{server.port}/exports", {"password": password, "host_key": server.host_key}


def declare(folder: Path, root: str, storage: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Choose a company whose only system this is."""
    said = declared(root, storage).model_dump(mode="json", include={"name", "description", "owners", "group", "root"})
    table = {"name": "sale", "description": "x", "files": "*.csv", "format": "csv"}
    declare_system(made_company(folder), {**said, "storage": storage, "tables": [table]})
    choose(folder, monkeypatch)


def look(cursor: str | None) -> tuple[str | None, int, str | None]:
    """Return the sensor's next cursor, how many runs it requests, and why none."""
    with dg.build_sensor_context(instance=dg.DagsterInstance.ephemeral(), cursor=cursor) as context:
        result = source_files_changed(context)
    if isinstance(result, dg.SkipReason):
        return cursor, 0, result.skip_message
    assert isinstance(result, dg.SensorResult)
    return result.cursor, len(result.run_requests or []), result.skip_reason and result.skip_reason.skip_message


def test_the_sensor_sees_an_object_that_appears_changes_or_goes(
    s3: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(tmp_path, *on_s3(s3), monkeypatch)
    cursor, _, _ = look(None)
    for change in (
        lambda: s3.put("erp/1.csv", b"id\n1\n"),
        lambda: s3.put("erp/1.csv", b"id\n2\n"),
        lambda: s3.delete("erp/1.csv"),
    ):
        change()
        cursor, requests, _ = look(cursor)
        assert requests == 1
        cursor, requests, _ = look(cursor)
        assert requests == 0


def test_the_sensor_looks_twice_at_a_file_that_may_be_growing(
    sftp: Sftp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(tmp_path, *on_sftp(sftp), monkeypatch)
    file = sftp.folder / "exports" / "1.csv"
    cursor = None
    for content in ("id\n", "id\n1\n", "id\n1\n2\n"):
        file.write_text(content)
        cursor, requests, why = look(cursor)
        assert requests == 0
        assert "taken when it is the same at the next look" in str(why)
    cursor, requests, _ = look(cursor)
    assert requests == 1
    assert look(cursor) == (cursor, 0, "No declared source file appeared, changed or went.")


def test_the_sensor_says_why_it_cannot_look(sftp: Sftp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRONG", "quite-another-1")
    declare(tmp_path, *on_sftp(sftp, "${WRONG}"), monkeypatch)
    before = json.dumps({"shop": "before"})
    cursor, requests, why = look(before)
    assert (cursor, requests) == (before, 0)
    assert "Permission denied for user erp" in str(why)
    assert "quite-another-1" not in str(why)


@pytest.mark.parametrize("outcome", ["landed", "quarantined", "not let in"])
def test_a_run_leaves_no_secret_behind(
    s3: S3,
    sftp: Sftp,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    outcome: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    content = "id\n1\nx\n3\n" if outcome == "quarantined" else "id\n1\n"
    s3.put("erp/1.csv", content.encode())
    (sftp.folder / "exports" / "1.csv").write_text(content)
    secrets = [s3.secret, PASSWORD]
    if outcome == "not let in":
        secrets += ["wrong-secret-1", "wrong-password-2"]
        monkeypatch.setenv("SHOP_S3_SECRET", "wrong-secret-1")
        monkeypatch.setenv("SHOP_PASSWORD", "wrong-password-2")
    for number, (root, storage) in enumerate((on_s3(s3), on_sftp(sftp))):
        system = declared(root, storage, {"columns": {"id": "INTEGER"}}).model_copy(update={"name": f"shop{number}"})
        with dg.instance_for_test(temp_dir=str(tmp_path)) as instance:
            run = dg.materialize([source_system_assets(system)], instance=instance, raise_on_error=False)
        assert run.success == (outcome != "not let in")
    monkeypatch.delenv("SHOP_S3_SECRET")
    assert list(tmp_path.rglob("*.db")), "Dagster's own storage is looked through, too"
    hold_no_secret(secrets, tmp_path, caplog, [*capfd.readouterr()])
