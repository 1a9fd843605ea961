"""A plain script in the panel: on the Workers page, launched from its form, and repeated."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtWidgets import QApplication

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
