"""What tests of the panel share: runs on disk, real runs, waiting, checking for leaks."""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import write_json_atomically
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.record import ExitCause, ExitRecord, RunRecord
from gym_gui.core.runs.summary import Progress, RunState, RunSummary

TABULAR_COMMAND = (sys.executable, "-m", "gym_gui.workers.tabular")
QUICK = {
    "environment": "FrozenLake4x4",
    "episodes": 300,
    "seed": 3,
    "eval_episodes": 5,
    "heartbeat_interval_s": 0.1,
}
ENDLESS = {**QUICK, "environment": "Taxi", "episodes": 50_000_000}
PATIENCE_S = 40.0


def spin(seconds: float = 0.0) -> None:
    """Let the event loop run for a while, deferred deletions included."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait_for(condition: Callable[[], object], what: str = "", seconds: float = PATIENCE_S) -> None:
    """Let the event loop run until the condition holds; fails when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"never happened: {what or condition}"
        spin(0.01)


def write_events(
    run: RunDirectory, events: Iterable[tuple[str, dict[str, Any]]], start: float = 1_000.0
) -> None:
    """Append lifecycle events to a run's standard output, a second apart."""
    with run.stdout_file.open("a", encoding="utf-8") as file:
        for number, (name, payload) in enumerate(events):
            line = {"event": name, "run_id": run.run_id, "timestamp": start + number, "payload": payload}
            file.write(json.dumps(line) + "\n")


def make_run(store: RunStore, *, name: str = "", worker: str = "tabular", **config: Any) -> RunDirectory:
    """A run's directory with its records, never started."""
    return create_run(store, LaunchSpec(worker_id=worker, command=("/bin/true",), config=config, name=name))


def finish(run: RunDirectory, cause: ExitCause = ExitCause.FINISHED, code: int = 0) -> None:
    """Write the exit record of a run."""
    now = time.time()
    write_json_atomically(run.exit_file, ExitRecord(cause=cause, started=now - 5, ended=now, exit_code=code))


def start_tabular(store: RunStore, config: dict[str, Any], name: str = "") -> RunDirectory:
    """A real run of the real worker, started as the panel starts it."""
    run = create_run(
        store, LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config=config, name=name)
    )
    start_supervisor(run)
    return run


def end_all_runs(root: Path) -> None:
    """End every process of every run below a folder."""
    store = RunStore(root)
    for run_id in store.run_ids():
        cancel_run(store.open(run_id), grace_s=2.0)


def summary(run_id: str, state: RunState = RunState.COMPLETED, **values: Any) -> RunSummary:
    """A summary as the observer would give it."""
    record = RunRecord(
        run_id=run_id,
        worker_id=values.pop("worker", "tabular"),
        argv=("worker", "--config", "config.json"),
        cwd="/tmp",
        created=values.pop("created", 1_000.0),
        algorithm=values.pop("algorithm", None),
        environment=values.pop("environment", None),
        seed=values.pop("seed", None),
    )
    fraction = values.pop("fraction", None)
    if fraction is not None:
        values["progress"] = Progress(fraction * 100, 100, "episode")
    return RunSummary(run_id, Path("/tmp/runs") / run_id, state, record=record, **values)


def top_level_widgets() -> set[QWidget]:
    """Every top-level widget there is."""
    return {widget for widget in QApplication.topLevelWidgets() if isValid(widget)}


def ignore_what_is_there() -> None:
    """Have garbage collections, and the search for timers, pass over what was imported up to now."""
    gc.collect()
    gc.freeze()


def active_timers() -> set[QTimer]:
    """Every timer made since `ignore_what_is_there` that is running."""
    gc.collect()
    return {
        item for item in gc.get_objects() if isinstance(item, QTimer) and isValid(item) and item.isActive()
    }


class ShownWindows(QObject):
    """Notes which widgets are shown as windows of their own while it watches."""

    def __init__(self) -> None:
        super().__init__()
        self.kinds: list[str] = []
        QCoreApplication.instance().installEventFilter(self)  # type: ignore[union-attr]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.kinds.append(type(watched).__name__)
        return False

    def stop(self) -> list[str]:
        QCoreApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]
        return self.kinds
