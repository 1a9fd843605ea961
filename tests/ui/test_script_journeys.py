"""A plain script in the panel: on the Workers page, launched from its form, and repeated."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from gym_gui.cli import main
from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.scripts.describing import with_flags
from gym_gui.core.scripts.model import Script
from gym_gui.core.scripts.registry import ScriptRegistry
from gym_gui.ui.new_run.page import NewRunPage
from gym_gui.ui.pages import Page
from gym_gui.ui.widgets.labels import PlainLabel
from gym_gui.ui.workers.card import WorkerCard
from gym_gui.ui.workers.page import WorkersPage
from gym_gui.ui.workers.script_panel import ScriptPanel
from tests.panel_helpers import wait_for
from tests.ui.conftest import OpenPanel

TRAINING = """
import argparse, json
parser = argparse.ArgumentParser()
parser.add_argument("--total-steps", type=int, default=3)
steps = parser.parse_args().total_steps
print(json.dumps({"event": "run_completed", "payload": {"steps": steps}}), flush=True)
"""


def start_and_end(page: NewRunPage, store: RunStore, count: int) -> None:
    wait_for(page.footer.start.isEnabled)
    page.footer.start.click()
    wait_for(lambda: len(store.run_ids()) == count)
    wait_for(lambda: watch_state(store.open(store.run_ids()[0])).state.is_over, "the end of the run")


def test_a_registered_script_is_launched_and_repeated(
    qapp: QApplication, store: RunStore, open_panel: OpenPanel, tmp_path: Path
) -> None:
    file = tmp_path / "adder.py"
    file.write_text(TRAINING)
    ScriptRegistry().add(with_flags(Script(name="adder", file=str(file), python=sys.executable)))
    panel = open_panel()
    page = panel.window.go_to(Page.WORKERS)
    wait_for(lambda: panel.probe.worker("adder"), "the script")
    card = next(each for each in page.findChildren(WorkerCard) if each.worker.worker_id == "adder")
    assert "script" in [label.text() for label in card.findChildren(PlainLabel)]
    card.launch.click()
    form = panel.window.page(Page.NEW_RUN)
    assert isinstance(form, NewRunPage)
    assert [field.name for field in form.draft.fields] == ["total_steps"]
    start_and_end(form, store, 1)
    first = store.run_ids()[0]
    assert watch_state(store.open(first)).state == "completed"
    wait_for(lambda: panel.watch.summary(first))
    panel.navigation.rerun(first)
    assert form.draft.config() == {"total_steps": 3}
    start_and_end(form, store, 2)


def test_a_script_nobody_registered_is_repeated(
    qapp: QApplication, store: RunStore, open_panel: OpenPanel, tmp_path: Path
) -> None:
    file = tmp_path / "once.py"
    file.write_text(TRAINING)
    assert main(["run", "--script", str(file), "--wait", "--", "--total-steps", "7"]) == 0
    panel = open_panel()
    first = store.run_ids()[0]
    wait_for(lambda: panel.watch.summary(first))
    panel.navigation.rerun(first)
    form = panel.window.page(Page.NEW_RUN)
    assert isinstance(form, NewRunPage)
    wait_for(lambda: form.draft.worker is not None and form.draft.worker.worker_id == "once", "the script")
    start_and_end(form, store, 2)
    again = store.open(store.run_ids()[0])
    assert watch_state(again).state == "completed"
    assert '"steps": 7' in again.stdout_file.read_text()


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def panel_of(page: QWidget) -> ScriptPanel:
    (found,) = page.findChildren(ScriptPanel)
    return found


def test_a_script_is_added_in_the_panel_with_the_keyboard_alone(
    qapp: QApplication, store: RunStore, open_panel: OpenPanel, tmp_path: Path
) -> None:
    file = tmp_path / "my adder.py"
    file.write_text(TRAINING)
    panel = open_panel()
    page = panel.window.go_to(Page.WORKERS)
    assert isinstance(page, WorkersPage)
    page.open_script_panel()
    adding = panel_of(page)
    wait_for(lambda: QApplication.focusWidget() is adding.form.file, "the focus in the first field")
    QTest.keyClicks(adding.form.file, str(file))
    assert adding.form.name.placeholderText() == "my-adder"
    for expected in ("Browse for File", "Environment", "Name"):
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
        assert focused().accessibleName() == expected
    QTest.keyClicks(adding.form.name, "adder")
    QTest.keyClick(adding.form.name, Qt.Key.Key_Return)
    wait_for(lambda: panel.probe.worker("adder"), "the script")
    assert not adding.isVisible()
    (script,) = ScriptRegistry().scripts()
    assert (script.file, script.python) == (str(file), sys.executable)
    assert script.flags is not None and "total_steps" in script.flags["properties"]


def test_a_check_adds_nothing_and_says_what_it_found(
    qapp: QApplication, store: RunStore, open_panel: OpenPanel, tmp_path: Path
) -> None:
    file = tmp_path / "adder.py"
    file.write_text(TRAINING)
    page = open_panel().window.go_to(Page.WORKERS)
    assert isinstance(page, WorkersPage)
    page.open_script_panel()
    adding = panel_of(page)
    adding.form.file.setText(str(file))
    adding.check.click()
    assert not adding.add.isEnabled()
    wait_for(adding.outcome.isVisible)
    assert adding.outcome.text.text() == "It takes total_steps."
    assert ScriptRegistry().scripts() == ()
    adding.form.name.setText("other")
    assert not adding.outcome.isVisible(), "what was found was of another script"


@pytest.mark.parametrize(
    ("fields", "said", "field"),
    [
        ({}, "file: choose the Python file", "file"),
        ({"file": "/nowhere/train.py"}, "there is no such file", "file"),
        ({"file": __file__, "name": "no/good"}, "use 1 to 64 letters", "name"),
        ({"file": __file__, "name": "taken"}, "is taken by another script", "name"),
        ({"file": __file__, "arguments": "'open"}, "close the quotation", "arguments"),
        ({"file": __file__, "schema": "/nowhere.json"}, "there is no such file", "schema"),
        ({"file": __file__, "cwd": "/nowhere"}, "there is no such folder", "cwd"),
    ],
)
def test_what_cannot_be_added_names_the_field(
    qapp: QApplication,
    store: RunStore,
    open_panel: OpenPanel,
    tmp_path: Path,
    fields: dict[str, str],
    said: str,
    field: str,
) -> None:
    other = tmp_path / "other.py"
    other.write_text("print()")
    ScriptRegistry().add(Script(name="taken", file=str(other), python=sys.executable))
    page = open_panel().window.go_to(Page.WORKERS)
    assert isinstance(page, WorkersPage)
    page.open_script_panel()
    adding = panel_of(page)
    for name, text in fields.items():
        getattr(adding.form, name).setText(text)
    adding.add.click()
    wait_for(adding.outcome.isVisible)
    assert said in adding.outcome.text.text()
    assert QApplication.focusWidget() is getattr(adding.form, field)
    assert [script.name for script in ScriptRegistry().scripts()] == ["taken"]


def test_a_script_is_removed_and_put_back_though_its_file_is_gone(
    qapp: QApplication, store: RunStore, open_panel: OpenPanel, tmp_path: Path
) -> None:
    file = tmp_path / "adder.py"
    file.write_text("print()")
    ScriptRegistry().add(Script(name="adder", file=str(file), python=sys.executable))
    panel = open_panel()
    page = panel.window.go_to(Page.WORKERS)
    wait_for(lambda: panel.probe.worker("adder"), "the script")
    card = next(each for each in page.findChildren(WorkerCard) if each.worker.worker_id == "adder")
    file.unlink()
    card.remove.click()
    assert ScriptRegistry().scripts() == ()
    wait_for(lambda: panel.probe.worker("adder") is None, "the script gone")
    (undo,) = [notice.action for notice in panel.notifier.history if notice.action is not None]
    assert not any("worker changed" in notice.title for notice in panel.notifier.history)
    undo.run()
    assert [script.name for script in ScriptRegistry().scripts()] == ["adder"]
    wait_for(lambda: panel.probe.worker("adder"), "the script")
