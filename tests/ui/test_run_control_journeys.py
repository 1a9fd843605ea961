"""Cancelling, freezing, stacks and explanations, from the buttons to real processes."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ProcessRecord
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.runs.cancel_dialog import CancelDialog
from gym_gui.ui.runs.output.source import OutputSource
from gym_gui.ui.runs.output.view import OutputView
from gym_gui.ui.runs.overview.stacks_dialog import StacksDialog
from tests.panel_helpers import ENDLESS, QUICK, spin, start_tabular, wait_for
from tests.ui.conftest import OpenPanel
from tests.ui.run_detail_helpers import dialog, show, start_worker, state_of

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
CANNOT_ATTACH = "py-spy may not look into other processes here"


def child_of(run: RunDirectory) -> psutil.Process:
    """The process that the family worker left in the tree."""
    file = run.path / "pid.child"
    wait_for(file.exists, "the worker's child")
    return psutil.Process(int(file.read_text()))


def has_ended(process: psutil.Process) -> bool:
    """Whether it runs no more; one whose parent has not looked yet is as dead as any."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_cancel_shows_the_tree_first_then_the_stop_then_the_receipt(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", "1")
    run = start_worker(store, "family", name="family", shape="double fork")
    child = child_of(run)
    panel = open_panel()
    show(panel, run)
    cancel = panel.navigation.runs.actions_for_run.cancel
    wait_for(cancel.isEnabled)

    cancel.trigger()
    asking = dialog(CancelDialog)
    wait_for(lambda: QApplication.focusWidget() is asking.keep, "the focus on the safe answer")
    table = asking.table.processes
    wait_for(lambda: table.rowCount() == 3, "the process tree")
    shown = [table.index(row, 0).data() for row in range(3)]
    assert shown[0] == "supervisor"
    assert shown[1].startswith("    worker: ")
    assert str(child.pid) in {table.index(row, 1).data() for row in range(3)}
    assert asking.total.text().startswith("3 processes, ")
    asking.keep.click()
    spin(0.05)
    assert watch_state(run).state is not RunState.CANCELLED
    assert child.is_running()

    cancel.trigger()
    stopping = dialog(CancelDialog)
    wait_for(lambda: stopping.table.processes.rowCount() == 3)
    stopping.stop.click()
    assert not cancel.isEnabled(), "not twice"
    assert "being ended" in cancel.toolTip()
    wait_for(lambda: stopping.total.text() == "Stopping, 1 left", "the child that ignores SIGTERM")
    assert stopping.progress.isVisible()
    wait_for(lambda: stopping.heading.text() == "family cancelled", "the receipt")
    numbers = [
        stopping.receipt.number(name) for name in ("found", "ended by SIGTERM", "ended by SIGKILL", "left")
    ]
    assert numbers == ["2", "1", "1", "0"]
    assert has_ended(child)
    assert QApplication.focusWidget() is stopping.keep
    stopping.keep.click()

    wait_for(lambda: state_of(panel, run) is RunState.CANCELLED)
    detail = show(panel, run)
    receipt = "2 processes found: 1 ended by SIGTERM, 1 by SIGKILL, 0 left"
    wait_for(lambda: detail.overview.facts.value("Cancel receipt") == receipt, "the receipt kept")
    assert panel.notifier.history[0].title == "family cancelled"
    assert cancel.toolTip() == "Cancel: the run is over"


def test_a_run_whose_supervisor_is_dead_is_cancelled_from_the_panel(
    open_panel: OpenPanel, store: RunStore
) -> None:
    run = start_worker(store, "family", name="orphan", shape="plain child")
    child = child_of(run)
    supervisor = read_record(run.process_file, ProcessRecord).supervisor
    os.kill(supervisor.pid, signal.SIGKILL)
    panel = open_panel()
    show(panel, run)
    cancel = panel.navigation.runs.actions_for_run.cancel
    wait_for(cancel.isEnabled)
    cancel.trigger()
    asking = dialog(CancelDialog)
    wait_for(lambda: asking.table.processes.rowCount() == 2, "worker and child")
    asking.stop.click()
    wait_for(lambda: asking.heading.text() == "orphan cancelled")
    assert asking.receipt.number("left") == "0"
    assert has_ended(child)
    asking.keep.click()


