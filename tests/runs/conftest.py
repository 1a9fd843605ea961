"""Runs as the tests need them: really launched, with a short grace, and gone afterwards."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor, supervisor_environment
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ExitRecord, ProcessRecord
from gym_gui.core.runs.summary import RunState

WORKERS = Path(__file__).parent / "workers"
GRACE_S = 0.5


def wait_until(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    """The first true value of `condition`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"did not come true in {seconds} s: {condition}"
        time.sleep(0.01)
    return value


def wait_for_state(run: RunDirectory, *states: RunState) -> None:
    wait_until(lambda: watch_state(run).state in states)


def exit_record(run: RunDirectory) -> ExitRecord:
    wait_until(run.exit_file.exists)
    return read_record(run.exit_file, ExitRecord)


def processes(run: RunDirectory) -> ProcessRecord:
    """Who runs it, once the worker is known."""

    def known() -> ProcessRecord | None:
        if not run.process_file.exists():
            return None
        record = read_record(run.process_file, ProcessRecord)
        return record if record.worker else None

    return wait_until(known)


def noted_pid(run: RunDirectory, role: str) -> int:
    """The pid that a process of `workers/family.py` has left."""
    wait_until((run.path / f"pid.{role}").exists)
    return int((run.path / f"pid.{role}").read_text())


def is_alive(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return False
    return stat[stat.rindex(b")") + 2 : stat.rindex(b")") + 3] not in b"ZX"


class Launcher:
    """Launches the scripts in `workers/` and clears up after them."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self._started: list[tuple[RunDirectory, int]] = []

    def spec(self, script: str, config: dict[str, Any], **fields: Any) -> LaunchSpec:
        command = (sys.executable, str(WORKERS / script))
        return LaunchSpec(**{"worker_id": "under_test", "command": command, "config": config, **fields})

    def launch(self, script: str = "talker.py", /, **config: Any) -> RunDirectory:
        return self.start(self.spec(script, config))

    def start(self, spec: LaunchSpec) -> RunDirectory:
        run = create_run(self.store, spec)
        environment = supervisor_environment(spec)
        self._started.append((run, start_supervisor(run, environment)))
        return run

    def supervisor_pid(self, run: RunDirectory) -> int:
        return next(pid for started, pid in self._started if started == run)

    def reap(self, run: RunDirectory) -> int:
        """Waits for the run's supervisor and returns its exit code (negative: the signal)."""
        pid = self.supervisor_pid(run)
        self._started.remove((run, pid))
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def clear_up(self) -> None:
        for run, pid in self._started:
            cancel_run(run, grace_s=0.2)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            finally:
                os.waitpid(pid, 0)


@pytest.fixture
def store(mosaic_home: Path) -> RunStore:
    return RunStore(runs_root())


@pytest.fixture
def launcher(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Launcher]:
    monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", str(GRACE_S))
    made = Launcher(store)
    yield made
    made.clear_up()
