"""The journeys a researcher takes, with the real worker in real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from gym_gui.app import Panel
from gym_gui.core.runs.cancel import cancel_run
from gym_gui.core.runs.directory import RunDirectory, RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from gym_gui.ui.artifacts.tab import ArtifactsTab
from gym_gui.ui.new_run.page import NewRunPage
from gym_gui.ui.pages import Page
from gym_gui.ui.runs.events.view import EventsView
from gym_gui.ui.workers.card import WorkerCard
from gym_gui.ui.workers.page import WorkersPage
from tests.panel_helpers import ENDLESS, QUICK, spin, start_tabular, wait_for
from tests.ui.conftest import OpenPanel

ROOT = Path(__file__).resolve().parent.parent.parent


def workers_page(panel: Panel) -> WorkersPage:
    page = panel.window.page(Page.WORKERS)
    assert isinstance(page, WorkersPage)
    return page


def new_run_page(panel: Panel) -> NewRunPage:
    page = panel.window.page(Page.NEW_RUN)
    assert isinstance(page, NewRunPage)
    return page


def line_of(page: NewRunPage, name: str) -> QLineEdit:
    line = page.tabs.form.rows[name].editor.marked_widget()
    assert isinstance(line, QLineEdit)
    return line


def type_into(qtbot: QtBot, line: QLineEdit, text: str) -> None:
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, text)


def test_from_the_workers_page_to_an_opened_manifest(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    panel = open_panel()
    runs = panel.navigation.runs
    wait_for(lambda: runs.empty.isVisible(), "the empty state")

    qtbot.mouseClick(panel.window.rail._buttons[Page.WORKERS], Qt.MouseButton.LeftButton)
    workers = workers_page(panel)
    wait_for(lambda: workers.grid.cards(), "the worker's card")
    card = next(card for card in workers.grid.cards() if card.accessibleName() == "tabular")
    assert isinstance(card, WorkerCard)
    badges = {
        label.text() for label in card.findChildren(type(workers.count)) if label.property("role") == "badge"
    }
    assert {"single agent", "toy_text", "checkpoints", "1 agent"} <= badges
    qtbot.mouseClick(card.launch, Qt.MouseButton.LeftButton)

    page = new_run_page(panel)
    assert page.isVisible()
    wait_for(page.footer.start.isEnabled, "a form that is fine as it is")
    type_into(qtbot, page.header.name, "first try")
    type_into(qtbot, line_of(page, "episodes"), "0")
    assert not page.footer.start.isEnabled()
    assert page.footer.problems.text() == "1 problem to fix"
    type_into(qtbot, line_of(page, "episodes"), "6000")
    page.tabs.form.rows["environment"].editor.show_value("FrozenLake4x4")
    page.tabs.form.rows["environment"].editor.report()
    page.tabs.form.rows["heartbeat_interval_s"].editor.show_value(0.1)
    page.tabs.form.rows["heartbeat_interval_s"].editor.report()
    assert '"episodes": 6000' in page.preview.config.toPlainText()
    assert page.draft.problems() == {}
    qtbot.keyClick(page.header.name, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    wait_for(lambda: runs.isVisible() and runs.detail is not None, "the run's page")
    detail = runs.detail
    assert detail is not None
    (run_id,) = store.run_ids()
    assert detail.run_id == run_id
    assert detail._name.text() == "first try"
    events = detail.tab("Events", EventsView)
    wait_for(lambda: "run_started" in events.model.names(), "run_started")
    wait_for(lambda: "heartbeat" in events.model.names(), "a heartbeat")
    wait_for(lambda: panel.tail.metrics.names(), "numbers")
    curve = detail.overview.curve
    detail.tabs.setCurrentIndex(0)
    wait_for(lambda: curve._plot is not None and curve._plot.isVisible(), "the learning curve")
    wait_for(lambda: runs.model.summary(run_id).state is RunState.COMPLETED, "the end")  # type: ignore[union-attr]
    wait_for(lambda: "checkpoint_saved" in events.model.names(), "a checkpoint")
    assert curve.chooser.currentText() == "return_mean"

    artifacts = detail.tab("Artifacts", ArtifactsTab).view
    wait_for(lambda: artifacts.model.sections, "the artifacts")
    titles = {section.title for section in artifacts.model.sections}
    assert {"Results", "Checkpoints", "TensorBoard", "Pictures and videos"} <= titles
    wait_for(lambda: panel.window.status.running.text() == "Nothing running")


def test_from_ctrl_n_to_a_running_run_without_a_mouse(
    open_panel: OpenPanel, store: RunStore, qtbot: QtBot
) -> None:
    panel = open_panel()
    qtbot.keyClick(panel.window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    page = new_run_page(panel)
    wait_for(page.footer.start.isEnabled)
    page.draft.set_value("episodes", 200)
    qtbot.keyClick(panel.window.focusWidget(), Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    wait_for(store.run_ids, "a run")
    (run_id,) = store.run_ids()
    wait_for(lambda: (found := panel.watch.summary(run_id)) and found.state is RunState.COMPLETED)
    assert panel.navigation.runs.isVisible()


def test_what_the_workers_class_refuses_stands_under_the_field(
    open_panel: OpenPanel, qtbot: QtBot, store: RunStore
) -> None:
    panel = open_panel()
    panel.navigation.launch("tabular")
    page = new_run_page(panel)
    wait_for(page.footer.start.isEnabled)
    # The form's own checks know no bound between two fields: only the worker's class does.
    for name, text in (("epsilon_start", "0.1"), ("epsilon_end", "0.9")):
        type_into(qtbot, line_of(page, name), text)
    wait_for(page.footer.start.isEnabled)
    qtbot.mouseClick(page.footer.start, Qt.MouseButton.LeftButton)
    assert page.footer.progress.isVisible()
    wait_for(lambda: page.draft.problems() or page.draft.general_problem(), "the worker's answer")
    assert not page.footer.progress.isVisible()
    assert store.run_ids() == []


def test_a_run_goes_on_while_no_window_is_open(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, ENDLESS, "endless")
    first = open_panel()
    wait_for(lambda: (found := first.watch.summary(run.run_id)) and found.progress is not None)
    seen = first.watch.summary(run.run_id)
    assert seen is not None
    assert seen.progress is not None
    first.window.close()
    spin(0.1)
    second = open_panel()
    wait_for(lambda: second.navigation.runs.detail is not None, "the run in the new window")
    wait_for(
        lambda: (
            (now := second.watch.summary(run.run_id))
            and now.state is RunState.RUNNING
            and now.progress is not None
            and now.progress.done > seen.progress.done
        ),  # type: ignore[union-attr]
        "progress",
    )
    cancel_run(run)


def test_rerun_fills_the_form_from_the_run(open_panel: OpenPanel, store: RunStore) -> None:
    run = start_tabular(store, {**QUICK, "seed": 77}, "again")
    wait_for(lambda: watch_state(run).state is RunState.COMPLETED)
    panel = open_panel()
    runs = panel.navigation.runs
    wait_for(lambda: runs.detail is not None)
    runs.actions_for_run.rerun.trigger()
    page = new_run_page(panel)
    wait_for(lambda: page.draft.worker is not None)
    assert page.isVisible()
    assert page.draft.value("seed") == 77
    assert page.draft.value("episodes") == 300
    assert page.header.name.text() == "again"
    assert page.footer.start.isEnabled()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="signals a process of its own")
def test_killing_the_panel_leaves_the_run_going(
    store: RunStore, tmp_path: Path, open_panel: OpenPanel
) -> None:
    script = tmp_path / "launching_panel.py"
    script.write_text(
        "import sys\n"
        f"sys.path.insert(0, {str(ROOT)!r})\n"
        "from PySide6.QtWidgets import QApplication\n"
        "from gym_gui.app import Panel\n"
        "from gym_gui.core.runs.launch import LaunchSpec\n"
        "from tests.panel_helpers import ENDLESS, TABULAR_COMMAND\n"
        "app = QApplication([])\n"
        "panel = Panel(app)\n"
        "panel.open()\n"
        "while not panel.furnished: app.processEvents()\n"
        "panel.launcher.launched.connect(lambda run_id: print(run_id, flush=True))\n"
        "panel.launcher.launch(LaunchSpec(worker_id='tabular', command=TABULAR_COMMAND, config=ENDLESS))\n"
        "app.exec()\n"
    )
    process = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        run = RunDirectory(store.root / process.stdout.readline().strip())
        wait_for(lambda: watch_state(run).state is RunState.RUNNING, "the run")
        size = run.stdout_file.stat().st_size
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert not psutil.pid_exists(process.pid)
        wait_for(lambda: run.stdout_file.stat().st_size > size, "more output after the panel died")
    finally:
        process.kill()
        process.communicate()
    panel = open_panel()
    wait_for(lambda: (found := panel.watch.summary(run.run_id)) and found.state is RunState.RUNNING)
    cancel_run(run)