def test_a_dialog_that_is_hidden_lets_the_stop_go_on(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, ENDLESS, "endless")
    panel = open_panel()
    wait_for(lambda: state_of(panel, run) is RunState.RUNNING)
    show(panel, run)
    panel.navigation.runs.actions_for_run.cancel.trigger()
    asking = dialog(CancelDialog)
    asking.stop.click()
    asking.keep.click()
    wait_for(lambda: panel.notifier.history, "the receipt as a notice")
    assert panel.window.toasts.titles == ["endless cancelled"]
    wait_for(lambda: state_of(panel, run) is RunState.CANCELLED)


def test_freeze_then_continue(open_panel: OpenPanel, store: RunStore, qtbot: QtBot) -> None:
    run = start_tabular(store, ENDLESS, "endless")
    panel = open_panel()
    wait_for(lambda: state_of(panel, run) is RunState.RUNNING)
    detail = show(panel, run)
    freeze = panel.navigation.runs.actions_for_run.freeze
    assert freeze.text() == "Freeze"
    record = read_record(run.process_file, ProcessRecord)
    assert record.worker is not None
    worker = psutil.Process(record.worker.pid)

    freeze.trigger()
    assert not freeze.isEnabled(), "not while it is under way"
    wait_for(lambda: state_of(panel, run) is RunState.PAUSED)
    assert worker.status() == psutil.STATUS_STOPPED
    assert freeze.text() == "Continue"
    assert detail.overview.standing.go_on.isVisible()
    assert "Memory, files and devices stay held" in panel.notifier.history[0].text

    qtbot.mouseClick(detail.overview.standing.go_on, Qt.MouseButton.LeftButton)
    wait_for(lambda: state_of(panel, run) is RunState.RUNNING)
    assert worker.status() != psutil.STATUS_STOPPED
    assert panel.notifier.history[0].title == "endless goes on"
    assert not detail.overview.standing.isVisible()
    wait_for(lambda: freeze.text() == "Freeze")
    cancel_run(run)


def can_attach() -> bool:
    """Whether py-spy is here and may look into a process of its own user."""
    beside = Path(sys.executable).with_name("py-spy")
    if not (beside.exists() or shutil.which("py-spy")):
        return False
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    return os.geteuid() == 0 or not scope.exists() or scope.read_text().strip() == "0"


