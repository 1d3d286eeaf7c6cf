"""Running the main job in this process: the same job that the schedule and the sensor start."""

import contextlib
import logging
import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import typer

from orchestration.definitions import defs
from orchestration.errors import TieoutError
from orchestration.outside import OutsideError, outside_fault
from orchestration.runs_at_work import writing_alone
from orchestration.settings import Settings
from orchestration.sources.declaration.systems import load_declarations
from orchestration.sources.errors import DeclarationError
from orchestration.sources.lake.raw_lake import RawLake
from orchestration.transform.manifest import dbt_project
from orchestration.warehouse.as_of import require_known

_INSTANCE_CONFIGURATION = Path(__file__).parent / "dagster.yaml"
_MILLISECONDS = 1000


class DefinitionsError(TieoutError):
    """Dagster cannot load what is defined below `orchestration/defs`."""


@dataclass(frozen=True)
class Outcome:
    """What a run of the main job did."""

    failures: list[str]
    """One message per step that failed; empty when the run succeeded."""
    is_published: bool
    """Whether this run published a mart, whatever came after it."""
    has_changed: bool
    """Whether the mart or the report had to be made again."""
    step_seconds: dict[str, float]
    start_seconds: float
    """Loading the definitions, and parsing the dbt project if that was needed."""
    run_seconds: float

    def print_timings(self, *, started: float) -> None:
        """Print where the time since `started` (a perf_counter reading) went."""
        total = time.perf_counter() - started
        inside = sum(self.step_seconds.values())
        rows = {
            "start-up": total - self.run_seconds,
            **{name.replace("__", "/"): seconds for name, seconds in self.step_seconds.items()},
            "Dagster between the steps": self.run_seconds - inside,
            "total": total,
        }
        for name, seconds in rows.items():
            typer.echo(f"{name:<36}{seconds:>8.1f} s", err=True)


def refresh(installation: Settings, *, landing_only: bool = False, system: str | None = None) -> Outcome:
    """Run the job `refresh` in this process and say what came of it; the run is kept for Dagster's UI.

    With `landing_only` the sources are landed, all of them or those of one system, and nothing is built of them. Raises
    `TieoutError` before anything is landed: if the dbt project cannot be parsed or Dagster cannot load the definitions,
    nothing can be known of the time that is asked for, or there is no such system. Raises `KeyboardInterrupt` if a
    signal asked this process to end.
    """
    started = time.perf_counter()
    if installation.as_of:
        lake, systems = RawLake(installation.raw_lake), load_declarations(installation.declarations)
        require_known(installation.as_of, lake, systems, datetime.now(UTC))
    # What Dagster's modules log outside of a run is not for the terminal: what matters is in the run's own log.
    logging.getLogger("dagster").addHandler(logging.NullHandler())
    dbt_project()  # parses it if need be; what is wrong with it is said here and not by Dagster
    job = _main_job()
    landed = _source_assets(job, system) if landing_only else None
    run_id = str(uuid.uuid4())
    loaded = time.perf_counter()
    # dbt's own lines would drown the progress; they are in Dagster's UI and in the state folder.
    with (
        dagster_instance(installation) as instance,
        writing_alone(instance, installation.built, run_id, lambda told: typer.echo(f"  ! {told}", err=True)),
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        contextlib.redirect_stdout(nowhere),
    ):
        result = job.execute_in_process(
            instance=instance,
            run_id=run_id,
            raise_on_error=False,
            run_config={"loggers": {"progress": {}}},
            asset_selection=landed,
        )
    finished = time.perf_counter()
    events = result.all_events
    if _is_interrupted(events):
        raise KeyboardInterrupt
    return Outcome(
        failures=failures(events),
        is_published=any(
            event.event_type_value == "STEP_SUCCESS" and event.step_key == "published_mart" for event in events
        ),
        has_changed=not any(event.event_type_value == "STEP_SKIPPED" for event in events),
        step_seconds={
            str(event.step_key): event.step_success_data.duration_ms / _MILLISECONDS
            for event in events
            if event.event_type_value == "STEP_SUCCESS"
        },
        start_seconds=loaded - started,
        run_seconds=finished - loaded,
    )


