"""Real runs under a data directory that nobody else sees: started, waited for, ended."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gym_gui.constants import ENV_HOME, RUNS_DIR_NAME, TRAINER_DIR_NAME
from gym_gui.core.events.lines import LineKind, LogLine
from gym_gui.core.events.log import EventLog
from gym_gui.core.probing.model import ProbedWorker
from gym_gui.core.runs.cancel import CancelReceipt, cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.environment import worker_environment
from gym_gui.core.runs.launch import (
    LaunchSpec,
    create_run,
    start_supervisor,
    supervisor_environment,
)
from gym_gui.core.runs.observe import RunObserver
from gym_gui.core.runs.processes import osproc
from gym_gui.core.runs.processes.listing import recorded_processes
from gym_gui.core.runs.summary import RunState, RunSummary
from gym_gui.core.runs.why.causes import explain_end
from gym_gui.core.worker.lifecycle import LifecycleEventType

_LOOK_EVERY_S = 0.02
_SUPERVISORS_END_WITHIN_S = 20.0
_LIFECYCLE = frozenset(member.value for member in LifecycleEventType)


@dataclass(frozen=True, slots=True)
class RunEvidence:
    """A run that was looked at until it was over, or until it had had its time.

    Attributes:
        events: Its lifecycle events in the order they were written.
        over: Whether it ended within its time.
        headline: Why it ended, in a line.
    """

    run: RunDirectory
    summary: RunSummary
    events: tuple[LogLine, ...]
    over: bool
    headline: str
    stderr: tuple[str, ...]

    @property
    def completed(self) -> bool:
        """Whether it ended as a completed run."""
        return self.summary.state is RunState.COMPLETED

    def first(self, event: str) -> LogLine | None:
        """The first event of that name."""
        return next((line for line in self.events if line.event == event), None)

    def described(self) -> tuple[str, ...]:
        """What there is to say about how it ended."""
        state = f"state {self.summary.state}: {'; '.join(self.summary.evidence)}"
        return tuple(filter(None, (state, self.headline, "\n".join(self.stderr[-12:]))))


class ScratchRuns:
    """Starts runs of one worker below `home`; `end_all` leaves none of them alive."""

    def __init__(self, worker: ProbedWorker, home: Path) -> None:
        self._worker = worker
        self.home = home
        self._store = RunStore(home / TRAINER_DIR_NAME / RUNS_DIR_NAME)
        self._started: list[RunDirectory] = []

    def start(self, config: Mapping[str, Any], *, cwd: Path | None = None) -> RunDirectory:
        """A run on its way, supervised as the panel's are."""
        spec = self._spec(config, cwd)
        run = create_run(self._store, spec)
        self._started.append(run)
        start_supervisor(run, {**supervisor_environment(spec), ENV_HOME: str(self.home)})
        return run

    def prepare(self, config: Mapping[str, Any] | str) -> RunDirectory:
        """A run directory that holds nothing but `config.json`: values, to which the id is added, or text."""
        run = self._store.new()
        text = config if isinstance(config, str) else json.dumps({**config, "run_id": run.run_id})
        run.config_file.write_text(text, encoding="utf-8")
        return run

    def environment(self, run: RunDirectory) -> dict[str, str]:
        """What a worker process of that run is given."""
        inherited = supervisor_environment()
        return worker_environment(inherited, str(run.path), self._worker.worker_id, {}, None)

    def watch(
        self,
        run: RunDirectory,
        limit_s: float,
        until: Callable[[tuple[LogLine, ...]], bool] | None = None,
    ) -> RunEvidence:
        """The run once it is over, `until` says that enough was seen, or the limit has passed."""
        observer, log = RunObserver(run), EventLog(run.stdout_file)
        deadline = time.monotonic() + limit_s
        seen: list[LogLine] = []
        while True:
            summary = observer.refresh()
            over = summary.state.is_over
            seen += _lifecycle_of(log.lines(log.advance(final=over)))
            enough = until is not None and until(tuple(seen))
            if over or enough or time.monotonic() > deadline:
                break
            time.sleep(_LOOK_EVERY_S)
        end = explain_end(run)
        return RunEvidence(run, summary, tuple(seen), over, end.headline if over else "", end.stderr)

    def cancel(self, run: RunDirectory, grace_s: float) -> CancelReceipt:
        """Asks the run to end, as the panel does."""
        return cancel_run(run, grace_s=grace_s)

    def kill_worker(self, run: RunDirectory) -> bool:
        """SIGKILL to the worker's process alone; False when it was gone."""
        record = recorded_processes(run)
        if record is None or record.worker is None:
            return False
        return osproc.send_signal(record.worker, signal.SIGKILL)

    def end_all(self) -> None:
        """Nothing that was started is alive any more."""
        for run in self._started:
            cancel_run(run, grace_s=0.0)
        # A supervisor has a last few steps to take when its record of the end is there already.
        deadline = time.monotonic() + _SUPERVISORS_END_WITHIN_S
        for run in self._started:
            while osproc.lock_is_held(str(run.lock_file)) and time.monotonic() < deadline:
                time.sleep(_LOOK_EVERY_S)

    def _spec(self, config: Mapping[str, Any], cwd: Path | None) -> LaunchSpec:
        worker = self._worker
        return LaunchSpec(
            worker_id=worker.worker_id,
            command=worker.command,
            config=config,
            interpreter=worker.interpreter,
            worker_type=worker.capabilities.worker_type if worker.capabilities else "",
            worker_version=worker.version,
            cwd=None if cwd is None else str(cwd),
        )


def _lifecycle_of(lines: list[LogLine]) -> list[LogLine]:
    return [line for line in lines if line.kind is LineKind.EVENT and line.event in _LIFECYCLE]
