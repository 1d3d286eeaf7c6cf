"""The code location of the demo Adventure Works as Dagster sees it: what is in it, what starts it, and that nothing changed its shape by accident.

`asset_graph.txt` is the whole graph, one line per asset with what it depends on. A change that is meant is written with
`TIEOUT_COMPANY=companies/adventureworks python -m tests.integration.asset_graph`.
"""

import fcntl
import os
import time
from pathlib import Path

import dagster as dg
import pytest

from orchestration.components.scaffolding import write_declaration
from orchestration.defs.schedules.source_files import source_files_changed
from orchestration.settings import settings
from tests.companies import choose, forget_settings, made_company
from tests.integration.asset_graph import SNAPSHOT, asset_graph_lines, loaded_definitions

DECLARED = {"dictionary", "company"}
"""What people write and no run makes."""


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return loaded_definitions()


def test_the_asset_graph_is_the_one_that_was_reviewed(definitions: dg.Definitions) -> None:
    assert asset_graph_lines(definitions) == SNAPSHOT.read_text(encoding="utf-8").splitlines()


def test_every_asset_says_what_it_is_whose_it_is_and_where_it_belongs(definitions: dg.Definitions) -> None:
    for spec in definitions.resolve_all_asset_specs():
        assert spec.description, spec.key
        assert spec.owners, spec.key
        assert spec.kinds, spec.key
        assert spec.group_name not in (None, "default"), spec.key


def test_every_source_asset_has_its_columns_and_a_promise_of_freshness(definitions: dg.Definitions) -> None:
    raw = [spec for spec in definitions.resolve_all_asset_specs() if spec.key.path[0] == "raw"]
    assert len(raw) == 35
    for spec in raw:
        assert "dagster/column_schema" in spec.metadata, spec.key
        assert spec.freshness_policy is not None, spec.key