def _main_job() -> dg.JobDefinition:
    """Return the job `refresh`. Raises `DefinitionsError`, or the `TieoutError` that kept Dagster from loading it."""
    try:
        return defs().resolve_job_def("refresh")
    except Exception as error:  # whatever code below defs/ raises
        cause: BaseException = error
        while not isinstance(cause, TieoutError) and (before := cause.__cause__ or cause.__context__):
            cause = before
        if isinstance(cause, TieoutError):
            raise cause from error
        reason = " ".join(str(cause).split())
        raise DefinitionsError(
            f"Dagster cannot load what is defined below {Path(__file__).parent / 'defs'}: {type(cause).__name__}: "
            f"{reason} Mend it, and run again; `dg check defs` shows where it was raised."
        ) from error


def _source_assets(job: dg.JobDefinition, system: str | None) -> list[dg.AssetKey]:
    """Return the assets that land the tables of all source systems, or of one."""
    raw = [key for key in job.asset_layer.selected_asset_keys if key.path[0] == "raw"]
    if system is None:
        return raw
    if not any(key.path[1] == system for key in raw):
        there = ", ".join(sorted({key.path[1] for key in raw}))
        raise DeclarationError(f"No source system {system!r} is declared. There is: {there or 'none'}.")
    return [key for key in raw if key.path[1] == system]


def dagster_instance(installation: Settings) -> dg.DagsterInstance:
    """Return the Dagster instance that keeps the runs: DAGSTER_HOME, or a folder below the data.

    A rebuilt past keeps its runs beside itself, so that Dagster's assets stay those of the current mart.
    """
    if installation.as_of:
        os.environ["DAGSTER_HOME"] = str(installation.built / "dagster")
    home = Path(os.environ.setdefault("DAGSTER_HOME", str(installation.data / "dagster")))
    home.mkdir(parents=True, exist_ok=True)
    configuration = home / "dagster.yaml"
    if not configuration.exists():
        half_written = configuration.with_suffix(".tmp")
        half_written.write_text(_INSTANCE_CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8")
        half_written.replace(configuration)
    try:
        return dg.DagsterInstance.get()
    except Exception as error:
        if refused := outside_fault(error):
            raise refused from error
        reason = " ".join(str(error).split())
        raise OutsideError(
            f"Dagster cannot use its record of the runs below {home}: {reason} Mend dagster.yaml there, or move that "
            "folder away, and run again: the history of the runs is lost with it, no figure and no report."
        ) from error


def failures(events: Sequence[dg.DagsterEvent]) -> list[str]:
    """Return why steps failed, a message for each; what did not land comes first, as other steps need it."""
    failed = [event for event in events if event.event_type_value == "STEP_FAILURE"]
    failed.sort(key=lambda event: not str(event.step_key).startswith("land_"))
    return [_failure(event, events) for event in failed]


def _is_interrupted(events: Sequence[dg.DagsterEvent]) -> bool:
    errors = [event.step_failure_data.error for event in events if event.event_type_value == "STEP_FAILURE"]
    return any(error is not None and error.cls_name == dg.DagsterExecutionInterruptedError.__name__ for error in errors)


def _failure(event: dg.DagsterEvent, events: Sequence[dg.DagsterEvent]) -> str:
    """Return why a step failed: what the step itself says, the checks that hold it up, or what was raised in it."""
    failure = event.step_failure_data
    description = failure.user_failure_data.description if failure.user_failure_data else None
    if description is None:
        description = _blocking_checks(event.step_key, events)
    if description is None:
        error = failure.error
        while error is not None and error.cause is not None:  # below what Dagster makes of it
            error = error.cause
        told = " ".join(error.message.split()) if error else "it does not say why."
        description = f"{told} (What led to it is in Dagster, in the run's log of this step.)"
    return f"✗ {event.step_key}: {description}"


def _blocking_checks(step: str | None, events: Sequence[dg.DagsterEvent]) -> str | None:
    checks = [
        event.asset_check_evaluation_data
        for event in events
        if event.event_type_value == "ASSET_CHECK_EVALUATION" and event.step_key == step
    ]
    failed = [check for check in checks if not check.passed and check.severity == dg.AssetCheckSeverity.ERROR]
    told = "".join(f"\n  {check.description or check.check_name}" for check in failed)
    many = f"{len(failed)} blocking check{'s' if len(failed) > 1 else ''} failed"
    return f"Not published: {many}.{told}" if failed else None
