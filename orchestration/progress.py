"""What a run shows on the terminal: a line when a step starts, ends or fails. The rest is in Dagster's UI.

A Dagster logger, so that the same job shows the same lines wherever it runs.
"""

import logging
import sys

import dagster as dg

from orchestration.sources.errors import printable

_STEP_EVENTS = {"STEP_START", "STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED"}
_NOISE = (
    "Dependencies for step",  # that a step did not run because another failed is said by the other
    "Logging an `AssetObservation`",  # a test of a source is no check of an asset: landing alone would need dbt
)
_MILLISECONDS = 1000


class _ProgressHandler(logging.Handler):
    """Writes one line per event that a person at a terminal wants to see."""

    def emit(self, record: logging.LogRecord) -> None:
        meta = getattr(record, "dagster_meta", None) or {}
        event = getattr(record, "dagster_event", None)
        line = _event_line(event)
        message = meta.get("orig_message") or record.getMessage()
        if line is None and event is None and record.levelno >= logging.WARNING and not message.startswith(_NOISE):
            line = f"  ! {message}"
        if line is not None:
            sys.stderr.write("".join(f"{printable(part)}\n" for part in line.splitlines()))
            sys.stderr.flush()


def _event_line(event: dg.DagsterEvent | None) -> str | None:
    if event is None or event.event_type_value not in _STEP_EVENTS:
        return None
    name = (event.step_key or "").replace("__", " ").replace("_", " ")
    if event.event_type_value == "STEP_START":
        return f"→ {name}"
    if event.event_type_value == "STEP_SUCCESS":
        return f"✓ {name} ({event.step_success_data.duration_ms / _MILLISECONDS:.1f} s)"
    return f"· {name} not needed" if event.event_type_value == "STEP_SKIPPED" else f"✗ {name}"


@dg.logger
def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """Return the logger that jobs use as their console."""
    logger = logging.getLogger("tieout.progress")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.handlers = [_ProgressHandler()]
    return logger
