"""How the end of a run is coming along: who asked for it, what is left, and when it will be forced."""

from __future__ import annotations

import os
from dataclasses import dataclass

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.environment import ENV_SHUTDOWN_TIMEOUT, shutdown_grace_s
from gym_gui.core.runs.files import RecordError, read_record
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import attending_supervisor, recorded_processes, run_processes
from gym_gui.core.runs.record import FreezeRecord
from gym_gui.core.runs.requester import requester_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """A run that is being ended, at one moment.

    Attributes:
        asked: Unix seconds, when it was asked to end; None when nobody asked, its worker ended by itself.
        by: Who asked, "anna (gym-gui, process 4711)"; "" when that is not recorded.
        grace_s: Seconds between asking and killing; None when that is not known.
        left: Processes that are alive, its supervisor not counted.
        is_supervised: Whether its supervisor is alive, which ends them.
        is_held: Whether some process holds the run's lock, and so is at work on its end.
        is_recorded: Whether the end is recorded already, so that nobody is at it any more.
    """

    asked: float | None = None
    by: str = ""
    grace_s: float | None = None
    left: int = 0
    is_supervised: bool = False
    is_held: bool = False
    is_recorded: bool = False

    @property
    def killed_from(self) -> float | None:
        """Unix seconds from which on what is left is killed; None when there is no telling."""
        return None if self.asked is None or self.grace_s is None else self.asked + self.grace_s


def look_at_stopping(run: RunDirectory) -> Stopping:
    """How the run's end is coming along; takes some milliseconds, for it looks at the processes."""
    record = recorded_processes(run)
    supervisor = attending_supervisor(run, record)
    grace = osproc.environment_entry(supervisor.pid, ENV_SHUTDOWN_TIMEOUT) if supervisor is not None else None
    by = record.stop_requested_by if record is not None else None
    return Stopping(
        asked=record.stop_requested if record is not None else None,
        by=requester_text(by) if by is not None else "",
        grace_s=None if grace is None else shutdown_grace_s({ENV_SHUTDOWN_TIMEOUT: grace}),
        left=sum(process.role != "supervisor" for process in run_processes(run)),
        is_supervised=supervisor is not None,
        is_held=osproc.lock_is_held(str(run.lock_file)),
        is_recorded=os.path.lexists(run.exit_file),
    )


def frozen_since(run: RunDirectory) -> float | None:
    """When the run was frozen, in Unix seconds; None when that is not recorded."""
    try:
        return read_record(run.freeze_file, FreezeRecord).frozen
    except (FileNotFoundError, RecordError):
        return None
