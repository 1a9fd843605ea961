"""Which processes of a run are alive."""

from __future__ import annotations

import time
from dataclasses import dataclass

from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.carriers import Carriers
from gym_gui.core.runs.processes.listing import live_supervisor, live_worker
from gym_gui.core.runs.processes.members import read_members
from gym_gui.core.runs.processes.tree import works_for
from gym_gui.core.runs.record import ProcessRecord

# A look at the processes that is this much younger than the supervisor's death shows all that it started.
_SETTLING_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Liveness:
    """The processes of a run at one moment; the fields are those of `state.Evidence`."""

    lock_held: bool = False
    other_boot: bool = False
    supervisor_alive: bool = False
    worker_alive: bool = False
    worker_frozen: bool = False
    others_alive: int = 0


NOTHING_ALIVE = Liveness()


class LivenessProbe:
    """Looks at the processes of one run."""

    def __init__(self, run: RunDirectory, carriers: Carriers) -> None:
        self._run = run
        self._lock_file = str(run.lock_file)
        self._run_dir = str(run.path)
        self._carriers = carriers
        self._unattended_since: float | None = None
        self._first_empty_look: float | None = None
        self._nothing_left = False

    def look(self, record: ProcessRecord | None, *, was_started: bool) -> Liveness:
        """What is alive now; the search through all processes is made only when nobody supervises."""
        lock_held = osproc.lock_is_held(self._lock_file)
        supervisor = live_supervisor(self._run, record)
        worker = live_worker(self._run, record)
        other_boot = record is not None and record.supervisor.boot_id != osproc.boot_id()
        unattended = was_started and not lock_held and supervisor is None and worker is None
        if not unattended:
            self._unattended_since = None
        others = self._others(record) if unattended and not other_boot else []
        return Liveness(
            lock_held=lock_held,
            other_boot=other_boot,
            supervisor_alive=supervisor is not None,
            worker_alive=worker is not None,
            worker_frozen=worker.stopped if worker else _all_stopped(others),
            others_alive=len(others),
        )

    def _others(self, record: ProcessRecord | None) -> list[osproc.Process]:
        if self._nothing_left:
            return []
        if self._unattended_since is None:
            self._unattended_since = time.monotonic()
        # A supervisor that died before it could name the worker may have started it an instant ago.
        may_be_new = record is None or record.worker is None
        since = self._unattended_since if may_be_new else float("-inf")
        others = self._carriers.of(self._run_dir, since)
        carrying = {process.pid for process in others}
        named = [osproc.find(member) for member in read_members(self._run_dir)]
        others += [p for p in named if p and p.pid not in carrying and works_for(p, self._run_dir)]
        self._note_look(is_empty=not others)
        return others

    def _note_look(self, *, is_empty: bool) -> None:
        """Only a process of the run can start another one, so none is none for good, once two looks agree.

        One look is not enough: a program that is just being loaded has no environment to be known by.
        """
        taken = self._carriers.taken
        if not is_empty or self._unattended_since is None:
            self._first_empty_look = None
        elif self._first_empty_look is None:
            self._first_empty_look = taken if taken > self._unattended_since + _SETTLING_S else None
        else:
            self._nothing_left = taken > self._first_empty_look


def _all_stopped(processes: list[osproc.Process]) -> bool:
    return bool(processes) and all(process.stopped for process in processes)
