from __future__ import annotations

import json
import os
import sys

import psutil
import pytest
from PySide6.QtCore import QProcess

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.summary import RunState
from gym_gui.services import run_launcher
from gym_gui.services.notifier import Notifier
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import QUICK, TABULAR_COMMAND, wait_for


@pytest.fixture
def launcher(store: RunStore, tasks: TaskRunner, notifier: Notifier) -> RunLauncher:
    return RunLauncher(store, tasks, notifier)


def test_a_run_is_started_detached_and_finishes(store: RunStore, launcher: RunLauncher) -> None:
    launched: list[str] = []
    launcher.launched.connect(launched.append)
    launcher.launch(LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config=QUICK, name="quick"))
    wait_for(lambda: launched)
    run = store.open(launched[0])
    wait_for(lambda: run.process_file.exists())
    supervisor = json.loads(run.process_file.read_text())["supervisor"]["pid"]
    children = {child.pid for child in psutil.Process().children()}
    assert supervisor not in children, "a child of the panel would die with it"
    wait_for(lambda: watch_state(run).state is RunState.COMPLETED)
    assert json.loads(run.config_file.read_text())["run_id"] == run.run_id


def test_secrets_reach_the_worker_and_no_file(store: RunStore, launcher: RunLauncher) -> None:
    launched: list[str] = []
    launcher.launched.connect(launched.append)
    code = "import os, sys; print('key is', len(os.environ['WANDB_API_KEY']))"
    command = (sys.executable, "-c", code)
    launcher.launch(
        LaunchSpec(worker_id="probe", command=command, config={}, env={"WANDB_API_KEY": "s3cr3t-value"})
    )
    wait_for(lambda: launched)
    run = store.open(launched[0])
    wait_for(lambda: watch_state(run).state.is_over)
    assert "key is 12" in run.stdout_file.read_text()
    for file in run.path.iterdir():
        if file.is_file():
            assert b"s3cr3t-value" not in file.read_bytes(), file.name


def test_a_spec_that_cannot_be_launched_is_told(
    launcher: RunLauncher, notifier: Notifier, store: RunStore
) -> None:
    failed: list[str] = []
    launcher.failed.connect(failed.append)
    launcher.launch(LaunchSpec(worker_id="tabular", command=(), config={}))
    wait_for(lambda: failed)
    assert "command" in failed[0]
    assert notifier.history[0].title == "The run could not be started"
    assert store.run_ids() == []


def test_a_supervisor_that_does_not_start_is_told(
    launcher: RunLauncher, notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_launcher, "supervisor_argv", lambda run: [os.devnull, "run"])
    failed: list[str] = []
    launcher.failed.connect(failed.append)
    launcher.launch(LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config=QUICK))
    wait_for(lambda: failed)
    assert "could not be started" in failed[0]
    assert QProcess.nullDevice() == os.devnull
