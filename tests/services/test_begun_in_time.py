"""Work that finds no thread is given up in time, and does not happen after all."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject

from gym_gui.core.runs.directory import RunStore
from gym_gui.core.runs.launch import LaunchSpec
from gym_gui.services.begun_in_time import NotBegunError, start_in_time
from gym_gui.services.notifier import Notifier
from gym_gui.services.run_launcher import RunLauncher
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import QUICK, TABULAR_COMMAND, wait_for


@pytest.fixture
def no_thread(tasks: TaskRunner) -> threading.Event:
    """Every thread of the pool taken, until the event is set."""
    free, taken = threading.Event(), []
    count = tasks._pool.maxThreadCount()
    owner = QObject(tasks)
    for _ in range(count):
        tasks.start("Holding", lambda: (taken.append(1), free.wait(30)), owner=owner, done=lambda _: None)
    wait_for(lambda: len(taken) == count)
    return free


def test_what_begins_is_done(tasks: TaskRunner, notifier: Notifier) -> None:
    results: list[int] = []
    start_in_time(tasks, "Adding", lambda: 3, owner=notifier, done=results.append, failed=lambda _: None)
    wait_for(lambda: results == [3])


def test_what_goes_wrong_is_told(tasks: TaskRunner, notifier: Notifier) -> None:
    errors: list[Exception] = []
    start_in_time(tasks, "x", lambda: 1 // 0, owner=notifier, done=lambda _: None, failed=errors.append)
    wait_for(lambda: errors)
    assert isinstance(errors[0], ZeroDivisionError)


def test_what_finds_no_thread_is_given_up_and_never_happens(
    tasks: TaskRunner, notifier: Notifier, no_thread: threading.Event
) -> None:
    happened, errors = [], []
    start_in_time(
        tasks, "x", lambda: happened.append(1), owner=notifier, done=happened.append, failed=errors.append,
        within_s=0.1,
    )  # fmt: skip
    wait_for(lambda: errors)
    assert isinstance(errors[0], NotBegunError)
    no_thread.set()
    wait_for(lambda: tasks.pending == 0)
    assert happened == []
    assert len(errors) == 1


def test_a_launch_without_a_thread_fails_in_time_and_starts_nothing_later(
    store: RunStore, tasks: TaskRunner, notifier: Notifier, no_thread: threading.Event
) -> None:
    launcher = RunLauncher(store, tasks, notifier, begin_within_s=0.1)
    failed: list[str] = []
    launcher.failed.connect(failed.append)
    launcher.launch(LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config=QUICK))
    wait_for(lambda: failed)
    assert "threads" in failed[0]
    no_thread.set()
    wait_for(lambda: tasks.pending == 0)
    assert store.run_ids() == []


def test_many_runs_are_started_in_order(store: RunStore, tasks: TaskRunner, notifier: Notifier) -> None:
    launcher = RunLauncher(store, tasks, notifier)
    told: list[list[str]] = []
    launcher.launched_all.connect(told.append)
    config = {**QUICK, "episodes": 10}
    launcher.launch_all(
        [
            LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config={**config, "seed": n})
            for n in (1, 2)
        ]
    )
    wait_for(lambda: told)
    assert [store.open(run_id).config_file.exists() for run_id in told[0]] == [True, True]
    assert told[0] == sorted(told[0])


def test_of_many_the_first_that_fails_is_told_with_those_before(
    store: RunStore, tasks: TaskRunner, notifier: Notifier
) -> None:
    launcher = RunLauncher(store, tasks, notifier)
    failed: list[str] = []
    launcher.failed.connect(failed.append)
    good = LaunchSpec(worker_id="tabular", command=TABULAR_COMMAND, config={**QUICK, "episodes": 10})
    launcher.launch_all([good, LaunchSpec(worker_id="tabular", command=(), config={}), good])
    wait_for(lambda: failed)
    assert failed[0].startswith("1 were started before this")
    assert len(store.run_ids()) == 1