def test_the_main_job_runs_in_one_process_and_holds_every_asset_and_check(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("refresh")
    assert job.executor_def is dg.in_process_executor
    everything = {spec.key for spec in definitions.resolve_all_asset_specs() if spec.key.path[0] not in DECLARED}
    assert set(job.asset_layer.selected_asset_keys) == everything
    checks = {check.name for check in job.asset_layer.asset_graph.asset_check_keys}
    assert {
        "stock_is_not_negative",
        "balance_sheet_balances",
        "assert_what_must_tie_ties",
        "nothing_quarantined",
    } <= checks


def test_the_refresh_is_daily_and_the_report_monthly_after_the_close(definitions: dg.Definitions) -> None:
    schedules = {name: definitions.resolve_schedule_def(name) for name in ("daily_refresh", "monthly_report")}
    assert schedules["daily_refresh"].cron_schedule == "0 5 * * *"
    assert schedules["daily_refresh"].job_name == "refresh"
    assert schedules["monthly_report"].cron_schedule == "0 7 4 * *"
    assert schedules["monthly_report"].job_name == "monthly_report"


def test_one_writer_no_step_of_the_main_job_writes_while_another_run_does(
    definitions: dg.Definitions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_WAIT_MINUTES", "0")
    forget_settings()
    job = definitions.resolve_job_def("refresh")
    steps = {node.name for node in job.graph.nodes if isinstance(node.definition, dg.OpDefinition)}
    assert {"dbt_build", "great_expectations", "published__mart", "reports__monthly"} < steps
    writer = settings().built / "runs" / "writer"
    writer.parent.mkdir(parents=True)
    with writer.open("w", encoding="utf-8") as lock, dg.DagsterInstance.ephemeral() as instance:
        lock.write("first of process 1")
        lock.flush()
        fcntl.flock(lock, fcntl.LOCK_EX)
        for step in steps:
            outcome = job.execute_in_process(instance=instance, op_selection=[step], raise_on_error=False)
            told = [event.step_failure_data for event in outcome.all_events if event.is_step_failure]
            assert [failure.user_failure_data.description[:26] for failure in told if failure.user_failure_data] == [
                "Run first of process 1 is "
            ], step


@pytest.fixture
def source_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A company with one declared source file, an hour old."""
    company = choose(made_company(tmp_path), monkeypatch)
    declared = company / "sources" / "shop"
    declared.mkdir(parents=True)
    (declared / "defs.yaml").write_text(
        "type: orchestration.components.SourceSystemComponent\n"
        "attributes:\n  name: shop\n  description: A shop.\n  owners: [team:shop]\n  group: sources_shop\n  root: files\n"
        "  tables:\n    - {name: sale, description: Sales., files: 'sale*.csv', format: csv, columns: {id: INTEGER}}\n",
        encoding="utf-8",
    )
    file = tmp_path / "files" / "sale1.csv"
    file.parent.mkdir()
    write(file, "id\n1\n")
    return file


def write(file: Path, text: str, *, age_seconds: float = 3600) -> None:
    file.write_text(text, encoding="utf-8")
    moment = time.time() - age_seconds
    os.utime(file, (moment, moment))


def evaluate(cursor: str | None) -> dg.SensorResult | dg.SkipReason:
    with dg.instance_for_test() as instance, dg.build_sensor_context(instance=instance, cursor=cursor) as context:
        result = source_files_changed(context)
    assert isinstance(result, dg.SensorResult | dg.SkipReason)
    return result


def test_a_source_file_that_appears_changes_or_goes_starts_one_refresh(source_file: Path) -> None:
    first = evaluate(None)
    assert isinstance(first, dg.SensorResult)
    assert isinstance(evaluate(first.cursor), dg.SkipReason)
    cursors = [first.cursor]
    for change in (
        lambda: write(source_file, "id\n1\n2\n"),
        lambda: write(source_file.with_name("sale2.csv"), "id\n3\n"),
        lambda: source_file.with_name("sale2.csv").unlink(),
    ):
        change()
        changed = evaluate(cursors[-1])
        assert isinstance(changed, dg.SensorResult)
        assert len({request.run_key for request in changed.run_requests or []}) == 1
        assert isinstance(evaluate(changed.cursor), dg.SkipReason)
        cursors.append(changed.cursor)


def test_an_api_is_looked_at_as_often_as_is_declared(source_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [time.time()]
    monkeypatch.setattr(time, "time", lambda: now[0])
    folder = source_file.parents[1] / "sources" / "crm"
    folder.mkdir()
    write_declaration(folder, "api")
    first = evaluate(None)
    assert isinstance(first, dg.SensorResult)
    now[0] += 86400
    assert isinstance(evaluate(first.cursor), dg.SkipReason)  # by schedule only, unless declared
    declared = (folder / "defs.yaml").read_text().replace("# refresh_minutes", "refresh_minutes")
    (folder / "defs.yaml").write_text(declared)
    now[0] -= now[0] % 3600
    second = evaluate(first.cursor)
    assert isinstance(second, dg.SensorResult)
    now[0] += 3599
    assert isinstance(evaluate(second.cursor), dg.SkipReason)
    now[0] += 1
    assert isinstance(evaluate(second.cursor), dg.SensorResult)


def test_a_file_that_was_written_moments_ago_is_waited_for(source_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_SETTLE_SECONDS", "5")
    settings.cache_clear()
    write(source_file, "id\n1\n2\n", age_seconds=0)
    waiting = evaluate(None)
    assert isinstance(waiting, dg.SkipReason)
    assert "still be growing" in str(waiting.skip_message)


def test_a_mistake_in_a_declaration_is_the_sensors_reason_not_a_traceback(source_file: Path) -> None:
    declaration = next(source_file.parents[1].rglob("defs.yaml"))
    declaration.write_text(
        declaration.read_text(encoding="utf-8").replace("format: csv", "format: tape"), encoding="utf-8"
    )
    reason = evaluate(None)
    assert isinstance(reason, dg.SkipReason)
    assert "tape" in str(reason.skip_message) or "format" in str(reason.skip_message)