@pytest.mark.skipif(not can_attach(), reason=CANNOT_ATTACH)
def test_the_stacks_of_a_sleeping_worker(
    open_panel: OpenPanel, store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start_worker(store, "family", name="sleeper", shape="plain child")
    child_of(run)
    panel = open_panel()
    show(panel, run)
    stacks = panel.navigation.runs.actions_for_run.stacks
    wait_for(stacks.isEnabled)
    stacks.trigger()
    shown = dialog(StacksDialog)
    wait_for(lambda: "linger (family.py" in shown.text.toPlainText(), "the line where it sleeps")
    assert "(worker)" in shown.text.toPlainText().splitlines()[0]
    shown.copy.click()
    assert QApplication.clipboard().text() == shown.text.toPlainText()
    file = tmp_path / "stacks.txt"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    shown.save.click()
    wait_for(lambda: str(file) in shown.status.text(), "the file")
    assert file.read_text() == shown.text.toPlainText()
    shown.close_button.click()
    cancel_run(run, grace_s=1.0)


def test_without_py_spy_the_command_that_installs_it_is_shown(
    open_panel: OpenPanel, store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gym_gui.core.runs.processes.stacks._find_program", lambda: None)
    run = start_tabular(store, ENDLESS, "endless")
    panel = open_panel()
    show(panel, run)
    wait_for(panel.navigation.runs.actions_for_run.stacks.isEnabled)
    panel.navigation.runs.actions_for_run.stacks.trigger()
    shown = dialog(StacksDialog)
    wait_for(shown.problem.isVisible)
    assert "py-spy is not installed" in shown.problem.text.text()
    assert shown.install.label.text() == "pip install py-spy"
    assert not shown.save.isEnabled()
    shown.close_button.click()
    cancel_run(run)


def test_a_failed_run_is_explained_and_leads_to_its_output(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_worker(store, "talker", name="raises", end="raise")
    wait_for(lambda: watch_state(run).state is RunState.FAILED)
    panel = open_panel()
    detail = show(panel, run)
    overview = detail.overview
    wait_for(lambda: overview.why.heading.text() == "An exception ended it", "the explanation")
    assert overview.why.first_line.label.text() == "ValueError: env_id is not registered"
    lines = overview.last_lines.text.toPlainText()
    assert lines.startswith("Traceback (most recent call last):")
    overview.last_lines.copy.click()
    assert QApplication.clipboard().text() == lines
    overview.why.link.click()
    output = detail.tab("Output", OutputView)
    wait_for(
        lambda: output.table.currentIndex().data() == "ValueError: env_id is not registered", "the place"
    )
    assert output.model.source is OutputSource.STDERR
    assert output.bar.field.text() == "ValueError: env_id is not registered"
    detail.tabs.setCurrentIndex(0)
    overview.last_lines.source.setCurrentText("stdout")
    overview.last_lines.source.activated.emit(1)
    assert "plain line 2" in overview.last_lines.text.toPlainText()
    overview.why.link.click()
    wait_for(lambda: output.model.source is OutputSource.EVERYTHING)
    wait_for(lambda: not output.bar.field.text(), "no such line in there")


def test_a_mistyped_config_is_explained_by_the_workers_own_words(
    open_panel: OpenPanel, store: RunStore
) -> None:
    run = start_tabular(store, {**QUICK, "env_id": "NoSuchLake-v9"}, "typo")
    wait_for(lambda: watch_state(run).state is RunState.FAILED)
    panel = open_panel()
    overview = show(panel, run).overview
    wait_for(lambda: "NoSuchLake-v9" in overview.why.first_line.label.text())
    assert overview.why.isVisible()


def test_an_end_nobody_saw_is_said_to_be_unknown(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, ENDLESS, "unplugged")
    wait_for(lambda: watch_state(run).state is RunState.RUNNING)
    record = read_record(run.process_file, ProcessRecord)
    for process in filter(None, (record.supervisor, record.worker)):
        os.kill(process.pid, signal.SIGKILL)
    wait_for(lambda: watch_state(run).state is RunState.LOST)
    panel = open_panel()
    overview = show(panel, run).overview
    wait_for(lambda: overview.why.heading.text() == "Why it ended is not known")


def test_a_seed_that_the_worker_drew_is_marked_as_such(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, {**QUICK, "seed": None}, "any seed")
    wait_for(lambda: watch_state(run).state is RunState.COMPLETED)
    panel = open_panel()
    facts = show(panel, run).overview.facts
    wait_for(lambda: facts.value("Seed").endswith(", drawn by the worker"), "the seed")
    assert facts.value("Seed").partition(",")[0].isdigit()


def test_name_tags_and_notes_are_edited_in_their_place(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    run = start_tabular(store, QUICK, "before")
    wait_for(lambda: watch_state(run).state is RunState.COMPLETED)
    panel = open_panel()
    detail = show(panel, run)
    labels = detail.overview.labels
    labels.edit.click()
    assert labels.name.text() == "before"
    labels.tags.setText("x" * 100)
    labels.save.click()
    wait_for(labels.problem.isVisible, "why it was not saved")
    assert "tags" in labels.problem.text()
    labels.name.setText("after")
    labels.tags.setText("good, lake,")
    labels.notes.setPlainText("kept for the paper")
    qtbot.keyClick(labels.notes, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(lambda: detail._name.text() == "after", "the new name")
    assert watch_state(run).labels.tags == ("good", "lake")
    assert detail.overview.facts.value("Notes") == "kept for the paper"
    labels.edit.click()
    labels.name.setText("dropped")
    qtbot.keyClick(labels.name, Qt.Key.Key_Escape)
    assert not labels.form.isVisible()
    assert watch_state(run).labels.name == "after"
