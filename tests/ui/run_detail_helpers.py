"""What the tests of a run's detail share: real workers of many kinds, and the dialogs they lead to."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication, QWidget

from gym_gui.app import Panel
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.runs.detail import RunDetail
from tests.panel_helpers import wait_for

WORKERS = Path(__file__).resolve().parent.parent / "runs" / "workers"
_Kind = TypeVar("_Kind", bound=QWidget)


def start_worker(
    store: RunStore, script: str, *, name: str = "", env: dict[str, str] | None = None, **config: Any
) -> RunDirectory:
    """A real run of one of the small workers of the tests."""
    command = (sys.executable, str(WORKERS / f"{script}.py"))
    run = create_run(
        store, LaunchSpec(worker_id=script, command=command, config=config, name=name, env=env or {})
    )
    start_supervisor(run)
    return run


def state_of(panel: Panel, run: RunDirectory) -> RunState | None:
    """What the panel thinks of the run."""
    summary = panel.watch.summary(run.run_id)
    return summary.state if summary else None


def show(panel: Panel, run: RunDirectory) -> RunDetail:
    """The pane with this run."""
    panel.navigation.show_run(run.run_id)
    runs = panel.navigation.runs
    wait_for(lambda: runs.detail is not None and runs.detail.run_id == run.run_id, "the run's pane")
    assert runs.detail is not None
    return runs.detail


def dialog(kind: type[_Kind]) -> _Kind:
    """The dialog of this kind that is open."""
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible()]
    assert len(found) == 1, found
    return found[0]
