"""The table of runs: searching, groups, several runs at once, the columns, the trash."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QItemSelectionModel, QPoint
from PySide6.QtWidgets import QApplication, QDialog

from docs.shots.photographer import Photographer
from docs.shots.stage import Stage
from docs.shots.waiting import settle, wait
from gym_gui.core.runs.directory import RunDirectory
from gym_gui.core.runs.launch import LaunchSpec, create_run, start_supervisor
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.trash.trash import Trash
from gym_gui.ui.pages import Page
from gym_gui.ui.runs.page import RunsPage
from gym_gui.ui.runs.selection.cancel import CancelManyDialog
from gym_gui.ui.runs.selection.tags import TagDialog
from gym_gui.ui.runs.selection.trash_dialog import TrashDialog
from gym_gui.ui.runs.table.row_order import group_key

_NAMES = (
    *("runs-search", "runs-search-problem", "runs-groups", "runs-selection", "runs-columns"),
    *("runs-tags", "runs-cancel-many", "runs-trash", "runs-trash-question", "runs-trash-empty"),
)
_SEEDED = (("lake, seeds", "FrozenLake4x4"), ("cliff, seeds", "CliffWalking"))
_Dialog = TypeVar("_Dialog", bound=QDialog)


def take(photographer: Photographer) -> None:
    """Everything that is done with more than one run in view."""
    if not photographer.wants(*_NAMES):
        return
    seeded = _seeds_of_an_experiment(photographer.stage)
    page = photographer.go_to(Page.RUNS, RunsPage)
    wait(lambda: all(page.model.summary(run.run_id) is not None for run in seeded))
    _take_search(photographer, page)
    _take_groups(photographer, page)
    _take_trash(photographer, page)


def _seeds_of_an_experiment(stage: Stage) -> list[RunDirectory]:
    """Runs of two groups, made when the first picture wants them."""
    there = [stage.store.open(run_id) for run_id in stage.store.run_ids()]
    found = [run for run in there if (state := watch_state(run)).record and state.record.group]
    if found:
        return found
    runs = [_launch(stage, group, env, seed) for group, env in _SEEDED for seed in range(1, 6)]
    wait(lambda: all(watch_state(run).state.is_over for run in runs))
    return runs


def _launch(stage: Stage, group: str, environment: str, seed: int) -> RunDirectory:
    config = {"environment": environment, "seed": seed, "episodes": 2_000}
    spec = LaunchSpec(
        worker_id="tabular",
        command=stage.worker.command,
        config=config,
        interpreter=stage.worker.interpreter,
        name=f"{group.partition(',')[0]} {seed}",
        tags=("baseline",) if seed < 4 else (),
        group=group,
    )
    run = create_run(stage.store, spec)
    start_supervisor(run)
    return run


def _take_search(photographer: Photographer, page: RunsPage) -> None:
    field = page.search
    # The dialogs of the screens before had the keyboard.
    photographer.panel.window.activateWindow()
    field.setFocus()
    wait(field.hasFocus)
    field.setText("lake state:")
    wait(field.popup.isVisible)
    field.popup.move_by(1)
    photographer.shoot("runs-search")
    field.setText("statte:failed lake")
    settle(0.2)
    photographer.shoot("runs-search-problem")
    field.clear()
    page.table.setFocus()


def _take_groups(photographer: Photographer, page: RunsPage) -> None:
    model = page.model
    model.open_group("lake, seeds", True)
    page.table.choose(group_key("lake, seeds"))
    settle(0.3)
    photographer.shoot("runs-groups")
    rows = [row for row in range(model.rowCount()) if model.summary_at(row)][:5]
    flags = QItemSelectionModel.SelectionFlag
    page.table.clearSelection()
    for row in rows:
        page.table.selectionModel().select(model.index(row, 0), flags.Select | flags.Rows)
    settle(0.3)
    photographer.shoot("runs-selection")
    page.selection_actions.tags.trigger()
    tags = _dialog(TagDialog)
    photographer.shoot("runs-tags", tags)
    tags.reject()
    for run in photographer.stage.going:
        place = model.row_of(run.run_id) or 0
        page.table.selectionModel().select(model.index(place, 0), flags.Select | flags.Rows)
    page.actions_for_run.cancel.trigger()
    cancelling = _dialog(CancelManyDialog)
    photographer.shoot("runs-cancel-many", cancelling)
    cancelling.reject()
    menu = page.columns.menu_of_columns()
    menu.popup(page.columns.mapToGlobal(QPoint(-menu.sizeHint().width() + 30, page.columns.height())))
    photographer.shoot_over("runs-columns", menu)
    menu.close()
    model.open_group("lake, seeds", False)


def _take_trash(photographer: Photographer, page: RunsPage) -> None:
    stage = photographer.stage
    trash = Trash(stage.store)
    old = [run for run in _seeds_of_an_experiment(stage) if watch_state(run).labels.name.startswith("cliff")]
    entries = [trash.put(run) for run in old]
    page.selection_actions.show_trash.trigger()
    dialog = _dialog(TrashDialog)
    wait(lambda: len(dialog.model.sizes) == len(entries))
    dialog.table.selectRow(0)
    photographer.shoot("runs-trash", dialog)
    dialog.empty.click()
    photographer.shoot("runs-trash-question", dialog)
    for entry in entries:
        trash.restore(entry)
    dialog.refrain.click()
    page.selection_actions.show_trash.trigger()
    dialog.reject()
    settle(0.3)
    empty = _dialog(TrashDialog)
    photographer.shoot("runs-trash-empty", empty)
    empty.reject()


def _dialog(kind: type[_Dialog]) -> _Dialog:
    settle(0.3)
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())
