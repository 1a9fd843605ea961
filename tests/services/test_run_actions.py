from __future__ import annotations

import os
import signal
import sys

import pytest

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.files import read_record
from gym_gui.core.runs.observe import watch_state
from gym_gui.core.runs.record import ProcessRecord
from gym_gui.core.runs.summary import RunState
from gym_gui.services.notifier import NoticeLevel, Notifier
from gym_gui.services.run_actions import RunActions
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import ENDLESS, start_tabular, wait_for
from tests.ui.run_detail_helpers import start_worker


def test_cancel_ends_the_run_and_shows_the_receipt(
    store: RunStore, tasks: TaskRunner, notifier: Notifier
) -> None:
    run = start_tabular(store, ENDLESS)
    wait_for(lambda: watch_state(run).state is RunState.RUNNING)
    actions = RunActions(store, tasks, notifier)
    cancelled: list[str] = []
    actions.cancelled.connect(cancelled.append)
    actions.cancel(run.run_id, "the run")
    assert actions.is_cancelling(run.run_id)
    actions.cancel(run.run_id, "the run")  # a second click does nothing
    wait_for(lambda: cancelled)
    assert not actions.is_cancelling(run.run_id)
    assert watch_state(run).state is RunState.CANCELLED
    assert [notice.level for notice in notifier.history] == [NoticeLevel.SUCCESS]
    assert notifier.history[0].text


def test_a_run_that_is_gone_is_told(store: RunStore, tasks: TaskRunner, notifier: Notifier) -> None:
    actions = RunActions(store, tasks, notifier)
    actions.cancel("01ARZ3NDEKTSV4RRFFQ69G5FAV", "ghost")
    wait_for(lambda: notifier.history)
    assert notifier.history[0].level is NoticeLevel.ERROR
    assert not actions.is_cancelling("01ARZ3NDEKTSV4RRFFQ69G5FAV")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_stubborn_cancels_leave_room_for_everything_else(
    store: RunStore, tasks: TaskRunner, notifier: Notifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    # An hour of grace: were the cancels in the way, the rest would wait for as long.
    monkeypatch.setenv("MOSAIC_SHUTDOWN_TIMEOUT_S", "3600")
    runs = [start_worker(store, "family", shape="ignores SIGTERM") for _ in range(5)]
    wait_for(lambda: all((run.path / "pid.worker").exists() for run in runs), "the workers")
    actions = RunActions(store, tasks, notifier)
    cancelled: list[str] = []
    actions.cancelled.connect(cancelled.append)
    for run in runs:
        actions.cancel(run.run_id, "stubborn")
    wait_for(lambda: all(watch_state(run).state is RunState.STOPPING for run in runs), "all being ended")
    done: list[int] = []
    tasks.start("Counting", lambda: 1, owner=tasks, done=done.append)
    wait_for(lambda: done, "other work")
    assert not cancelled
    for run in runs:
        supervisor = read_record(run.process_file, ProcessRecord).supervisor
        os.kill(supervisor.pid, signal.SIGUSR1)  # no more patience
    wait_for(lambda: len(cancelled) == 5)
