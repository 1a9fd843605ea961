"""Services over a store of their own, stopped again after each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from gym_gui.config.paths import runs_root
from gym_gui.core.runs.directory import RunStore
from gym_gui.services.notifier import Notifier
from gym_gui.services.tasks import TaskRunner
from tests.panel_helpers import active_timers, end_all_runs, ignore_what_is_there, spin


@pytest.fixture
def store() -> Iterator[RunStore]:
    root = runs_root()
    root.mkdir(parents=True)
    yield RunStore(root)
    end_all_runs(root)


@pytest.fixture
def notifier(qapp: QApplication) -> Notifier:
    return Notifier()


@pytest.fixture
def tasks(notifier: Notifier) -> Iterator[TaskRunner]:
    runner = TaskRunner(notifier)
    yield runner
    assert runner.close(10_000)
    spin()


@pytest.fixture(scope="session", autouse=True)
def quick_collections() -> None:
    ignore_what_is_there()


@pytest.fixture(autouse=True)
def no_timer_left_behind(qapp: QApplication) -> Iterator[None]:
    before = active_timers()
    yield
    spin()
    left = active_timers() - before
    for timer in left:
        timer.stop()
    assert not left
