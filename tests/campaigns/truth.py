"""What a run's state may be, told from its processes and files alone; the state shown is held against it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from tests.campaigns.field import PATIENCE_S, Field, HangError
from tests.campaigns.workers import numbered

_OVER = frozenset(state for state in RunState if state.is_over)
_BADLY = _OVER - {RunState.COMPLETED}
_LIVE = frozenset(RunState) - _OVER - {RunState.QUEUED}


def allowed_states(field: Field, run: RunDirectory) -> frozenset[RunState]:
    """The states that are true of the run at this moment."""
    end = _record(run.exit_file)
    if end is not None:
        well = end["cause"] == "finished" and end["exit_code"] == 0 and has_said_completed(run)
        if end["cause"] == "cancelled":
            return frozenset({RunState.CANCELLED})
        return frozenset({RunState.COMPLETED}) if well else _BADLY
    if field.processes(run):
        return _LIVE
    processes = _record(run.process_file)
    if processes is None:
        return frozenset({RunState.STARTING, RunState.LOST})
    return frozenset({RunState.CANCELLED if processes["stop_requested"] else RunState.LOST})


def has_said_completed(run: RunDirectory) -> bool:
    """Whether the worker said that it completed."""
    return run.stdout_file.exists() and b'"run_completed"' in run.stdout_file.read_bytes()


@dataclass(frozen=True, slots=True)
class Sight:
    """What fresh looks showed of a run.

    Attributes:
        seconds: Until what was shown was true.
        denials: Looks that showed a run as over although a process of it was alive all the while.
    """

    state: RunState
    seconds: float
    denials: int


def see(field: Field, run: RunDirectory) -> Sight:
    """Looks until what is shown is true.

    Raises:
        HangError: When it never is.
    """
    began = time.monotonic()
    denials = 0
    while True:
        before = allowed_states(field, run)
        summary = watch_state(run)
        after = allowed_states(field, run)
        if summary.state in before | after:
            return Sight(summary.state, time.monotonic() - began, denials)
        denials += summary.state.is_over and before == after == _LIVE
        if time.monotonic() - began > PATIENCE_S:
            raise HangError(f"{run.run_id} shows {summary.state} ({summary.evidence}), true is {before}")
        time.sleep(0.01)


def starts(run: RunDirectory) -> int:
    """How many times a counting worker was started for the run."""
    return len(_bytes(run.path / "starts").splitlines())


def wrong_output(run: RunDirectory, *, to_the_end: bool) -> str:
    """What is wrong with the output of a counting worker, "" when every byte is as it should be."""
    config = json.loads(run.config_file.read_bytes())
    for file, expected in (
        (run.stdout_file, numbered.whole_output(config)),
        (run.stderr_file, numbered.whole_errors(config)),
    ):
        found = _bytes(file)
        if found != expected and (to_the_end or not expected.startswith(found)):
            return f"{file.name} has {len(found)} bytes of {len(expected)}, or others than were printed"
    return ""


def _record(path: Path) -> dict[str, Any] | None:
    """The JSON object in a file, None when there is none that is whole."""
    try:
        record: dict[str, Any] = json.loads(_bytes(path) or b"null")
    except ValueError:
        return None
    return record


def _bytes(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""
