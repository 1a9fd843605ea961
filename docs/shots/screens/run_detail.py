"""What a run's pane tells and does: its end, its config, what it uses, freezing and cancelling it."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog

from docs.shots.photographer import Photographer
from docs.shots.waiting import settle, wait
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.freeze import continue_run
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.queue.queue import RunQueue, enqueue_run
from gym_gui.ui.runs.cancel_dialog import CancelDialog
from gym_gui.ui.runs.config.picker import RunPicker
from gym_gui.ui.runs.config.view import ConfigView
from gym_gui.ui.runs.detail import RunDetail
from gym_gui.ui.runs.resources.view import ResourcesView

_NAMES = (
    *("run-labels", "run-resources", "run-resources-empty", "run-config", "run-config-defaults"),
    *("run-config-picker", "run-config-broken", "run-frozen", "run-cancel", "run-queued"),
)
_DEFAULTS, _ANOTHER = 1, 2
_Dialog = TypeVar("_Dialog", bound=QDialog)


def take(photographer: Photographer) -> None:
    """The tabs and dialogs of single runs."""
    if not photographer.wants(*_NAMES):
        return
    stage = photographer.stage
    _take_tabs(photographer, photographer.choose(stage.going[0]))
    _take_broken_config(photographer)
    _take_dialogs(photographer)
    _take_queued(photographer)


def _take_tabs(photographer: Photographer, detail: RunDetail) -> None:
    detail.tabs.setCurrentIndex(0)
    detail.overview.labels.open()
    photographer.shoot("run-labels")
    detail.overview.labels.close_form()
    used = detail.tab("Resources", ResourcesView)
    wait(lambda: bool(used.charts))
    photographer.shoot("run-resources")
    config = detail.tab("Config", ConfigView)
    settle(0.3)
    photographer.shoot("run-config")
    _compare(config, _DEFAULTS)
    wait(lambda: config.comparison.other is not None)
    photographer.shoot("run-config-defaults")
    _compare(config, _ANOTHER)
    picker = _dialog(RunPicker)
    photographer.shoot("run-config-picker", picker)
    picker.reject()
    _compare(config, 0)


def _take_broken_config(photographer: Photographer) -> None:
    run = photographer.stage.failed
    if run is None:
        raise RuntimeError("the stage has no failed run")
    whole = run.config_file.read_text()
    run.config_file.write_text(whole[: len(whole) // 2])
    detail = photographer.choose(run)
    detail.tab("Config", ConfigView)
    photographer.shoot("run-config-broken")
    run.config_file.write_text(whole)
    samples = run.resources_file.read_bytes() if run.resources_file.exists() else b""
    run.resources_file.unlink(missing_ok=True)
    photographer.choose(photographer.stage.finished)
    photographer.choose(run).tab("Resources", ResourcesView)
    photographer.shoot("run-resources-empty")
    run.resources_file.write_bytes(samples)


def _take_dialogs(photographer: Photographer) -> None:
    run = photographer.stage.going[1]
    actions = photographer.panel.navigation.runs.actions_for_run
    photographer.choose(run).tabs.setCurrentIndex(0)
    actions.cancel.trigger()
    asking = _dialog(CancelDialog)
    wait(lambda: asking.table.processes.rowCount() > 0)
    photographer.shoot("run-cancel", asking)
    asking.reject()
    actions.freeze.trigger()
    wait(lambda: actions.freeze.text() == "Continue")
    photographer.shoot("run-frozen", with_toasts=True)
    continue_run(run)


def _take_queued(photographer: Photographer) -> None:
    stage = photographer.stage
    queue = RunQueue(stage.store)
    runs = [
        enqueue_run(
            queue, LaunchSpec(worker_id="tabular", command=stage.worker.command, config={}, name=name)
        )
        for name in ("taxi, next", "taxi, after that")
    ]
    overview = photographer.choose(runs[1]).overview
    wait(lambda: " going" in overview.standing.text.text())
    photographer.shoot("run-queued")
    for run in runs[::-1]:
        cancel_run(run)


def _compare(config: ConfigView, choice: int) -> None:
    config.bar.compare.setCurrentIndex(choice)
    config.bar.compare.activated.emit(choice)


def _dialog(kind: type[_Dialog]) -> _Dialog:
    settle(0.2)
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())
