"""Checkpoints: the table, comparing, cleaning up, the trash, the checksum."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytestqt.qtbot import QtBot

from gym_gui.core.artifacts.checkpoints.comparing import Change
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.ui.artifacts.comparison_dialog import ComparisonDialog
from gym_gui.ui.artifacts.entries import SectionKind
from gym_gui.ui.artifacts.retention_dialog import RetentionDialog
from gym_gui.ui.artifacts.tab import ArtifactsTab
from gym_gui.ui.artifacts.trash_dialog import TrashDialog
from gym_gui.ui.artifacts.view import ArtifactsView
from tests.panel_helpers import finish, wait_for
from tests.ui.artifacts.helpers import (
    DATA,
    choose,
    open_place,
    run_with_checkpoints,
    titles,
    words,
)
from tests.ui.run_detail_helpers import dialog


def test_checkpoints_tell_their_metrics_and_what_is_missing(tab: ArtifactsTab, store: RunStore) -> None:
    run = run_with_checkpoints(store)
    finish(run)
    tab.show_run(watch_state(run))
    view = tab.view
    wait_for(lambda: "Checkpoints" in titles(view))
    choose(view, SectionKind.CHECKPOINTS)
    pane = view.viewer.checkpoints()
    model = pane.table.rows
    heads = [
        model.headerData(n, pane.table.horizontalHeader().orientation()) for n in range(model.columnCount())
    ]
    assert "return_mean" in heads
    assert pane.said.text() == "6 checkpoints, 1 missing"
    pane.table.sortByColumn(2, pane.table.horizontalHeader().sortIndicatorOrder().DescendingOrder)
    assert model.index(0, 2).data() == "900"
    assert model.index(0, 1).data() == "missing"
    pane.table.selectRow(0)
    assert not pane.compare.isEnabled()
    assert view.select("checkpoints/never.pt")
    assert "Not there" in words(view)


def test_two_checkpoints_are_compared(view: ArtifactsView, qtbot: QtBot, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "here")
    open_place(view, tmp_path / "here")
    choose(view, SectionKind.CHECKPOINTS)
    pane = view.viewer.checkpoints()
    labels = [entry.label for entry in pane.entries]
    pane.compared.emit(*(pane.entries[labels.index(f"training_{n}.pt")] for n in (100, 200)))
    compared = dialog(ComparisonDialog)
    wait_for(lambda: compared.comparison is not None, "the comparison")
    assert compared.comparison is not None
    assert compared.comparison.count(Change.CHANGED) > 0
    shown = compared.tensors.rows.rowCount()
    compared.only_changes.setChecked(False)
    assert compared.tensors.rows.rowCount() == len(compared.comparison.changes) >= shown
    compared.accept()


def test_cleaning_up_moves_to_the_trash_and_undo_brings_back(tab: ArtifactsTab, store: RunStore) -> None:
    run = run_with_checkpoints(store)
    finish(run)
    tab.show_run(watch_state(run))
    wait_for(lambda: "Checkpoints" in titles(tab.view))
    folder = run.path / "checkpoints"
    there = sorted(path.name for path in folder.iterdir())
    tab.view.doings.clean_up()
    asking = dialog(RetentionDialog)
    wait_for(lambda: asking.plan is not None and asking.move_button.isEnabled())
    assert sorted(path.name for path in folder.iterdir()) == there, "planning moves nothing"
    asking.keep_last.setValue(1)
    asking.keep_best.setValue(1)
    wait_for(lambda: asking.move_button.text() == "Move 3 to trash")
    asking.move_button.click()
    wait_for(lambda: asking.undo.isVisible())
    assert sorted(path.name for path in folder.iterdir()) == ["step_2.safetensors", "step_5.safetensors"]
    asking.undo.click()
    wait_for(lambda: sorted(path.name for path in folder.iterdir()) == there, "back")
    asking.reject()


def test_the_trash_is_emptied_only_after_a_question(tab: ArtifactsTab, store: RunStore) -> None:
    from PySide6.QtWidgets import QMessageBox

    run = run_with_checkpoints(store)
    finish(run)
    tab.show_run(watch_state(run))
    wait_for(lambda: "Checkpoints" in titles(tab.view))
    tab.view.doings.clean_up()
    asking = dialog(RetentionDialog)
    wait_for(asking.move_button.isEnabled)
    asking.move_button.click()
    wait_for(lambda: asking.undo.isVisible())
    asking.to_trash.click()
    trash = dialog(TrashDialog)
    wait_for(lambda: trash.empty.isEnabled())
    (entry,) = (run.path / ".trash").iterdir()
    trash.empty.click()
    question = dialog(QMessageBox)
    question.button(QMessageBox.StandardButton.Cancel).click()
    assert entry.exists()
    trash.empty.click()
    question = next(box for box in trash.findChildren(QMessageBox) if box.isVisible())
    next(b for b in question.buttons() if b.text() == "Remove for good").click()
    wait_for(lambda: not entry.exists(), "the entry is gone")
    wait_for(lambda: trash.said.text() == "The trash is empty.")
    trash.accept()


def test_a_run_that_is_going_cannot_be_cleaned_up(tab: ArtifactsTab, store: RunStore) -> None:
    run = run_with_checkpoints(store)
    tab.show_run(watch_state(run))
    wait_for(lambda: "Checkpoints" in titles(tab.view))
    choose(tab.view, SectionKind.CHECKPOINTS)
    assert not tab.view.viewer.checkpoints().retention.isVisible()


def test_the_checksum_is_that_of_the_file(view: ArtifactsView, tmp_path: Path) -> None:
    import hashlib

    shutil.copy(DATA / "module.pt", tmp_path / "module.pt")
    open_place(view, tmp_path / "module.pt")
    view.select("module.pt")
    checksum = view.viewer.inspector().checksum
    wait_for(checksum.isVisible)
    checksum.begin.click()
    expected = hashlib.sha256((tmp_path / "module.pt").read_bytes()).hexdigest()
    wait_for(lambda: checksum.value.text() == expected)
